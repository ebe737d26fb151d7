/**
 * oneHot: y[…, c] = 1 where indices (int32) = c, else 0, as a floating dtype; an index outside [0, depth) gives a row of
 * zeros. Lowered to Equal and Cast: cheap for the few classes of a classifier, and free of the int64 of ONNX OneHot.
 * The indices receive no cotangent.
 */
import { sizeOf } from "../core/index.ts";
import { bind, type DType, defineOp, reject, type Tensor } from "../ir/index.ts";

interface OneHotAttrs {
  readonly depth: number;
  readonly dtype: DType;
}

export const oneHotOp = defineOp<OneHotAttrs>({
  name: "oneHot",
  shape: ([indices], { depth, dtype }) => {
    if (indices.dtype !== "int32") reject(`the indices are ${indices.dtype}`, "use int32");
    return { shape: [...indices.shape, depth], dtype };
  },
  evaluate: ([indices], { depth }, { shape }) => {
    const data = new Float64Array(sizeOf(shape));
    indices.data.forEach((index, row) => {
      if (index >= 0 && index < depth) data[row * depth + index] = 1;
    });
    return { shape, data };
  },
  vjp: () => [null],
  lower: (emit, [indices], { attrs: { depth, dtype } }) => {
    const classes = emit.constant(
      Array.from({ length: depth }, (_, c) => c),
      [depth],
      "int32",
    );
    const column = emit.node("Unsqueeze", [indices, emit.constant([-1], [1], "int64")]);
    return emit.node("Cast", [emit.node("Equal", [column, classes])], { to: dtype === "float64" ? 11 : 1 });
  },
  samples: [
    { attrs: { depth: 3, dtype: "float32" }, inputs: [{ shape: [4], dtype: "int32", values: [0, 2, 1, 5] }] },
    { attrs: { depth: 2, dtype: "float32" }, inputs: [{ shape: [2, 2], dtype: "int32", range: [0, 2] }] },
  ],
});

/** 1 at each index, 0 elsewhere: [… ] int32 → [… , depth]. */
export const oneHot = (indices: Tensor, depth: number, dtype: DType = "float32"): Tensor =>
  bind(oneHotOp, [indices], { depth, dtype });
