/**
 * sqrt: y = √x; NaN below 0; the derivative is +∞ at 0. ONNX Sqrt (opset 13). Backward: dy/dx = 1 / 2y.
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { div } from "./div.ts";
import { applyUnary, none, unary } from "./elementwise.ts";
import { mul } from "./mul.ts";

export const sqrtOp = unary({
  name: "sqrt",
  onnx: "Sqrt",
  evaluate: Math.sqrt,
  vjp: (g, _x, y) => div(mul(g, 0.5), y),
  samples: [{ attrs: none, inputs: [{ shape: [3, 4], range: [0.3, 3] }] }],
});

/** √x. */
export const sqrt = (x: TensorLike): Tensor => applyUnary(sqrtOp, x);
