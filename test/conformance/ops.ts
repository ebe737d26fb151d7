/**
 * The conformance suite of operations: pure functions that take an op and one of its samples and return what is wrong
 * with it, in words; an empty list is a pass. The table that runs them is `ops.test.ts`; `mutation.test.ts` shows that
 * they fail when a backward rule is wrong.
 */
import { gradients } from "../../src/autodiff/index.ts";
import { formatShape, Random, sizeOf } from "../../src/core/index.ts";
import {
  bind,
  type Graph,
  graph,
  type InputAttrs,
  input,
  type NDArray,
  type Op,
  type Sample,
  type SampleInput,
  type Tensor,
  verify,
} from "../../src/ir/index.ts";
import { add, mul, sum } from "../../src/ops/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { difference, runNative } from "./native.ts";

export type AnyOp = Op<unknown>;
export type AnySample = Sample<unknown>;
type Feeds = Record<string, NDArray>;

const isFloat = (dtype: string) => dtype.startsWith("float");

/** Random numbers of a shape. They are float32 numbers, so that the reference and the runtime see the same ones. */
function draw(shape: readonly number[], next: () => number): NDArray {
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(next())) };
}

/** Points of one range that all differ by 0.01 or more, in random order; shared by all distinct inputs of a sample. */
function distinctPoints(inputs: readonly SampleInput[], random: Random): number[] {
  const sharing = inputs.filter((item) => item.distinct);
  const count = sharing.reduce((total, item) => total + sizeOf(item.shape), 0);
  const [low, high] = sharing[0]?.range ?? [-2, 2];
  const spacing = (high - low) / count;
  if (spacing / 2 < 0.01) throw new Error(`${count} values do not fit into [${low}, ${high}) at distances of 0.01`);
  return random.shuffle(Array.from({ length: count }, (_, i) => low + (i + 0.25 + random.uniform() / 2) * spacing));
}

function drawOne(item: SampleInput, random: Random, points: number[]): NDArray {
  const { shape, dtype = "float32", avoid = [] } = item;
  if (item.values) return { shape, data: Float64Array.from(item.values) };
  if (dtype === "bool") return draw(shape, () => random.below(2));
  const [low, high] = item.range ?? [-2, 2];
  if (!isFloat(dtype)) return draw(shape, () => low + random.below(high - low));
  if (item.distinct) return draw(shape, () => points.pop()!);
  return draw(shape, () => {
    const value = random.between(low, high);
    const kink = avoid.find((point) => Math.abs(value - point) < 0.05);
    return kink === undefined ? value : value + (value < kink ? -0.05 : 0.05);
  });
}

/** An op applied to inputs of a sample, with numbers to feed it. */
interface Case {
  readonly inputs: readonly Tensor<InputAttrs>[];
  readonly output: Tensor;
  readonly feeds: Feeds;
  readonly random: Random;
}

/** Traces a sample and draws its inputs; a function of the op's name and the sample, so that a failure repeats. */
export function trace(op: AnyOp, sample: AnySample, draws = 0): Case {
  const random = new Random(2024, `${op.name} ${JSON.stringify(sample)}`, draws);
  const inputs = sample.inputs.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype ? { dtype } : {}));
  const points = distinctPoints(sample.inputs, random);
  const feeds = Object.fromEntries(sample.inputs.map((item, i) => [`x${i}`, drawOne(item, random, points)]));
  return { inputs, output: bind(op, inputs as Tensor[], sample.attrs), feeds, random };
}

/** The inputs that a derivative may be taken of. */
const floats = (inputs: readonly Tensor<InputAttrs>[]) => inputs.filter(({ dtype }) => isFloat(dtype));

function normals(shape: readonly number[], random: Random): NDArray {
  return draw(shape, () => random.normal());
}

function dot(a: NDArray, b: NDArray): number {
  return a.data.reduce((total, value, i) => total + value * b.data[i], 0);
}

function moved(feeds: Feeds, name: string, direction: NDArray, h: number): Feeds {
  const { shape, data } = feeds[name];
  return { ...feeds, [name]: { shape, data: data.map((value, i) => value + h * direction.data[i]) } };
}

const STEP = 1e-5;

/**
 * Compares a gradient with central differences along one random direction v of each input, by the identity
 * ⟨∂s/∂x, v⟩ = d/dh s(x + hv), so that the cost does not grow with the size. `s` is a scalar of the graph.
 *
 * The tolerance has two parts: a share of the products that ⟨∂s/∂x, v⟩ adds up (the error of the differences is
 * proportional to h²), and the rounding of s divided by the step.
 */
function againstDifferences(
  scalar: (feeds: Feeds) => { readonly value: number; readonly magnitude: number },
  gradientOf: Readonly<Record<string, NDArray>>,
  feeds: Feeds,
  random: Random,
): string[] {
  const problems: string[] = [];
  for (const [name, gradient] of Object.entries(gradientOf)) {
    const direction = normals(feeds[name].shape, random);
    const backward = dot(gradient, direction);
    const ahead = scalar(moved(feeds, name, direction, STEP));
    const behind = scalar(moved(feeds, name, direction, -STEP));
    const differences = (ahead.value - behind.value) / (2 * STEP);
    const terms = gradient.data.reduce((total, value, i) => total + Math.abs(value * direction.data[i]), 0);
    const tolerance = 1e-7 * terms + (1e-15 / STEP) * (1 + ahead.magnitude);
    if (!(Math.abs(backward - differences) <= tolerance)) {
      problems.push(`${name}: backward says ${backward}, differences say ${differences}`);
    }
  }
  return problems;
}

/** ⟨a, b⟩ and Σ|a·b|, the size of what was added up. */
function weighed(a: NDArray, b: NDArray): { value: number; magnitude: number } {
  return { value: dot(a, b), magnitude: a.data.reduce((total, value, i) => total + Math.abs(value * b.data[i]), 0) };
}

/** The output has the shape and dtype that the shape rule declares, in the reference and in ONNX Runtime, and the values agree. */
export async function valueProblems(op: AnyOp, sample: AnySample): Promise<string[]> {
  const { inputs, output, feeds } = trace(op, sample);
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

/** Whether the rule hands a cotangent to input i: without one there is nothing to compare. */
export function flows(op: AnyOp, sample: AnySample): boolean[] {
  const { inputs, output } = trace(op, sample);
  const cotangent = input("g", output.shape) as Tensor;
  const needs = inputs.map(() => true);
  const context = { inputs: inputs as Tensor[], output, attrs: sample.attrs, needs };
  return op.vjp(cotangent, context).map((part) => part !== null);
}

/** The backward rule against differences of the reference in float64. */
export function backwardProblems(op: AnyOp, sample: AnySample): string[] {
  const { inputs, output, feeds, random } = trace(op, sample);
  if (!isFloat(output.dtype)) {
    return flows(op, sample).flatMap((flow, i) => (flow ? [`x${i}: a cotangent flows from ${output.dtype}`] : []));
  }
  const seed = input("seed", output.shape, { dtype: output.dtype });
  const forward = graph({ y: output }, inputs);
  const wrt = floats(inputs);
  const cotangents = gradients(output, wrt as Tensor[], seed as Tensor);
  const reverse = graph(Object.fromEntries(wrt.map(({ attrs }, i) => [attrs.name, cotangents[i]])), [...inputs, seed]);
  verify(reverse);
  const g = normals(output.shape, random);
  const scalar = (at: Feeds) => weighed(evaluate(forward, at).y, g);
  return againstDifferences(scalar, evaluate(reverse, { ...feeds, seed: g }), feeds, random);
}

/** The graph of an op's backward rule, and s = Σᵢ ⟨∂y/∂xᵢ, uᵢ⟩ for given u: what a second derivative starts from. */
function reverseGraph({ inputs, output }: Case) {
  const seed = input("seed", output.shape, { dtype: output.dtype });
  const wrt = floats(inputs);
  const cotangents = gradients(output, wrt as Tensor[], seed as Tensor);
  const weights = cotangents.map((cotangent, i) => input(`u${i}`, cotangent.shape, { dtype: cotangent.dtype }));
  const total = cotangents
    .map((cotangent, i) => sum(mul(cotangent, weights[i] as Tensor)))
    .reduce((left, right) => add(left, right));
  return { seed, wrt, cotangents, weights, total };
}

/** The backward rule differentiated once more, with respect to the inputs and to the cotangent, against differences. */
export function secondOrderProblems(op: AnyOp, sample: AnySample): string[] {
  const traced = trace(op, sample);
  const { inputs, output, random } = traced;
  const { seed, wrt, weights, total } = reverseGraph(traced);
  const all = [...wrt, seed];
  const declared = [...inputs, seed, ...weights];
  const first = graph({ total }, declared);
  const second = graph(
    Object.fromEntries(gradients(total, all as Tensor[]).map((value, i) => [all[i].attrs.name, value])),
    declared,
  );
  verify(second);
  const feeds: Feeds = { ...traced.feeds, seed: normals(output.shape, random) };
  for (const { attrs } of weights) feeds[attrs.name] = normals(attrs.shape, random);
  const scalar = (at: Feeds) => {
    const value = evaluate(first, at).total.data[0];
    return { value, magnitude: Math.abs(value) };
  };
  return againstDifferences(scalar, evaluate(second, feeds), feeds, random);
}

/** The backward rule lowered to ONNX Runtime, together with the op itself as in a training step, against the reference. */
export async function loweredBackwardProblems(op: AnyOp, sample: AnySample): Promise<string[]> {
  const traced = trace(op, sample);
  const { seed, wrt, cotangents } = reverseGraph(traced);
  const outputs = Object.fromEntries(wrt.map(({ attrs }, i) => [`d ${attrs.name}`, cotangents[i]]));
  const reverse: Graph = graph({ y: traced.output, ...outputs }, [...traced.inputs, seed]);
  const feeds = { ...traced.feeds, seed: normals(traced.output.shape, traced.random) };
  const truth = evaluate(reverse, feeds);
  const actual = await runNative(reverse, feeds);
  return Object.entries(truth).flatMap(([name, value]) => {
    const differs = difference(actual[name], value, 1e-5);
    return differs === undefined ? [] : [`${name}: ${differs}`];
  });
}

/** vjp(αg + βh) = α·vjp(g) + β·vjp(h): a backward rule is linear in its cotangent. */
export function linearityProblems(op: AnyOp, sample: AnySample, alpha: number, beta: number, draws: number): string[] {
  const traced = trace(op, sample, draws);
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
