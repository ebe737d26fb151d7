/**
 * where: z = a where the condition (bool) holds, else b, with broadcasting of all three. ONNX Where (opset 16).
 * Backward: each branch receives the cotangent where it was taken and 0 elsewhere; the condition receives nothing.
 */
import { broadcastShapes, formatShape } from "../core/index.ts";
import { bind, defineOp, lift, reject, type Tensor, type TensorLike } from "../ir/index.ts";
import { broadcastIndices, broadcastType, none } from "./elementwise.ts";

export const whereOp = defineOp({
  name: "where",
  shape: ([condition, a, b]) => {
    if (condition.dtype !== "bool") reject(`the condition is ${condition.dtype}`, "use a comparison");
    const type = broadcastType(a, b);
    const shape = broadcastShapes(condition.shape, type.shape);
    if (shape === undefined) {
      const shapes = `${formatShape(condition.shape)} and ${formatShape(type.shape)}`;
      reject(`the shapes of condition and values, ${shapes}, do not broadcast`, "sizes must be equal or 1");
    }
    return { shape, dtype: type.dtype };
  },
  evaluate: ([condition, a, b], _, output) => {
    const [c, x, y] = [condition, a, b].map((operand) => broadcastIndices(operand.shape, output.shape));
    const pick = (position: number, i: number) => (condition.data[position] ? a.data[x[i]] : b.data[y[i]]);
    return { shape: output.shape, data: Float64Array.from(c!, pick) };
  },
  vjp: (g, { inputs: [condition], needs }) => [
    null,
    needs[1] ? where(condition, g, 0) : null,
    needs[2] ? where(condition, 0, g) : null,
  ],
  lower: (emit, inputs) => emit.node("Where", inputs),
  samples: [
    { attrs: none, inputs: [{ shape: [2, 3], dtype: "bool" }, { shape: [2, 3] }, { shape: [2, 3] }] },
    { attrs: none, inputs: [{ shape: [2, 1], dtype: "bool" }, { shape: [3] }, { shape: [] }] },
  ],
});

/** a where the condition holds, else b. */
export const where = (condition: Tensor, a: TensorLike, b: TensorLike): Tensor =>
  bind(whereOp, [condition, lift(a, b), lift(b, a)], none);
