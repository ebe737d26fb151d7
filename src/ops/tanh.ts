/**
 * tanh: y = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ). ONNX Tanh (opset 13). Backward: dy/dx = 1 − y².
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { applyUnary, none, unary } from "./elementwise.ts";
import { mul, square } from "./mul.ts";
import { sub } from "./sub.ts";

export const tanhOp = unary({
  name: "tanh",
  onnx: "Tanh",
  evaluate: Math.tanh,
  vjp: (g, _x, y) => mul(g, sub(1, square(y))),
  samples: [{ attrs: none, inputs: [{ shape: [3, 4] }] }],
});

/** The hyperbolic tangent. */
export const tanh = (x: TensorLike): Tensor => applyUnary(tanhOp, x);
