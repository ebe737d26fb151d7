/**
 * concat: the inputs one after the other along an axis; the other sizes must agree. ONNX Concat (opset 13).
 * Backward: each input receives its slice.
 */
import { formatShape, sizeOf } from "../core/index.ts";
import { bind, defineOp, reject, type Tensor } from "../ir/index.ts";
import { slice } from "./slice.ts";

interface ConcatAttrs {
  readonly axis: number;
}

export const concatOp = defineOp<ConcatAttrs>({
  name: "concat",
  shape: (inputs, { axis }) => {
    const first = inputs[0];
    if (!(axis >= 0 && axis < first.shape.length))
      reject(`axis ${axis} of shape ${formatShape(first.shape)}`, "name one of its axes");
    for (const { shape, dtype } of inputs) {
      const agrees =
        shape.length === first.shape.length && shape.every((dim, i) => i === axis || dim === first.shape[i]);
      if (!agrees || dtype !== first.dtype) {
        const types = inputs.map((input) => input.dtype + formatShape(input.shape)).join(", ");
        reject(`the inputs are ${types}`, `all sizes but that of axis ${axis} must agree`);
      }
    }
    const total = inputs.reduce((size, { shape }) => size + shape[axis], 0);
    return { shape: first.shape.map((dim, i) => (i === axis ? total : dim)), dtype: first.dtype };
  },
  evaluate: (inputs, { axis }, { shape }) => {
    const data = new Float64Array(sizeOf(shape));
    const rows = sizeOf(shape.slice(0, axis));
    let position = 0;
    for (let row = 0; row < rows; row++) {
      for (const input of inputs) {
        const width = sizeOf(input.shape.slice(axis));
        data.set(input.data.subarray(row * width, (row + 1) * width), position);
        position += width;
      }
    }
    return { shape, data };
  },
  vjp: (g, { inputs, attrs: { axis } }) => {
    let start = 0;
    return inputs.map(({ shape }) => {
      const part = slice(g, { axis, start, end: start + shape[axis] });
      start += shape[axis];
      return part;
    });
  },
  lower: (emit, inputs, { attrs: { axis } }) => emit.node("Concat", inputs, { axis }),
  samples: [
    { attrs: { axis: 1 }, inputs: [{ shape: [2, 3] }, { shape: [2, 1] }, { shape: [2, 2] }] },
    { attrs: { axis: 0 }, inputs: [{ shape: [1, 2] }, { shape: [3, 2] }] },
  ],
});

/** Joins tensors along `axis` (negative counts from the end). */
export const concat = (inputs: readonly Tensor[], axis = 0): Tensor =>
  bind(concatOp, inputs, { axis: axis < 0 ? axis + inputs[0].rank : axis });
