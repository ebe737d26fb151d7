/** Steps of a training graph on native ONNX Runtime, in either form. */
import { expect } from "vitest";
import { Random } from "../../src/core/index.ts";
import type { Graph } from "../../src/ir/index.ts";
import { lower, lowerNative, partOfName } from "../../src/onnx/index.ts";
import { allocate, type Places, partOf, type Value } from "../../src/runtime/index.ts";
import { loadNative } from "../../src/runtime/node/index.ts";

const native = await loadNative({ threads: 2 });
if (native instanceof Error) throw native;
const runtime = native;

/** A graph of standard operators, or of those of native ONNX Runtime. */
export type Form = "standard" | "native";

/**
 * Steps of a graph from a random state, always the same; a state that was read must be as it was.
 * @param inPlace what may be written where it is read is; it need not be as it was, of course
 * @returns the state after each, and the outputs of the model
 */
export async function stepsOf(graph: Graph, form: Form, count: number, inPlace = false) {
  const model = form === "native" ? lowerNative(graph, "steps")! : lower(graph, "steps");
  const session = await runtime.createSession(model, {
    kept: Object.keys(graph.outputs).filter((name) => name !== "loss"),
  });
  const random = new Random(5, "steps");
  const feeds: Record<string, Value> = {};
  for (const { attrs } of graph.inputs) {
    const value = allocate(attrs.dtype as "float32", attrs.shape);
    const scale = attrs.role === "scalar" ? 0.9 : attrs.dtype === "uint8" ? 255 : attrs.dtype === "int32" ? 9 : 0.2;
    const middle = attrs.role === "weight" ? 0.5 : 0;
    const { data } = value as { data: Float32Array };
    data.forEach((_, i) => {
      data[i] = scale * (random.uniform() - middle);
    });
    feeds[attrs.name] = value;
  }
  const loss = allocate("float32", []);
  const states: Record<string, Float32Array>[] = [];
  const allowed = session.outputNames.map(partOfName).filter(({ whole, over }) => inPlace && whole === `next ${over}`);
  const once = new Set(allowed.map(({ over }) => over!));
  const bytesOf = (values: Record<string, Value>) =>
    Object.entries(values).flatMap(([name, { data }]) => (once.has(name) ? [] : [Buffer.from(data.slice().buffer)]));
  let front = feeds;
  for (let step = 0; step < count; step++) {
    const back: Record<string, Value> = {};
    const outputs: Record<string, Places[string]> = { loss };
    for (const [name, tensor] of Object.entries(graph.outputs)) {
      if (name === "loss") continue;
      const own = name.slice("next ".length);
      const value = once.has(own) ? front[own] : allocate("float32", tensor.shape);
      back[own] = value;
      for (const output of session.outputNames) {
        const { whole, index, count } = partOfName(output);
        if (whole === name) outputs[output] = partOf(value, index, count);
      }
    }
    const before = bytesOf(front);
    const inputs = session.inputNames.map((name) => {
      const { whole, index, count } = partOfName(name);
      return [name, partOf(front[whole], index, count)] as const;
    });
    await session.bind(Object.fromEntries(inputs), outputs)();
    const after = bytesOf(front);
    expect(after.every((bytes, i) => bytes.equals(before[i]))).toBe(true);
    states.push(
      Object.fromEntries(Object.entries(back).map(([name, { data }]) => [name, (data as Float32Array).slice()])),
    );
    front = { ...feeds, ...back };
  }
  await session.release();
  return { states, outputs: session.outputNames, once };
}
