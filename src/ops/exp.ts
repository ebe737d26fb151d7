/**
 * exp: y = eˣ. ONNX Exp (opset 13). Backward: dy/dx = y.
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { applyUnary, none, unary } from "./elementwise.ts";
import { mul } from "./mul.ts";

export const expOp = unary({
  name: "exp",
  onnx: "Exp",
  evaluate: Math.exp,
  vjp: (g, _x, y) => mul(g, y),
  samples: [{ attrs: none, inputs: [{ shape: [3, 4] }] }],
});

/** eˣ. */
export const exp = (x: TensorLike): Tensor => applyUnary(expOp, x);
