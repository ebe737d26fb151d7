/**
 * maxPool2d: y[n,c,r,s] = the largest x in the window at (r·stride − padding, s·stride − padding). ONNX MaxPool (opset 12).
 * Padding never wins. Where elements of a window tie, the first in row-major order counts (as PyTorch does).
 *
 * With A(x) the matrix that picks each window's winner, three units close the family under differentiation:
 *   maxPool2d     x    → A(x) x
 *   maxUnpool2d   x, g → A(x)ᵀ g   each cotangent goes to its winner
 *   winners2d     x, u → A(x) u    reads another tensor at the places of the winners
 * A is constant almost everywhere, so x itself receives nothing from the last two.
 */
import { formatShape, sizeOf } from "../core/index.ts";
import {
  bind,
  defineOp,
  type Emit,
  int64,
  type NDArray,
  type Op,
  reject,
  type Tensor,
  type TensorType,
} from "../ir/index.ts";
import { blockedNode, fromBlocked } from "./blocked.ts";
import { requireFloat } from "./elementwise.ts";
import { blockedUnpool } from "./max-pool2d-blocked.ts";
import { unpoolByParts, winnersByParts } from "./max-pool2d-parts.ts";
import { eachWindow, type Pair, type PairLike, pairOf, windowCount } from "./windows.ts";

export interface PoolAttrs {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
}

export function pooledType(x: TensorType, { kernel, stride, padding }: PoolAttrs): TensorType {
  requireFloat(x);
  if (x.shape.length !== 4)
    reject(`x is ${formatShape(x.shape)}`, "it needs four axes: [batch, channels, height, width]");
  if (padding.some((pad, axis) => pad >= kernel[axis])) {
    reject(
      `padding ${formatShape(padding)} for windows of ${formatShape(kernel)}`,
      "padding must be less than the window",
    );
  }
  const [batch, channels, height, width] = x.shape;
  const rows = windowCount(height, kernel[0], stride[0], padding[0]);
  return { shape: [batch, channels, rows, windowCount(width, kernel[1], stride[1], padding[1])], dtype: x.dtype };
}

export const onnxPool = ({ kernel, stride, padding }: PoolAttrs) => ({
  kernel_shape: kernel,
  strides: stride,
  pads: [...padding, ...padding],
});

/** The position of each window's winner. */
function winners(x: NDArray, shape: readonly number[], attrs: PoolAttrs): Int32Array {
  const [height, width] = x.shape.slice(2);
  const [batch, channels, rows, columns] = shape;
  const places = new Int32Array(sizeOf(shape)).fill(-1);
  eachWindow([height, width], [rows, columns], { ...attrs, dilation: [1, 1] }, (row, column, _i, _j, yy, xx) => {
    for (let plane = 0; plane < batch * channels; plane++) {
      const output = (plane * rows + row) * columns + column;
      const position = (plane * height + yy) * width + xx;
      if (places[output] === -1 || x.data[position] > x.data[places[output]]) places[output] = position;
    }
  });
  return places;
}

const samplesOf = (extra: (batch: number[]) => { shape: number[] }[]) =>
  [
    { attrs: { kernel: [2, 2], stride: [2, 2], padding: [0, 0] }, x: [2, 2, 4, 6], y: [2, 2, 2, 3] },
    { attrs: { kernel: [2, 2], stride: [2, 2], padding: [0, 0] }, x: [1, 2, 5, 4], y: [1, 2, 2, 2] },
    { attrs: { kernel: [3, 3], stride: [2, 2], padding: [1, 1] }, x: [1, 2, 5, 6], y: [1, 2, 3, 3] },
    { attrs: { kernel: [3, 2], stride: [1, 1], padding: [0, 0] }, x: [1, 1, 4, 4], y: [1, 1, 2, 3] },
  ].map(({ attrs, x, y }) => ({
    attrs: attrs as unknown as PoolAttrs,
    inputs: [{ shape: x, distinct: true }, ...extra(y).map((input) => (input.shape.length ? input : { shape: x }))],
  }));

export const maxPool2dOp: Op<PoolAttrs> = defineOp<PoolAttrs>({
  name: "maxPool2d",
  shape: ([x], attrs) => pooledType(x, attrs),
  evaluate: ([x], attrs, { shape }) => ({
    shape,
    data: Float64Array.from(winners(x, shape, attrs), (place) => x.data[place]),
  }),
  vjp: (g, { inputs: [x], attrs }) => [bind(maxUnpool2dOp, [x, g], attrs)],
  lower: (emit, [x], { attrs, shape }) => lowerPool(emit, x, attrs, shape[1]),
  samples: [
    ...samplesOf(() => []),
    {
      attrs: { kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
      inputs: [{ shape: [1, 1, 2, 4], values: [1, 1, 0, 0, 1, 1, 0, 2] }],
      noGradient: "a tie",
    },
  ],
});

/** A pooling; in the blocked layout where x is there in it. */
function lowerPool(emit: Emit, x: string, attrs: PoolAttrs, channels: number): string {
  const blocked = emit.blocks?.get(x);
  if (blocked === undefined) return emit.node("MaxPool", [x], onnxPool(attrs));
  return fromBlocked(emit, blockedNode(emit, "MaxPool", [blocked.name], onnxPool(attrs)), channels);
}

/** ONNX Runtime numbers the winners through the whole tensor. */
function lowerWinners(emit: Emit, x: string, attrs: PoolAttrs): string {
  return emit.nodes("MaxPool", [x], 2, onnxPool(attrs))[1];
}

export const maxUnpool2dOp: Op<PoolAttrs> = defineOp<PoolAttrs>({
  name: "maxUnpool2d",
  shape: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  evaluate: ([x, g], attrs) => {
    const data = new Float64Array(x.data.length);
    winners(x, g.shape, attrs).forEach((place, i) => {
      data[place] += g.data[i];
    });
    return { shape: x.shape, data };
  },
  vjp: (u, { inputs: [x], attrs, needs }) => [null, needs[1] ? bind(winners2dOp, [x, u], attrs) : null],
  lower: lowerUnpool,
  samples: samplesOf((y) => [{ shape: y }]),
});

/**
 * ONNX Runtime's MaxPool is some 20 times slower when it is asked for Indices (4.3 ms on [64, 32, 32, 32], where the
 * pooling itself takes 0.2), so for the usual windows, 2×2 side by side, the winners are found without them.
 */
function lowerUnpool(emit: Emit, [x, g]: readonly string[], { inputs, attrs }: Tensor<PoolAttrs>): string {
  if (emit.parts) return unpoolByParts(emit, [x, g], inputs[0], inputs[1].shape, attrs);
  const { shape, dtype } = inputs[0];
  const { kernel, stride, padding } = attrs;
  const halves = [0, 1].every((i) => kernel[i] === 2 && stride[i] === 2 && padding[i] === 0 && shape[i + 2] % 2 === 0);
  const blocked = halves && dtype === "float32" ? blockedUnpool(emit, [x, g], shape) : undefined;
  if (blocked !== undefined) return blocked;
  const places =
    halves && shape[2] * shape[3] < 2 ** 24 ? lowerWinnersOfFour(emit, x, shape) : lowerWinners(emit, x, attrs);
  if (stride.every((step, axis) => step >= kernel[axis])) {
    return emit.node("MaxUnpool", [g, places, int64(emit, shape)], { kernel_shape: kernel, strides: stride });
  }
  // MaxUnpool keeps one of two cotangents that meet; where windows overlap they have to be added.
  const zeros = emit.node("Expand", [emit.constant([0], [], dtype), int64(emit, [sizeOf(shape)])]);
  const flat = (value: string) => emit.node("Reshape", [value, int64(emit, [-1])]);
  const added = emit.node("ScatterElements", [zeros, flat(places), flat(g)], { reduction: "add" });
  return emit.node("Reshape", [added, int64(emit, shape)]);
}

/**
 * The winners of 2×2 windows from four fast poolings: of the whole window, of its upper row, of its left column, and of its
 * first element. The upper row wins if it holds the maximum; then the first element does if it equals it, else the
 * second. Otherwise the left column tells the third from the fourth.
 * @returns the name of int64 [batch, channels, height / 2, width / 2], numbered through the whole tensor
 */
function lowerWinnersOfFour(emit: Emit, x: string, [batch, channels, height, width]: readonly number[]): string {
  const pool = (kernel: Pair) => lowerPool(emit, x, { kernel, stride: [2, 2], padding: [0, 0] }, channels);
  const largest = pool([2, 2]);
  const reaches = (kernel: Pair) => emit.node("Equal", [pool(kernel), largest]);
  const not = (truth: string) => emit.node("Not", [truth]);
  const upper = reaches([1, 2]);
  const lower = not(upper);
  const right = emit.node("Or", [
    emit.node("And", [upper, not(reaches([1, 1]))]),
    emit.node("And", [lower, not(reaches([2, 1]))]),
  ]);
  // Truth values are a byte each and a plane has less than 2²⁴ places, so that float32 numbers them: half as many bytes as int64.
  const number = (truth: string) => emit.node("Cast", [truth], { to: 1 });
  const down = emit.node("Mul", [number(lower), emit.constant([width], [], "float32")]);
  const inWindow = emit.node("Add", [down, number(right)]);
  const [rows, columns] = [height / 2, width / 2];
  const windows = Array.from(
    { length: rows * columns },
    (_, i) => 2 * Math.floor(i / columns) * width + 2 * (i % columns),
  );
  const planes = Array.from({ length: batch * channels }, (_, i) => i * height * width);
  const inPlane = emit.node("Add", [inWindow, emit.constant(windows, [rows, columns], "float32")]);
  return emit.node("Add", [
    emit.node("Cast", [inPlane], { to: 7 }),
    emit.constant(planes, [batch, channels, 1, 1], "int64"),
  ]);
}

export const winners2dOp: Op<PoolAttrs> = defineOp<PoolAttrs>({
  name: "winners2d",
  shape: ([x], attrs) => pooledType(x, attrs),
  evaluate: ([x, u], attrs, { shape }) => ({
    shape,
    data: Float64Array.from(winners(x, shape, attrs), (place) => u.data[place]),
  }),
  vjp: (g, { inputs: [x], attrs, needs }) => [null, needs[1] ? bind(maxUnpool2dOp, [x, g], attrs) : null],
  lower: (emit, [x, u], { inputs, shape, attrs }) => {
    if (emit.parts) return winnersByParts(emit, [x, u], inputs[0], shape, attrs);
    const flat = emit.node("Reshape", [u, int64(emit, [-1])]);
    const places = emit.node("Reshape", [lowerWinners(emit, x, attrs), int64(emit, [-1])]);
    return emit.node("Reshape", [emit.node("GatherElements", [flat, places]), int64(emit, shape)]);
  },
  samples: samplesOf(() => [{ shape: [] }]),
});

export interface PoolOptions {
  /** The kernel unless said: windows side by side. */
  readonly stride?: PairLike;
  readonly padding?: PairLike;
}

export function poolAttrs(kernel: PairLike, { stride, padding }: PoolOptions): PoolAttrs {
  return { kernel: pairOf(kernel), stride: pairOf(stride ?? kernel), padding: pairOf(padding ?? 0) };
}

/** The largest value of each window of x [batch, channels, height, width]. */
export const maxPool2d = (x: Tensor, kernel: PairLike, options: PoolOptions = {}): Tensor =>
  bind(maxPool2dOp, [x], poolAttrs(kernel, options));
