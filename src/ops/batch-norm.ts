/**
 * batchNorm: y = γ · (x − μ) / √(σ² + ε) + β, for each channel, where μ and σ² are mean and (biased) variance of the channel over the
 * batch and all places. x [batch, channels, …], γ and β [channels]. ONNX BatchNormalization in training mode (opset 15).
 * Ioffe and Szegedy 2015, "Batch normalization: accelerating deep network training by reducing internal covariate shift".
 *
 * Backward, with n values in a channel, r = 1 / √(σ² + ε), and sums over the channel: μ and σ² depend on every x, so
 *     ∂β = Σ g        ∂γ = r · (Σ g·x − μ · Σ g)        ∂x = γ·r · (g − ∂β/n − r·(x − μ) · ∂γ/n)
 * and ∂x is affine in g and x, channel by channel: a·g + p·x + q, three passes over memory instead of the eight that the
 * operators of the formula would make. (Σ g·x as a product of rows and columns takes 1.4 ms on [64, 16, 32, 32], Mul and ReduceSum 0.5.)
 *
 * batchStatistic: μ or σ². It takes γ and β as well, which it does not depend on, since ONNX gives all three results by one
 * operator, and equal operators are written once.
 * channelAffine: y = a·x + b with one a and one b for each channel. ONNX BatchNormalization with mean 0 and variance 1: one
 * pass, where Mul and Add make two (0.21 against 0.28 ms on [64, 16, 32, 32]).
 */
import { formatShape } from "../core/index.ts";
import {
  bind,
  constant,
  defineOp,
  type Emit,
  int64,
  type NDArray,
  type Op,
  reject,
  type Tensor,
  type TensorType,
} from "../ir/index.ts";
import { add } from "./add.ts";
import { blockedNode, bornBlocked, channelwise, filled, fromBlocked } from "./blocked.ts";
import { div } from "./div.ts";
import { requireFloat } from "./elementwise.ts";
import { mean } from "./mean.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { reshape } from "./reshape.ts";
import { sqrt } from "./sqrt.ts";
import { sub } from "./sub.ts";
import { broadcastTo, sum } from "./sum.ts";

interface BatchNormAttrs {
  /** Added to the variance. */
  readonly epsilon: number;
}

interface StatisticAttrs extends BatchNormAttrs {
  readonly of: "mean" | "variance";
}

/** Every axis but that of the channels. */
const others = ({ shape }: TensorType) => shape.map((_, axis) => axis).filter((axis) => axis !== 1);

/** The values in one channel. */
const countOf = ({ shape }: TensorType) => others({ shape } as TensorType).reduce((n, axis) => n * shape[axis], 1);

/** One number a channel, so that it broadcasts over x. */
const beside = (x: Tensor, values: Tensor) =>
  reshape(
    values,
    x.shape.map((dim, axis) => (axis === 1 ? dim : 1)),
  );

function perChannel([x, ...vectors]: readonly TensorType[]): void {
  requireFloat(x);
  if (x.shape.length < 2) reject(`x is ${formatShape(x.shape)}`, "give [batch, channels, …]");
  for (const vector of vectors) {
    if (vector.dtype !== x.dtype)
      reject(`x is ${x.dtype}, a parameter ${vector.dtype}`, "cast one to the other's dtype");
    if (formatShape(vector.shape) !== formatShape([x.shape[1]])) {
      const what = `x has ${x.shape[1]} channels (${formatShape(x.shape)}), a parameter the shape ${formatShape(vector.shape)}`;
      reject(what, "give one number for each channel");
    }
  }
}

/** The channel of each element of x, in order. */
function channelOf({ shape }: { readonly shape: readonly number[] }): (i: number) => number {
  const plane = shape.slice(2).reduce((size, dim) => size * dim, 1);
  return (i) => Math.floor(i / plane) % shape[1];
}

function statistics(x: NDArray): { mean: Float64Array; variance: Float64Array } {
  const channel = channelOf(x);
  const n = x.data.length / x.shape[1];
  const [mean, variance] = [new Float64Array(x.shape[1]), new Float64Array(x.shape[1])];
  x.data.forEach((value, i) => {
    mean[channel(i)] += value / n;
  });
  x.data.forEach((value, i) => {
    variance[channel(i)] += (value - mean[channel(i)]) ** 2 / n;
  });
  return { mean, variance };
}

/**
 * Results of ONNX's operator: y, mean and variance; its own running statistics are told to keep nothing of before. Still it wants
 * them, and ONNX Runtime writes the new ones into their memory, be it a constant's: so each gets zeros of its own that are
 * computed, from what is at hand.
 */
function lowered(emit: Emit, inputs: readonly string[], node: Tensor<BatchNormAttrs>): string[] {
  if (emit.parts) return byParts(emit, inputs, node);
  const twin = bornBlocked(emit, inputs[0]);
  if (twin !== undefined) return inBlocks(emit, [twin.name, ...inputs.slice(1)], node);
  const [x, scale, shift] = inputs;
  const zeros = [scale, shift].map((values) => emit.node("Sub", [values, values]));
  return emit.nodes("BatchNormalization", [x, scale, shift, ...zeros], 3, {
    training_mode: 1,
    momentum: { float: 0 },
    epsilon: { float: node.attrs.epsilon },
  });
}

/**
 * The same three in the blocked layout: the operator is a pass slower there than its parts, and what it saves to stay, without a
 * reordering before and after it, is more. The variance is that of values around their mean, so a large mean does it no harm.
 */
function inBlocks(emit: Emit, [x, scale, shift]: readonly string[], node: Tensor<BatchNormAttrs>): string[] {
  const channels = node.inputs[0].shape[1];
  const meanOf = (value: string) =>
    emit.node("ReduceMean", [blockedNode(emit, "GlobalAveragePool", [value]), int64(emit, [0, 2, 3])], { keepdims: 0 });
  const mean = meanOf(x);
  const apart = channelwise(emit, [x, filled(emit, 1, channels), emit.node("Neg", [mean])], channels);
  const variance = meanOf(emit.node("Mul", [apart, apart]));
  const epsilon = emit.constant([node.attrs.epsilon], [], "float32");
  const deviation = emit.node("Sqrt", [emit.node("Add", [variance, epsilon])]);
  const affine = [apart, emit.node("Div", [scale, deviation]), shift];
  return [fromBlocked(emit, channelwise(emit, affine, channels), channels, { affine }), mean, variance];
}

/**
 * The same three for WebGPU, where ONNX Runtime (1.30) takes the operator and then refuses its training mode: mean, variance
 * around it, and the operator's other mode, which is handed the two. Each mean is taken of the places first, then of the batch:
 * a kernel there gives one thread to each number that comes out, and of all at once there are only as many as channels.
 */
function byParts(emit: Emit, [x, scale, shift]: readonly string[], node: Tensor<BatchNormAttrs>): string[] {
  const { shape } = node.inputs[0];
  emit.parts?.add("BatchNormalization");
  const meanOf = (values: string) => {
    const places = shape.map((_, axis) => axis).slice(2);
    const ofPlaces =
      places.length === 0 ? values : emit.node("ReduceMean", [values, int64(emit, places)], { keepdims: 0 });
    return emit.node("ReduceMean", [ofPlaces, int64(emit, [0])], { keepdims: 0 });
  };
  const mean = meanOf(x);
  const column = emit.node("Reshape", [
    mean,
    int64(
      emit,
      shape.map((dim, axis) => (axis === 1 ? dim : 1)),
    ),
  ]);
  const apart = emit.node("Sub", [x, column]);
  const variance = meanOf(emit.node("Mul", [apart, apart]));
  const epsilon = { float: node.attrs.epsilon };
  return [emit.node("BatchNormalization", [x, scale, shift, mean, variance], { epsilon }), mean, variance];
}

const spread = { shape: [3], range: [0.5, 2] } as const;

export const batchNormOp: Op<BatchNormAttrs> = defineOp<BatchNormAttrs>({
  name: "batchNorm",
  shape: (inputs) => {
    perChannel(inputs);
    return { shape: inputs[0].shape, dtype: inputs[0].dtype };
  },
  evaluate: ([x, scale, shift], { epsilon }) => {
    const { mean, variance } = statistics(x);
    const channel = channelOf(x);
    const data = x.data.map((value, i) => {
      const c = channel(i);
      return ((value - mean[c]) / Math.sqrt(variance[c] + epsilon)) * scale.data[c] + shift.data[c];
    });
    return { shape: x.shape, data };
  },
  vjp: (g, { inputs: [x, scale, shift], attrs }) => {
    const axes = others(x);
    const share = 1 / countOf(x);
    const statistic = (of: StatisticAttrs["of"]) => bind(batchStatisticOp, [x, scale, shift], { ...attrs, of });
    const middle = statistic("mean");
    const inverse = div(1, sqrt(add(statistic("variance"), attrs.epsilon)));
    const shiftGradient = sum(g, axes);
    const scaleGradient = mul(inverse, sub(sum(mul(g, x), axes), mul(middle, shiftGradient)));
    const a = mul(scale, inverse);
    const p = neg(mul(mul(a, inverse), mul(scaleGradient, share)));
    const q = neg(add(mul(mul(a, shiftGradient), share), mul(p, middle)));
    const nothing = constant(new Float64Array(x.shape[1]), p.shape, x.dtype);
    // Two maps of one channel each, and a sum: the form in which the blocked layout makes two passes of it.
    return [add(channelAffine(g, a, q), channelAffine(x, p, nothing)), scaleGradient, shiftGradient];
  },
  lower: (emit, inputs, node) => lowered(emit, inputs, node)[0],
  samples: [
    { attrs: { epsilon: 1e-5 }, inputs: [{ shape: [4, 3, 2, 3] }, spread, { shape: [3] }] },
    { attrs: { epsilon: 0.1 }, inputs: [{ shape: [5, 3] }, spread, { shape: [3] }] },
    { attrs: { epsilon: 1e-3 }, inputs: [{ shape: [1, 3, 2, 2], range: [3, 7] }, spread, { shape: [3] }] },
  ],
});

export const batchStatisticOp: Op<StatisticAttrs> = defineOp<StatisticAttrs>({
  name: "batchStatistic",
  shape: (inputs) => {
    perChannel(inputs);
    return { shape: [inputs[0].shape[1]], dtype: inputs[0].dtype };
  },
  evaluate: ([x], { of }, { shape }) => ({ shape, data: statistics(x)[of] }),
  vjp: (g, { inputs: [x], attrs: { of } }) => {
    const each = mul(g, 1 / countOf(x));
    if (of === "mean") return [broadcastTo(beside(x, each), x.shape), null, null];
    const fromMean = sub(x, mean(x, others(x), true));
    return [mul(fromMean, beside(x, mul(each, 2))), null, null];
  },
  lower: (emit, inputs, node) =>
    lowered(emit, inputs, node as Tensor<BatchNormAttrs>)[node.attrs.of === "mean" ? 1 : 2],
  samples: (["mean", "variance"] as const).flatMap((of) => [
    { attrs: { epsilon: 1e-5, of }, inputs: [{ shape: [4, 3, 2, 3] }, spread, { shape: [3] }] },
    { attrs: { epsilon: 1e-5, of }, inputs: [{ shape: [5, 3], range: [3, 7] as const }, spread, { shape: [3] }] },
  ]),
});

export const channelAffineOp: Op = defineOp({
  name: "channelAffine",
  shape: (inputs) => {
    perChannel(inputs);
    return { shape: inputs[0].shape, dtype: inputs[0].dtype };
  },
  evaluate: ([x, a, b]) => {
    const channel = channelOf(x);
    return { shape: x.shape, data: x.data.map((value, i) => a.data[channel(i)] * value + b.data[channel(i)]) };
  },
  vjp: (g, { inputs: [x, a], needs }) => [
    needs[0] ? mul(g, beside(g, a)) : null,
    needs[1] ? sum(mul(g, x), others(g)) : null,
    needs[2] ? sum(g, others(g)) : null,
  ],
  lower: (emit, [x, a, b], { inputs: [{ shape, dtype }] }) => {
    const channels = shape[1];
    const twin = bornBlocked(emit, x);
    if (twin !== undefined) {
      const affine = [twin.name, a, b];
      return fromBlocked(emit, channelwise(emit, affine, channels), channels, { affine });
    }
    const [nothing, one] = [0, 1].map((value) => filled(emit, value, channels, dtype));
    return emit.node("BatchNormalization", [x, a, b, nothing, one], { epsilon: { float: 0 } });
  },
  samples: [
    { attrs: {}, inputs: [{ shape: [2, 3, 2, 4] }, { shape: [3] }, { shape: [3] }] },
    { attrs: {}, inputs: [{ shape: [4, 3] }, { shape: [3] }, { shape: [3] }] },
  ],
});

/** a·x + b for x [batch, channels, …], with a and b [channels]. */
export const channelAffine = (x: Tensor, a: Tensor, b: Tensor): Tensor => bind(channelAffineOp, [x, a, b], {});

/** What `batchNorm` gives: the normalised values, and the statistics of the batch by which they are. */
export interface BatchNormed {
  readonly y: Tensor;
  /** [channels] */
  readonly mean: Tensor;
  /** [channels]; over n values, not over n − 1. */
  readonly variance: Tensor;
}

/** x [batch, channels, …] with each channel brought to mean β and deviation γ by its own statistics; γ and β [channels]. */
export function batchNorm(x: Tensor, scale: Tensor, shift: Tensor, epsilon = 1e-5): BatchNormed {
  const inputs = [x, scale, shift];
  return {
    y: bind(batchNormOp, inputs, { epsilon }),
    mean: bind(batchStatisticOp, inputs, { epsilon, of: "mean" }),
    variance: bind(batchStatisticOp, inputs, { epsilon, of: "variance" }),
  };
}
