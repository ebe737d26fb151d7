/**
 * slice: y = x[start : end : step] along every axis, steps positive. ONNX Slice (opset 13).
 * pad: puts `before` and `after` copies of a value around each axis and `interior` between neighbours. ONNX Pad (opset 18).
 * With value 0 each is the other's backward (an interior pad undoes a step), so they share a file. The meaning of `interior`
 * is that of XLA's Pad.
 */
import { formatShape, type Shape, sizeOf, stridesOf, UsageError } from "../core/index.ts";
import { bind, type DType, defineOp, type Emit, int64, type Op, reject, type Tensor } from "../ir/index.ts";
import { blockedNode, bornBlocked, fromBlocked } from "./blocked.ts";
import { eachStrided, gatherStrided } from "./strided.ts";

interface SliceAttrs {
  readonly start: readonly number[];
  readonly end: readonly number[];
  readonly step: readonly number[];
}

export const sliceOp: Op<SliceAttrs> = defineOp<SliceAttrs>({
  name: "slice",
  shape: ([x], { start, end, step }) => {
    const shape = x.shape.map((dim, axis) => {
      const [from, to, by] = [start[axis], end[axis], step[axis]];
      if (!(from >= 0 && from <= to && to <= dim && by >= 1)) {
        const range = `[${from} : ${to} : ${by}] of axis ${axis} in shape ${formatShape(x.shape)}`;
        reject(`the range is ${range}`, "need 0 ≤ start ≤ end ≤ size and step ≥ 1");
      }
      return Math.ceil((to - from) / by);
    });
    return { shape, dtype: x.dtype };
  },
  evaluate: ([x], { start, step }, output) => {
    const strides = stridesOf(x.shape);
    const offset = start.reduce((position, from, axis) => position + from * strides[axis], 0);
    return gatherStrided(
      x,
      output.shape,
      offset,
      strides.map((stride, axis) => stride * step[axis]),
    );
  },
  vjp: (g, { inputs: [x], attrs: { start, step } }) => {
    const covered = g.shape.map((dim, axis) => (dim === 0 ? 0 : (dim - 1) * step[axis] + 1));
    return [
      bind(padOp, [g], {
        before: start,
        after: x.shape.map((dim, axis) => dim - start[axis] - covered[axis]),
        interior: step.map((by) => by - 1),
        value: 0,
      }),
    ];
  },
  lower: (emit, [x], { inputs: [{ shape }], attrs: { start, end, step } }) => {
    const twin = bornBlocked(emit, x);
    const places = start.every(
      (from, axis) => from === 0 && end[axis] === shape[axis] && (axis > 1 || step[axis] === 1),
    );
    if (twin !== undefined && places) {
      // Every s-th row and column: the means of windows of one place.
      const windows = { kernel_shape: [1, 1], strides: step.slice(2), pads: [0, 0, 0, 0] };
      return fromBlocked(emit, blockedNode(emit, "AveragePool", [twin.name], windows), shape[1]);
    }
    const axes = start.map((_, axis) => axis);
    return emit.node("Slice", [x, int64(emit, start), int64(emit, end), int64(emit, axes), int64(emit, step)]);
  },
  samples: [
    { attrs: { start: [1, 0], end: [3, 5], step: [1, 2] }, inputs: [{ shape: [3, 5] }] },
    { attrs: { start: [0, 1, 0], end: [2, 3, 4], step: [1, 1, 3] }, inputs: [{ shape: [2, 3, 4] }] },
    { attrs: { start: [2], end: [2], step: [1] }, inputs: [{ shape: [3] }] },
  ],
});

export interface AxisRange {
  readonly axis: number;
  /** Included; negative counts from the end. 0 unless said. */
  readonly start?: number;
  /** Not included; negative counts from the end. The size unless said. */
  readonly end?: number;
  readonly step?: number;
}

/** The part of x inside the given ranges; axes that are not named stay whole. */
export function slice(x: Tensor, ...ranges: readonly AxisRange[]): Tensor {
  const attrs = { start: x.shape.map(() => 0), end: [...x.shape], step: x.shape.map(() => 1) };
  for (const range of ranges) {
    const axis = range.axis < 0 ? range.axis + x.rank : range.axis;
    const dim = x.shape[axis];
    if (dim === undefined) {
      throw new UsageError(
        "slice",
        `axis ${range.axis} of shape ${formatShape(x.shape)}`,
        `use ${-x.rank} to ${x.rank - 1}`,
      );
    }
    const fromStart = (value: number) => (value < 0 ? value + dim : value);
    attrs.start[axis] = fromStart(range.start ?? 0);
    attrs.end[axis] = fromStart(range.end ?? dim);
    attrs.step[axis] = range.step ?? 1;
  }
  return bind(sliceOp, [x], attrs);
}

interface PadAttrs {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly interior: readonly number[];
  readonly value: number;
}

const spread = (dim: number, interior: number) => (dim === 0 ? 0 : (dim - 1) * (interior + 1) + 1);

export const padOp: Op<PadAttrs> = defineOp<PadAttrs>({
  name: "pad",
  shape: ([x], { before, after, interior }) => {
    if ([...before, ...after, ...interior].some((count) => count < 0)) {
      reject(
        `before ${formatShape(before)}, after ${formatShape(after)}`,
        "padding must not be negative; use slice to cut",
      );
    }
    if (before.length !== x.shape.length || after.length !== x.shape.length) {
      reject(`before ${formatShape(before)} for shape ${formatShape(x.shape)}`, "give one number for each axis");
    }
    return {
      shape: x.shape.map((dim, axis) => before[axis] + spread(dim, interior[axis]) + after[axis]),
      dtype: x.dtype,
    };
  },
  evaluate: ([x], { before, interior, value }, output) => {
    const data = new Float64Array(sizeOf(output.shape)).fill(value);
    const strides = stridesOf(output.shape);
    const offset = before.reduce((position, count, axis) => position + count * strides[axis], 0);
    const steps = strides.map((stride, axis) => stride * (interior[axis] + 1));
    eachStrided(x.shape, offset, steps, (position, i) => {
      data[position] = x.data[i];
    });
    return { shape: output.shape, data };
  },
  vjp: (g, { attrs: { before, after, interior } }) => [
    bind(sliceOp, [g], {
      start: before,
      end: g.shape.map((dim, axis) => dim - after[axis]),
      step: interior.map((count) => count + 1),
    }),
  ],
  lower: (emit, [x], { inputs, attrs: { before, after, interior, value } }) => {
    const { shape, dtype } = inputs[0];
    const spaced = spreadOut(emit, x, shape, interior, { value, dtype });
    const tail = after.map((count, axis) => (shape[axis] > 0 ? count - interior[axis] : count));
    if ([...before, ...tail].every((count) => count === 0)) return spaced;
    const pads = emit.constant([...before, ...tail], [2 * shape.length], "int64");
    return emit.node("Pad", [spaced, pads, emit.constant([value], [], dtype)]);
  },
  samples: [
    { attrs: { before: [1, 0], after: [0, 2], interior: [0, 0], value: 0 }, inputs: [{ shape: [2, 3] }] },
    { attrs: { before: [1, 2], after: [0, 1], interior: [1, 2], value: 0 }, inputs: [{ shape: [2, 3] }] },
    { attrs: { before: [1], after: [1], interior: [0], value: -3 }, inputs: [{ shape: [2] }] },
    { attrs: { before: [0, 1, 0], after: [0, 0, 2], interior: [0, 1, 2], value: 0 }, inputs: [{ shape: [2, 3, 2] }] },
  ],
});

interface Filling {
  readonly value: number;
  readonly dtype: DType;
}

/** The greatest width of pictures at which a product with a matrix that is mostly zeros costs less than a Pad. */
const WIDE = 64;

/**
 * The same of pictures whose rows and columns get zeros between them, by a product: a matrix of ones and zeros puts the numbers of
 * a row at their places in a row that is so much longer, with the rows of zeros below it. Pad writes number by number with
 * one thread: for the gradient of the shortcut of a residual block, 16×16 to 32×32 with 64 × 16 planes, 4.2 ms against 0.3.
 * A number that is not finite makes NaN of its row, which no network that trains meets.
 */
function byProduct(emit: Emit, x: string, shape: Shape, interior: readonly number[], of: Filling): string | undefined {
  const [between, beside] = interior.slice(-2);
  const width = shape[shape.length - 1];
  const only = interior.slice(0, -2).every((count) => count === 0);
  if (shape.length < 3 || !only || !(beside > 0) || width > WIDE || of.value !== 0 || of.dtype !== "float32")
    return undefined;
  const columns = width * (beside + 1) * (between + 1);
  const places = new Float64Array(width * columns);
  for (let i = 0; i < width; i++) places[i * columns + i * (beside + 1)] = 1;
  const spread = emit.node("MatMul", [x, emit.constant(places, [width, columns], of.dtype)]);
  const whole = shape.map((dim, axis) => dim * (interior[axis] + 1));
  return emit.node("Reshape", [spread, emit.constant(whole, [whole.length], "int64")], { allowzero: 1 });
}

/** Writes each axis as [size, 1 + interior] with the value behind each element, and joins the two again. */
function spreadOut(emit: Emit, x: string, shape: Shape, interior: readonly number[], of: Filling): string {
  if (interior.every((count) => count === 0)) return x;
  const joined = byProduct(emit, x, shape, interior, of);
  if (joined !== undefined) return joined;
  const zeros = shape.flatMap(() => [0, 0]);
  const apart = shape.flatMap((dim) => [dim, 1]);
  const pairs = emit.node("Reshape", [x, int64(emit, apart)], { allowzero: 1 });
  const value = emit.constant([of.value], [], of.dtype);
  const padded = emit.node("Pad", [pairs, int64(emit, [...zeros, ...interior.flatMap((count) => [0, count])]), value]);
  const wider = shape.map((dim, axis) => dim * (interior[axis] + 1));
  return emit.node("Reshape", [padded, int64(emit, wider)], { allowzero: 1 });
}

/** Puts `before[axis]` and `after[axis]` copies of `value` around x. */
export const pad = (x: Tensor, before: readonly number[], after: readonly number[], value = 0): Tensor =>
  bind(padOp, [x], { before, after, interior: before.map(() => 0), value });
