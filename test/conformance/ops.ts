/**
 * The conformance suite of operations: pure functions that take an op and one of its samples and return what is wrong
 * with it, in words; an empty list is a pass. The table that runs them is `ops.test.ts`; `mutation.test.ts` shows that
 * they fail when a backward rule is wrong.
 */
import { gradients } from "../../src/autodiff/index.ts";
import { formatShape, sizeOf } from "../../src/core/index.ts";
import {
  type AnyOp,
  type AnySample,
  type Case,
  checkGraph,
  checkSample,
  flows,
  isFloat,
  normals,
  type Row,
  traceSample,
} from "../../src/gradcheck/index.ts";
import { type Graph, graph, input, type Tensor } from "../../src/ir/index.ts";
import { lowerWebgpu } from "../../src/onnx/index.ts";
import { add, mul, sum } from "../../src/ops/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { difference, runNative } from "./native.ts";

export { type AnyOp, type AnySample, flows, traceSample };

/** The rows that are not right; a kink is no excuse where the sample does not declare it. */
const problemsOf = (rows: readonly Row[]) =>
  rows
    .filter(({ verdict }) => verdict !== "ok")
    .map(({ input, backward, differences, verdict, reason = "" }) => {
      return `${input}: ${verdict}, backward says ${backward}, differences say ${differences} ${reason}`.trimEnd();
    });

/** The output has the shape and dtype that the shape rule declares, in the reference and in ONNX Runtime, and the values agree. */
export async function valueProblems(op: AnyOp, sample: AnySample): Promise<string[]> {
  const { inputs, output, feeds } = traceSample(op, sample);
  const traced = graph({ y: output }, inputs);
  const { y: truth } = evaluate(traced, feeds);
  const { y } = await runNative(traced, feeds);
  const problems: string[] = [];
  if (formatShape(truth.shape) !== formatShape(output.shape) || truth.data.length !== sizeOf(output.shape)) {
    problems.push(`evaluate gives ${formatShape(truth.shape)}, the shape rule ${formatShape(output.shape)}`);
  }
  if (y.dtype !== output.dtype) problems.push(`ONNX Runtime gives ${y.dtype}, the shape rule ${output.dtype}`);
  const differs = difference(y, truth, 1e-5);
  return differs === undefined ? problems : [...problems, `ONNX Runtime: ${differs}`];
}

/** The backward rule against differences of the reference in float64. */
export const backwardProblems = (op: AnyOp, sample: AnySample): string[] => problemsOf(checkSample(op, sample));

/** The graph of an op's backward rule, and s = Σᵢ ⟨∂y/∂xᵢ, uᵢ⟩ for given u: what a second derivative starts from. */
function reverseGraph({ inputs, output }: Case) {
  const seed = input("seed", output.shape, { dtype: output.dtype });
  const wrt = inputs.filter(isFloat);
  const cotangents = gradients(output, wrt as Tensor[], seed as Tensor);
  const weights = cotangents.map((cotangent, i) => input(`u${i}`, cotangent.shape, { dtype: cotangent.dtype }));
  const total = cotangents
    .map((cotangent, i) => sum(mul(cotangent, weights[i] as Tensor)))
    .reduce((left, right) => add(left, right));
  return { seed, wrt, cotangents, weights, total };
}

/** The backward rule differentiated once more, with respect to the inputs and to the cotangent, against differences. */
export function secondOrderProblems(op: AnyOp, sample: AnySample): string[] {
  const traced = traceSample(op, sample);
  const { seed, wrt, weights, total } = reverseGraph(traced);
  const drawn = [seed, ...weights].map(({ attrs: { name, shape } }) => [name, normals(shape, traced.random)]);
  return problemsOf(
    checkGraph({ loss: total, wrt: [...wrt, seed], feeds: { ...traced.feeds, ...Object.fromEntries(drawn) } }),
  );
}

/**
 * The backward rule lowered to ONNX Runtime, together with the op itself as in a training step, against the reference.
 * @param webgpu what is written otherwise for WebGPU, in operators that native ONNX Runtime has as well; the rest passes
 */
export async function loweredBackwardProblems(op: AnyOp, sample: AnySample, webgpu = false): Promise<string[]> {
  const traced = traceSample(op, sample);
  const { seed, wrt, cotangents } = reverseGraph(traced);
  const outputs = Object.fromEntries(wrt.map(({ attrs }, i) => [`d ${attrs.name}`, cotangents[i]]));
  const reverse: Graph = graph({ y: traced.output, ...outputs }, [...traced.inputs, seed]);
  const feeds = { ...traced.feeds, seed: normals(traced.output.shape, traced.random) };
  const parts = webgpu ? lowerWebgpu(reverse, "parts") : undefined;
  if (webgpu && parts === undefined) return [];
  const truth = evaluate(reverse, feeds);
  const actual = await runNative(reverse, feeds, parts);
  return Object.entries(truth).flatMap(([name, value]) => {
    const differs = difference(actual[name], value, 1e-5);
    return differs === undefined ? [] : [`${name}: ${differs}`];
  });
}

/** vjp(αg + βh) = α·vjp(g) + β·vjp(h): a backward rule is linear in its cotangent. */
export function linearityProblems(op: AnyOp, sample: AnySample, alpha: number, beta: number, draws: number): string[] {
  const traced = traceSample(op, sample, draws);
  const { seed, wrt, cotangents } = reverseGraph(traced);
  const reverse = graph(Object.fromEntries(wrt.map(({ attrs }, i) => [attrs.name, cotangents[i]])), [
    ...traced.inputs,
    seed,
  ]);
  const [g, h] = [normals(seed.shape, traced.random), normals(seed.shape, traced.random)];
  const mixed = { shape: g.shape, data: g.data.map((value, i) => alpha * value + beta * h.data[i]) };
  const [ofG, ofH, ofBoth] = [g, h, mixed].map((value) => evaluate(reverse, { ...traced.feeds, seed: value }));
  return Object.entries(ofBoth).flatMap(([name, { shape, data }]) => {
    const expected = data.map((_, i) => alpha * ofG[name].data[i] + beta * ofH[name].data[i]);
    const differs = difference({ shape, data }, { shape, data: expected }, 1e-9);
    return differs === undefined ? [] : [`${name}: ${differs}`];
  });
}

/** Runs an op on exact numbers in the reference and in ONNX Runtime. */
export async function both(
  build: (inputs: readonly Tensor[]) => Tensor,
  feeds: readonly (readonly number[])[],
): Promise<{ reference: number[]; runtime: number[] }> {
  const inputs = feeds.map((values, i) => input(`x${i}`, [values.length]));
  const traced = graph({ y: build(inputs as Tensor[]) }, inputs);
  const fed = Object.fromEntries(
    feeds.map((values, i) => [`x${i}`, { shape: [values.length], data: Float64Array.from(values) }]),
  );
  const [truth, actual] = [evaluate(traced, fed).y, (await runNative(traced, fed)).y];
  return { reference: [...truth.data], runtime: [...actual.data] };
}
