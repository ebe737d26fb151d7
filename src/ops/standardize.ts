/**
 * standardize: y = (x − shift) · scale, with one shift and one scale for each place along the last axis. ONNX Sub and Mul
 * (opset 14). Linear, so ∂L/∂x = g · scale: the same op with shifts of 0.
 */
import { formatShape } from "../core/index.ts";
import { bind, defineOp, type Op, reject, type Tensor } from "../ir/index.ts";
import { requireFloat } from "./elementwise.ts";

export interface StandardizeAttrs {
  /** [size of the last axis], each. */
  readonly shift: readonly number[];
  readonly scale: readonly number[];
}

export const standardizeOp: Op<StandardizeAttrs> = defineOp<StandardizeAttrs>({
  name: "standardize",
  shape: ([x], { shift, scale }) => {
    requireFloat(x);
    if (shift.length !== x.shape.at(-1) || scale.length !== shift.length) {
      const what = `${shift.length} shifts and ${scale.length} scales for the last axis of ${formatShape(x.shape)}`;
      reject(what, "give one of each for each place along it");
    }
    return { shape: x.shape, dtype: x.dtype };
  },
  evaluate: ([x], { shift, scale }, { shape }) => ({
    shape,
    data: x.data.map((value, i) => (value - shift[i % shift.length]) * scale[i % scale.length]),
  }),
  vjp: (g, { attrs: { shift, scale } }) => [standardize(g, { shift: shift.map(() => 0), scale })],
  lower: (emit, [x], { attrs: { shift, scale }, dtype }) => {
    const constant = (values: readonly number[]) => emit.constant(values, [values.length], dtype);
    const shifted = shift.every((value) => value === 0) ? x : emit.node("Sub", [x, constant(shift)]);
    return emit.node("Mul", [shifted, constant(scale)]);
  },
  samples: [
    { attrs: { shift: [1, -2, 0.5], scale: [0.5, 2, -1] }, inputs: [{ shape: [2, 3] }] },
    { attrs: { shift: [0, 0], scale: [3, 0.25] }, inputs: [{ shape: [2, 2, 2] }] },
    { attrs: { shift: [4], scale: [2] }, inputs: [{ shape: [0, 1] }] },
  ],
});

/** (x − shift) · scale along the last axis. */
export const standardize = (x: Tensor, attrs: StandardizeAttrs): Tensor => bind(standardizeOp, [x], attrs);
