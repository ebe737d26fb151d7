/**
 * sum: adds over axes, which stay with size 1 or are removed; 0 over an empty axis. ONNX ReduceSum (opset 13).
 * broadcastTo: repeats along axes of size 1 and in front, by NumPy's rule. ONNX Expand (opset 13).
 * Each is the other's backward, so they share a file.
 */
import { broadcastShapes, formatShape, type Shape, sameShape, stridesOf } from "../core/index.ts";
import { bind, constant, defineOp, type Op, reject, type Tensor } from "../ir/index.ts";
import { filled, planeMeans } from "./blocked.ts";
import { isFloat } from "./elementwise.ts";
import { mul, mulOp } from "./mul.ts";
import { negOp } from "./neg.ts";
import { isOneHot, scaledOneHot } from "./one-hot.ts";
import { type Axes, keptShape, normalizeAxes, type ReduceAttrs, reducedShape, reduceOver } from "./reduce.ts";
import { reshape } from "./reshape.ts";
import { gatherStrided } from "./strided.ts";

export const sumOp = defineOp<ReduceAttrs>({
  name: "sum",
  shape: ([x], attrs) => {
    if (!isFloat(x) && x.dtype !== "int32") reject(`the input is ${x.dtype}`, "cast it to float32 first");
    return { shape: reducedShape(x, attrs), dtype: x.dtype };
  },
  evaluate: ([x], attrs, output) => reduceOver(x, attrs.axes, output.shape, 0, (total, value) => total + value),
  vjp: (g, { inputs: [x], attrs }) => [
    broadcastTo(g.rank === 0 ? g : reshape(g, keptShape(x.shape, attrs.axes)), x.shape),
  ],
  lower: (emit, [x], { inputs: [{ shape, dtype }], attrs: { axes, keepAxes } }) => {
    // Sums of columns, such as the gradient of a bias, as a product: 0.02 instead of 0.05 ms for [128, 512].
    if (emit.blocks && dtype === "float32" && shape.length === 2 && shape[0] > 0 && `${axes}` === "0" && !keepAxes) {
      return emit.node("MatMul", [filled(emit, 1, shape[0]), x]);
    }
    const summed = (value: string) =>
      emit.node("ReduceSum", [value, emit.constant(axes, [axes.length], "int64")], {
        keepdims: Number(keepAxes),
        noop_with_empty_axes: 1,
      });
    const means = axes.includes(2) && axes.includes(3) ? planeMeans(emit, x) : undefined;
    if (means === undefined) return summed(x);
    return emit.node("Mul", [summed(means), emit.constant([shape[2] * shape[3]], [], "float32")]);
  },
  samples: [
    { attrs: { axes: [0], keepAxes: false }, inputs: [{ shape: [3, 4, 2] }] },
    { attrs: { axes: [1], keepAxes: true }, inputs: [{ shape: [3, 4, 2] }] },
    { attrs: { axes: [0, 1, 2], keepAxes: false }, inputs: [{ shape: [3, 4, 2] }] },
    { attrs: { axes: [0], keepAxes: false }, inputs: [{ shape: [0, 2] }] },
  ],
});

/** Σ over `axes` (all when absent; negative ones count from the end). */
export function sum(x: Tensor, axes?: Axes, keepAxes = false): Tensor {
  const normal = normalizeAxes("sum", x, axes);
  // What max pooling sends back has one place for each cotangent, so over planes the cotangents have the same sum.
  if (x.op.name === "maxUnpool2d" && normal.includes(2) && normal.includes(3)) return sum(x.inputs[1], axes, keepAxes);
  if (normal.length === 0) return x;
  if (isOneHot(x) && x.attrs.inRange && `${normal}` === `${x.rank - 1}`) {
    return broadcastTo(constant(x.attrs.value, [], x.dtype), reducedShape(x, { axes: normal, keepAxes }));
  }
  return bind(sumOp, [x], { axes: normal, keepAxes });
}

/**
 * factor · Σ of everything, without the partial sums on the way to x. Its sign goes into the factor, and the factor into the labels where
 * these are what x is multiplied by: four operators less in the mean of most losses, 2 µs each of a step.
 */
export function total(x: Tensor, factor = 1): Tensor {
  if (x.op === (negOp as Op<unknown>)) return total(x.inputs[0], -factor);
  if (x.op === (sumOp as Op<unknown>)) return total(x.inputs[0], factor);
  if (x.op === (mulOp as Op<unknown>)) {
    const [a, b] = x.inputs;
    if (isOneHot(b)) return sum(mul(a, scaledOneHot(b, factor)));
  }
  return factor === 1 ? sum(x) : mul(sum(x), factor);
}

interface BroadcastAttrs {
  readonly shape: Shape;
}

export const broadcastToOp = defineOp<BroadcastAttrs>({
  name: "broadcastTo",
  shape: ([x], { shape }) => {
    const common = broadcastShapes(x.shape, shape);
    if (common === undefined || !sameShape(common, shape)) {
      reject(
        `shape ${formatShape(x.shape)} does not broadcast to ${formatShape(shape)}`,
        "only axes of size 1 can grow",
      );
    }
    return { shape, dtype: x.dtype };
  },
  evaluate: ([x], { shape }) => {
    const own = stridesOf(x.shape);
    const lead = shape.length - x.shape.length;
    const strides = shape.map((_, axis) => (axis < lead || x.shape[axis - lead] === 1 ? 0 : own[axis - lead]));
    return gatherStrided(x, shape, 0, strides);
  },
  vjp: (g, { inputs: [x] }) => [sumTo(g, x.shape)],
  lower: (emit, [x], { attrs: { shape } }) => emit.node("Expand", [x, emit.constant(shape, [shape.length], "int64")]),
  samples: [
    { attrs: { shape: [3, 4] }, inputs: [{ shape: [4] }] },
    { attrs: { shape: [2, 3, 4] }, inputs: [{ shape: [3, 1] }] },
    { attrs: { shape: [2, 2] }, inputs: [{ shape: [] }] },
  ],
});

/** Repeats x so that it has `shape`. */
export const broadcastTo = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : bind(broadcastToOp, [x], { shape });

/** Undoes a broadcast: sums x over the axes along which something of `shape` was repeated. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.rank - shape.length;
  const axes = x.shape.flatMap((dim, axis) => (axis < lead || (shape[axis - lead] === 1 && dim !== 1) ? [axis] : []));
  return reshape(sum(x, axes), shape);
}
