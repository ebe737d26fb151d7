/**
 * cast: y = x in another dtype; fractions are cut off towards zero. ONNX Cast (opset 13).
 * Between floating dtypes the cotangent is cast back; from an integer or a bool nothing flows.
 */
import { bind, type DType, defineOp, type Tensor } from "../ir/index.ts";
import { isFloat } from "./elementwise.ts";

interface CastAttrs {
  readonly dtype: DType;
}

/** ONNX TensorProto.DataType. */
const onnxType: Record<DType, number> = { float32: 1, uint8: 2, int32: 6, bool: 9, float64: 11 };

export const castOp = defineOp<CastAttrs>({
  name: "cast",
  shape: ([x], { dtype }) => ({ shape: x.shape, dtype }),
  evaluate: ([x], { dtype }) => {
    const convert =
      dtype === "bool" ? (v: number) => Number(v !== 0) : dtype.startsWith("float") ? (v: number) => v : Math.trunc;
    return { shape: x.shape, data: x.data.map(convert) };
  },
  vjp: (g, { inputs: [x], output }) => [isFloat(x) && isFloat(output) ? cast(g, x.dtype) : null],
  lower: (emit, inputs, { attrs }) => emit.node("Cast", inputs, { to: onnxType[attrs.dtype] }),
  samples: [
    { attrs: { dtype: "float64" }, inputs: [{ shape: [2, 3] }] },
    { attrs: { dtype: "float32" }, inputs: [{ shape: [4], dtype: "uint8", values: [0, 1, 128, 255] }] },
    { attrs: { dtype: "float32" }, inputs: [{ shape: [2, 3], dtype: "bool" }] },
    { attrs: { dtype: "int32" }, inputs: [{ shape: [3], values: [-1.5, 0.5, 2.9] }] },
  ],
});

/** x in another dtype. */
export const cast = (x: Tensor, dtype: DType): Tensor => (x.dtype === dtype ? x : bind(castOp, [x], { dtype }));
