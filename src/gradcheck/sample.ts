import { Random, sizeOf } from "../core/index.ts";
import {
  bind,
  type InputAttrs,
  input,
  type NDArray,
  type Op,
  type Sample,
  type SampleInput,
  type Tensor,
} from "../ir/index.ts";
import { draw, type Feeds } from "./arrays.ts";

/* A unit and a sample of it, whatever its attributes are. */
export type AnyOp = Op<unknown>;
export type AnySample = Sample<unknown>;

export const isFloat = ({ dtype }: { readonly dtype: string }): boolean => dtype.startsWith("float");

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
  if (!isFloat({ dtype })) return draw(shape, () => low + random.below(high - low));
  if (item.distinct) return draw(shape, () => points.pop()!);
  return draw(shape, () => {
    const value = random.between(low, high);
    const kink = avoid.find((point) => Math.abs(value - point) < 0.05);
    return kink === undefined ? value : value + (value < kink ? -0.05 : 0.05);
  });
}

/** A unit applied to inputs `x0`, `x1`, … of a sample, with numbers to feed them. */
export interface Case {
  readonly inputs: readonly Tensor<InputAttrs>[];
  readonly output: Tensor;
  readonly feeds: Feeds;
  /** For what else has to be drawn. */
  readonly random: Random;
}

/** Traces a sample and draws its inputs; a function of the unit's name, the sample and `draws`, so that a failure repeats. */
export function traceSample(op: AnyOp, sample: AnySample, draws = 0): Case {
  const random = new Random(2024, `${op.name} ${JSON.stringify(sample)}`, draws);
  const inputs = sample.inputs.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype ? { dtype } : {}));
  const points = distinctPoints(sample.inputs, random);
  const feeds = Object.fromEntries(sample.inputs.map((item, i) => [`x${i}`, drawOne(item, random, points)]));
  return { inputs, output: bind(op, inputs as Tensor[], sample.attrs), feeds, random };
}

/** For each input whether the backward rule hands it a cotangent: without one there is nothing to compare. */
export function flows(op: AnyOp, sample: AnySample): boolean[] {
  const { inputs, output } = traceSample(op, sample);
  const cotangent = input("g", output.shape) as Tensor;
  const needs = inputs.map(() => true);
  const context = { inputs: inputs as Tensor[], output, attrs: sample.attrs, needs };
  return op.vjp(cotangent, context).map((part) => part !== null);
}
