/**
 * reshape: the same elements in row-major order under another shape. ONNX Reshape (opset 14).
 * Backward: reshape back.
 */
import { formatShape, type Shape, sameShape, sizeOf } from "../core/index.ts";
import { bind, defineOp, type Op, reject, type Tensor } from "../ir/index.ts";

interface ReshapeAttrs {
  readonly shape: Shape;
}

export const reshapeOp: Op<ReshapeAttrs> = defineOp<ReshapeAttrs>({
  name: "reshape",
  shape: ([x], { shape }) => {
    if (shape.some((dim) => !Number.isInteger(dim) || dim < 0)) {
      reject(
        `${formatShape(x.shape)} to ${formatShape(shape)}`,
        "sizes must be whole numbers; the known ones must divide",
      );
    }
    if (sizeOf(x.shape) !== sizeOf(shape)) {
      const sizes = `${formatShape(x.shape)} has ${sizeOf(x.shape)} elements but ${formatShape(shape)} needs ${sizeOf(shape)}`;
      reject(sizes, "the number of elements must stay");
    }
    return { shape, dtype: x.dtype };
  },
  evaluate: ([x], { shape }) => ({ shape, data: x.data }),
  vjp: (g, { inputs: [x] }) => [reshape(g, x.shape)],
  lower: (emit, [x], { attrs: { shape } }) =>
    // allowzero: a size of 0 means 0 here, not "as the input".
    emit.node("Reshape", [x, emit.constant(shape, [shape.length], "int64")], { allowzero: 1 }),
  samples: [
    { attrs: { shape: [3, 4] }, inputs: [{ shape: [2, 6] }] },
    { attrs: { shape: [] }, inputs: [{ shape: [1, 1] }] },
    { attrs: { shape: [3, 0] }, inputs: [{ shape: [0, 2] }] },
  ],
});

/** The same elements under another shape; at most one size may be −1 and is worked out. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const unknown = shape.indexOf(-1);
  const known = shape.reduce((size, dim) => (dim === -1 ? size : size * dim), 1);
  const full = shape.map((dim, axis) => (axis === unknown ? sizeOf(x.shape) / known : dim));
  if (sameShape(full, x.shape)) return x;
  // Of two reshapes in a row only the last matters.
  const origin = x.op === (reshapeOp as Op<unknown>) ? x.inputs[0] : x;
  return sameShape(full, origin.shape) ? origin : bind(reshapeOp, [origin], { shape: full });
}

/** [batch, …] → [batch, product of the rest]. */
export const flatten = (x: Tensor): Tensor => reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]);
