/**
 * max: the largest element over axes, which stay with size 1 or are removed; an empty axis is refused. NaN if any is
 * (ONNX Runtime 1.30 passes over a NaN that is not the first element).
 * ONNX ReduceMax (opset 18). Where several elements tie, each receives an equal share of the cotangent (as PyTorch's amax).
 */
import { formatShape } from "../core/index.ts";
import { bind, defineOp, reject, type Tensor } from "../ir/index.ts";
import { cast } from "./cast.ts";
import { equal } from "./compare.ts";
import { div } from "./div.ts";
import { isFloat } from "./elementwise.ts";
import { mul } from "./mul.ts";
import { type Axes, keptShape, normalizeAxes, type ReduceAttrs, reducedShape, reduceOver } from "./reduce.ts";
import { reshape } from "./reshape.ts";
import { sum } from "./sum.ts";

export const maxOp = defineOp<ReduceAttrs>({
  name: "max",
  shape: ([x], attrs) => {
    if (!isFloat(x)) reject(`the input is ${x.dtype}`, "cast it to float32 first");
    if (attrs.axes.some((axis) => x.shape[axis] === 0)) {
      reject(
        `axes ${formatShape(attrs.axes)} of shape ${formatShape(x.shape)} are empty`,
        "a maximum needs one element at least",
      );
    }
    return { shape: reducedShape(x, attrs), dtype: x.dtype };
  },
  evaluate: ([x], attrs, output) => reduceOver(x, attrs.axes, output.shape, -Infinity, Math.max),
  vjp: (g, { inputs: [x], output, attrs: { axes } }) => {
    const kept = keptShape(x.shape, axes);
    const ties = cast(equal(x, reshape(output, kept)), x.dtype);
    return [mul(ties, div(reshape(g, kept), sum(ties, axes, true)))];
  },
  lower: (emit, [x], { attrs: { axes, keepAxes } }) =>
    emit.node("ReduceMax", [x, emit.constant(axes, [axes.length], "int64")], {
      keepdims: Number(keepAxes),
      noop_with_empty_axes: 1,
    }),
  samples: [
    { attrs: { axes: [1], keepAxes: false }, inputs: [{ shape: [3, 4], distinct: true }] },
    { attrs: { axes: [0, 2], keepAxes: true }, inputs: [{ shape: [3, 2, 4], distinct: true }] },
    { attrs: { axes: [0], keepAxes: false }, inputs: [{ shape: [3], values: [2, 2, 1] }], noGradient: "a tie" },
  ],
});

/** The largest element over `axes` (all when absent). */
export function max(x: Tensor, axes?: Axes, keepAxes = false): Tensor {
  const normal = normalizeAxes("max", x, axes);
  return normal.length === 0 ? x : bind(maxOp, [x], { axes: normal, keepAxes });
}
