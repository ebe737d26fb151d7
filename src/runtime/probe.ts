import { InternalError } from "../core/index.ts";
import { ModelBuilder } from "../onnx/index.ts";
import { allocate, type Runtime } from "./session.ts";

/** next w = w − x·w, and the sum of w, for 2×2 matrices: as small as a training step can be. */
function tinyStep(): Uint8Array<ArrayBuffer> {
  const builder = new ModelBuilder();
  const shape = [2, 2];
  const x = builder.input("x", "float32", shape);
  const w = builder.input("w", "float32", shape);
  const axes = builder.constant([0, 1], [2], "int64");
  builder.output("next w", builder.node("Sub", [w, builder.node("MatMul", [x, w])]), "float32", shape);
  builder.output("loss", builder.node("ReduceSum", [w, axes], { keepdims: 0 }), "float32", []);
  return builder.finish("tiny step");
}

/**
 * Takes two steps on a runtime, with a state that stays there, and compares with what they come to.
 * @throws UsageError with the runtime's own words when it cannot; InternalError when it answers wrongly
 */
export async function probe(runtime: Runtime): Promise<void> {
  const session = await runtime.createSession(tinyStep(), { kept: ["next w"] });
  try {
    const x = allocate("float32", [2, 2]);
    x.data.set([0.5, 0, 0.25, 1] as never);
    const loss = allocate("float32", []);
    const [front, back] = [runtime.createBlock([2, 2]), runtime.createBlock([2, 2])];
    front.write(Float32Array.of(1, 2, 3, 4));
    await session.bind({ x, w: front }, { "next w": back, loss })();
    await session.bind({ x, w: back }, { "next w": front, loss })();
    const found = [...(await front.read()), loss.data[0]];
    // Each is a sum of a few powers of two: exact in float32.
    const expected = [0.25, 0.5, -0.125, -0.25, 0.75];
    if (found.some((number, i) => number !== expected[i])) {
      throw new InternalError(`a tiny step came to ${found.join(", ")} instead of ${expected.join(", ")}`);
    }
  } finally {
    await session.release();
  }
}
