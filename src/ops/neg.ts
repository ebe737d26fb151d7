/**
 * neg: y = −x. ONNX Neg (opset 13).
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { applyUnary, none, unary } from "./elementwise.ts";

export const negOp = unary({
  name: "neg",
  onnx: "Neg",
  evaluate: (x) => -x,
  vjp: (g) => neg(g),
  samples: [{ attrs: none, inputs: [{ shape: [3, 4] }] }],
});

/** −x. */
export const neg = (x: TensorLike): Tensor => applyUnary(negOp, x);
