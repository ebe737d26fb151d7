/**
 * transpose: y has axis i of x at place j where axes[j] = i. ONNX Transpose (opset 13).
 * Backward: the inverse permutation.
 */
import { formatShape, stridesOf, UsageError } from "../core/index.ts";
import { bind, defineOp, reject, type Tensor } from "../ir/index.ts";
import { gatherStrided } from "./strided.ts";

interface TransposeAttrs {
  readonly axes: readonly number[];
}

export const transposeOp = defineOp<TransposeAttrs>({
  name: "transpose",
  shape: ([x], { axes }) => {
    const complete = axes.length === x.shape.length && x.shape.every((_, axis) => axes.includes(axis));
    if (!complete)
      reject(`axes ${formatShape(axes)} do not permute shape ${formatShape(x.shape)}`, "name each axis once");
    return { shape: axes.map((axis) => x.shape[axis]), dtype: x.dtype };
  },
  evaluate: ([x], { axes }, output) => {
    const strides = stridesOf(x.shape);
    return gatherStrided(
      x,
      output.shape,
      0,
      axes.map((axis) => strides[axis]),
    );
  },
  vjp: (g, { attrs: { axes } }) => [
    transpose(
      g,
      axes.map((_, axis) => axes.indexOf(axis)),
    ),
  ],
  lower: (emit, inputs, { attrs }) => emit.node("Transpose", inputs, { perm: attrs.axes }),
  samples: [
    { attrs: { axes: [1, 0] }, inputs: [{ shape: [3, 4] }] },
    { attrs: { axes: [2, 0, 1] }, inputs: [{ shape: [2, 3, 4] }] },
  ],
});

/** Permutes the axes; without `axes` the last two are exchanged. */
export function transpose(x: Tensor, axes?: readonly number[]): Tensor {
  const { rank } = x;
  if (axes === undefined && rank < 2) {
    throw new UsageError("transpose", `the shape is ${formatShape(x.shape)}`, "two axes are needed to exchange them");
  }
  return bind(transposeOp, [x], { axes: axes ?? [...Array(rank - 2).keys(), rank - 1, rank - 2] });
}
