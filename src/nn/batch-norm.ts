/**
 * Batch normalisation (Ioffe and Szegedy 2015), of maps [batch, channels, height, width] as of rows [batch, features]. In training
 * each channel has mean β and deviation γ by the statistics of its own batch, and running means of these statistics are kept as buffers:
 *
 *     μ̂ ← k μ̂ + (1 − k) μ      σ̂² ← k σ̂² + (1 − k) σ² n / (n − 1)      k = min(0.9, 1 − 1/t) in step t
 *
 * Otherwise they stand in for those of the batch, so that an answer does not depend on the pictures beside it; then the layer is an
 * affine map, and directly after a convolution it is part of its weights. γ and β are not penalised.
 *
 * A batch with one value in a channel has no variance: then the output is β, and the running statistics stay.
 *
 * Differs: the paper averages over the training set at the end. The running mean with k = 0.9 is what the field uses instead; here
 * the first steps count alike, so that nothing of the numbers it began with is left after the first.
 */
import { sizeOf } from "../core/index.ts";
import { input, scoped, type Tensor } from "../ir/index.ts";
import { add, channelAffine, conv2d, div, mul, reshape, sqrt, sub, batchNorm as unit } from "../ops/index.ts";
import { filledWith, heNormal, zeros } from "./initializers.ts";
import type { Parameters } from "./parameters.ts";

const EPSILON = 1e-5;
const KEPT = "running.kept";
const TAKEN = "running.taken";

/** k and 1 − k of a step, counted from 1. */
export function runningScalars(step: number): Readonly<Record<string, number>> {
  const kept = Math.min(0.9, 1 - 1 / step);
  return { [KEPT]: kept, [TAKEN]: 1 - kept };
}

export interface NormOptions {
  /** The first value of γ; 1 unless said. */
  readonly scale?: number;
}

/** Scalars are inputs by name, and a graph has one input of a name; each network has them once. */
const scalars = new WeakMap<Parameters, { readonly kept: Tensor; readonly taken: Tensor }>();

function scalarsOf(p: Parameters) {
  const known = scalars.get(p);
  if (known !== undefined) return known;
  const scalar = (name: string) => input(name, [], { role: "scalar" }) as Tensor;
  const made = { kept: scalar(KEPT), taken: scalar(TAKEN) };
  scalars.set(p, made);
  return made;
}

/** The running mean of a statistic. */
function running(p: Parameters, name: string, start: number, ofBatch: Tensor | undefined, shape: readonly number[]) {
  return p.declareBuffer(name, shape, start, (present) => {
    if (ofBatch === undefined) return present;
    const { kept, taken } = scalarsOf(p);
    return add(mul(present, kept), mul(ofBatch, taken));
  });
}

function declared(p: Parameters, channels: number, { scale = 1 }: NormOptions) {
  return {
    scale: p.declare("scale", [channels], "bias", filledWith(scale)),
    shift: p.declare("shift", [channels], "bias", zeros),
  };
}

/** The map a·x + b that the running statistics make of the layer. */
function settled(p: Parameters, channels: number, options: NormOptions): { readonly a: Tensor; readonly b: Tensor } {
  const { scale, shift } = declared(p, channels, options);
  const mean = running(p, "mean", 0, undefined, [channels]);
  const variance = running(p, "variance", 1, undefined, [channels]);
  const a = div(scale, sqrt(add(variance, EPSILON)));
  return { a, b: sub(shift, mul(mean, a)) };
}

/** x [batch, channels, …] normalised channel by channel. */
export function batchNorm(p: Parameters, x: Tensor, options: NormOptions = {}): Tensor {
  const channels = x.shape[1];
  return scoped("norm", () => {
    if (!p.training) {
      const { a, b } = settled(p, channels, options);
      return channelAffine(x, a, b);
    }
    const { scale, shift } = declared(p, channels, options);
    const { y, mean, variance } = unit(x, scale, shift, EPSILON);
    const count = sizeOf(x.shape) / channels;
    running(p, "mean", 0, count > 1 ? mean : undefined, [channels]);
    running(p, "variance", 1, count > 1 ? mul(variance, count / (count - 1)) : undefined, [channels]);
    return y;
  });
}

export interface NormedConvolutionOptions extends NormOptions {
  readonly stride?: number;
}

/**
 * A convolution without a bias, which would have no effect, and batch normalisation: x [batch, in, h, w] →
 * [batch, filters, h / stride, w / stride], rounded up. Its first weights are He's, for a rectifier behind it.
 */
export function normedConvolution(
  p: Parameters,
  x: Tensor,
  filters: number,
  kernel: number,
  { stride = 1, ...options }: NormedConvolutionOptions = {},
): Tensor {
  const shape = [filters, x.shape[1], kernel, kernel];
  const weight = p.declare("weight", shape, "weight", heNormal(sizeOf(shape.slice(1))));
  const place = { stride, padding: (kernel - 1) / 2 };
  if (p.training) return batchNorm(p, conv2d(x, weight, place), options);
  // Used, the normalisation is a factor of each filter and a bias.
  const { a, b } = scoped("norm", () => settled(p, filters, options));
  return conv2d(x, mul(weight, reshape(a, [filters, 1, 1, 1])), { ...place, bias: b });
}
