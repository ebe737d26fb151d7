/**
 * oneHot: y[…, c] = value where indices (int32) = c, else 0, as a floating dtype; an index outside [0, depth) gives a row of
 * zeros. Lowered to Equal and Cast, and for few classes to Gather where all indices are promised to be in range: cheap for a
 * classifier, and free of the int64 of ONNX OneHot. The indices receive no cotangent.
 */
import { sizeOf } from "../core/index.ts";
import { bind, type DType, defineOp, reject, type Tensor } from "../ir/index.ts";

export interface OneHotAttrs {
  readonly depth: number;
  readonly dtype: DType;
  readonly value: number;
  /** No index is outside [0, depth): it is the caller's promise, and makes each row's sum the value. */
  readonly inRange: boolean;
}

/** So many classes make a matrix of 64 KB. */
const FEW = 128;

export const oneHotOp = defineOp<OneHotAttrs>({
  name: "oneHot",
  shape: ([indices], { depth, dtype }) => {
    if (indices.dtype !== "int32") reject(`the indices are ${indices.dtype}`, "use int32");
    return { shape: [...indices.shape, depth], dtype };
  },
  evaluate: ([indices], { depth, value }, { shape }) => {
    const data = new Float64Array(sizeOf(shape));
    indices.data.forEach((index, row) => {
      if (index >= 0 && index < depth) data[row * depth + index] = value;
    });
    return { shape, data };
  },
  vjp: () => [null],
  lower: (emit, [indices], { attrs: { depth, dtype, value, inRange } }) => {
    // The rows of a diagonal matrix: one operator of 2 µs where there were four.
    if (inRange && depth <= FEW) {
      const rows = Array.from({ length: depth * depth }, (_, i) => (i % (depth + 1) === 0 ? value : 0));
      return emit.node("Gather", [emit.constant(rows, [depth, depth], dtype), indices], { axis: 0 });
    }
    const classes = emit.constant(
      Array.from({ length: depth }, (_, c) => c),
      [depth],
      "int32",
    );
    const column = emit.node("Unsqueeze", [indices, emit.constant([-1], [1], "int64")]);
    const isClass = emit.node("Cast", [emit.node("Equal", [column, classes])], { to: dtype === "float64" ? 11 : 1 });
    return value === 1 ? isClass : emit.node("Mul", [isClass, emit.constant([value], [], dtype)]);
  },
  samples: [
    {
      attrs: { depth: 3, dtype: "float32", value: 1, inRange: false },
      inputs: [{ shape: [4], dtype: "int32", values: [0, 2, -1, 5] }],
    },
    {
      attrs: { depth: 2, dtype: "float32", value: -0.3, inRange: false },
      inputs: [{ shape: [2, 2], dtype: "int32", range: [0, 2] }],
    },
    {
      attrs: { depth: 3, dtype: "float32", value: 0.7, inRange: true },
      inputs: [{ shape: [2, 2], dtype: "int32", range: [0, 3] }],
    },
  ],
});

/** 1 at each index, 0 elsewhere: [… ] int32 → [… , depth]. */
export const oneHot = (indices: Tensor, depth: number, dtype: DType = "float32", inRange = false): Tensor =>
  bind(oneHotOp, [indices], { depth, dtype, value: 1, inRange });

export const isOneHot = (x: Tensor): x is Tensor<OneHotAttrs> => (x.op as unknown) === oneHotOp;

/** factor · x, as another one of its kind. */
export const scaledOneHot = ({ inputs, attrs }: Tensor<OneHotAttrs>, factor: number): Tensor =>
  bind(oneHotOp, inputs, { ...attrs, value: factor * attrs.value });
