/** What the suites need of native ONNX Runtime: lower a graph, run it once on float64 arrays, and compare. */
import type { DType, Graph, NDArray } from "../../src/ir/index.ts";
import { lower } from "../../src/onnx/index.ts";
import { allocate, type Session, type Values } from "../../src/runtime/index.ts";
import { loadNative } from "../../src/runtime/node/index.ts";

const native = await loadNative();
if (native instanceof Error) throw native;
const runtime = native;

/** Feeds as the runtime wants them: every input in the dtype that the graph declares. */
export function valuesOf(graph: Graph, feeds: Readonly<Record<string, NDArray>>): Values {
  return Object.fromEntries(
    graph.inputs.map(({ attrs: { name, dtype } }) => {
      const value = allocate(dtype, feeds[name].shape);
      (value.data as Float64Array).set(feeds[name].data);
      return [name, value];
    }),
  );
}

/** Runs a graph once on native ONNX Runtime. One thread: the graphs of a suite are tiny. */
export async function runNative(
  graph: Graph,
  feeds: Readonly<Record<string, NDArray>>,
  model = lower(graph, "suite"),
): Promise<Record<string, NDArray & { readonly dtype: DType }>> {
  const session: Session = await runtime.createSession(model, { threads: 1, spinning: false });
  try {
    const results = await session.run(valuesOf(graph, feeds));
    return Object.fromEntries(
      Object.entries(results).map(([name, { shape, dtype, data }]) => [
        name,
        { shape, dtype: dtype as DType, data: Float64Array.from(data as Float32Array) },
      ]),
    );
  } finally {
    await session.release();
  }
}

/**
 * The first element that differs by more than `relative` of itself, or of a hundredth of the largest element beside it
 * (a sum that cancels is as wrong as its largest term is), or of 0.01; undefined when there is none. NaN equals NaN.
 */
export function difference(actual: NDArray, expected: NDArray, relative: number): string | undefined {
  if (`${actual.shape}` !== `${expected.shape}`) return `shape [${actual.shape}], not [${expected.shape}]`;
  if (actual.data.length !== expected.data.length) return `${actual.data.length} elements`;
  const largest = expected.data.reduce((max, v) => (Number.isFinite(v) ? Math.max(max, Math.abs(v)) : max), 0);
  for (const [i, truth] of expected.data.entries()) {
    const value = actual.data[i];
    if (Object.is(value, truth) || value === truth) continue;
    const scale = Math.max(Math.abs(truth), largest / 100, 0.01);
    if (!(Math.abs(value - truth) <= relative * scale)) return `element ${i} is ${value}, not ${truth}`;
  }
  return undefined;
}
