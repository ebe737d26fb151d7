/**
 * dequantize: y = (x − zeroPoint) · scale for bytes x, with one scale and one zero point (a byte), or one each along an
 * axis. ONNX DequantizeLinear (opset 13): one pass over the pixels where Cast, Sub and Mul would be three.
 * Bytes receive no cotangent.
 */
import { formatShape, sizeOf } from "../core/index.ts";
import { bind, defineOp, int64, reject, type Tensor } from "../ir/index.ts";

export interface DequantizeAttrs {
  /** One number, or one for each place along `axis`. */
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  readonly axis: number;
}

export const dequantizeOp = defineOp<DequantizeAttrs>({
  name: "dequantize",
  shape: ([x], { scale, zeroPoint, axis }) => {
    if (x.dtype !== "uint8") reject(`the input is ${x.dtype}`, "only bytes (uint8) are dequantized");
    if (scale.length !== zeroPoint.length || (scale.length !== 1 && scale.length !== x.shape[axis])) {
      const what = `${scale.length} scales and ${zeroPoint.length} zero points for axis ${axis} of ${formatShape(x.shape)}`;
      reject(what, "give one of each, or one for each place along the axis");
    }
    return { shape: x.shape, dtype: "float32" };
  },
  evaluate: ([x], { scale, zeroPoint, axis }, { shape }) => {
    const inner = sizeOf(shape.slice(axis + 1));
    const data = x.data.map((value, i) => {
      const place = scale.length === 1 ? 0 : Math.floor(i / inner) % shape[axis];
      return (value - zeroPoint[place]) * scale[place];
    });
    return { shape, data };
  },
  vjp: () => [null],
  lower: (emit, [x], { inputs, attrs: { scale, zeroPoint, axis } }) => {
    const shape = scale.length === 1 ? [] : [scale.length];
    if (emit.parts) {
      // Followed by a Reshape, the operator is taken for a part of a quantized network, and ONNX Runtime (1.30) puts a QuantizeLinear
      // behind it, which WebGPU does not have. A product between the two keeps them apart.
      emit.parts.add("DequantizeLinear");
      const ones = emit.constant(new Float64Array(scale.length).fill(1), shape, "float32");
      const shifted = emit.node(
        "DequantizeLinear",
        [x, ones, emit.constant(zeroPoint, shape, "uint8")],
        shape.length === 0 ? {} : { axis },
      );
      const beside = inputs[0].shape.map((_, i) => (i === axis ? scale.length : 1));
      return emit.node("Mul", [shifted, emit.constant(scale, shape.length === 0 ? [] : beside, "float32")]);
    }
    const constants = [emit.constant(scale, shape, "float32"), emit.constant(zeroPoint, shape, "uint8")];
    if (emit.blocks && axis === 1 && shape.length === 1) {
      // ONNX Runtime would exchange it with a Transpose before it, and so move floats instead of bytes: 0.63 instead of 0.10 ms for
      // [64, 32, 32, 3]. Through a Reshape it does not see.
      const [batch, channels, ...places] = inputs[0].shape;
      const rows = emit.node("Reshape", [x, int64(emit, [batch, channels, sizeOf(places)])]);
      const numbers = emit.node("DequantizeLinear", [rows, ...constants], { axis });
      return emit.node("Reshape", [numbers, int64(emit, inputs[0].shape)]);
    }
    return emit.node("DequantizeLinear", [x, ...constants], shape.length === 0 ? {} : { axis });
  },
  samples: [
    {
      attrs: { scale: [0.013], zeroPoint: [73], axis: 0 },
      inputs: [{ shape: [2, 5], dtype: "uint8", range: [0, 256] }],
    },
    {
      attrs: { scale: [0.5, 0.25, 2], zeroPoint: [0, 128, 255], axis: 1 },
      inputs: [{ shape: [2, 3, 4], dtype: "uint8", range: [0, 256] }],
    },
  ],
});

/** (x − zeroPoint) · scale: bytes to numbers. */
export const dequantize = (x: Tensor, attrs: DequantizeAttrs): Tensor => bind(dequantizeOp, [x], attrs);
