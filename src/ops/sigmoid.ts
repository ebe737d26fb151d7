/**
 * sigmoid: y = 1 / (1 + e⁻ˣ). ONNX Sigmoid (opset 13). Backward: dy/dx = y (1 − y).
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { applyUnary, none, unary } from "./elementwise.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";

export const sigmoidOp = unary({
  name: "sigmoid",
  onnx: "Sigmoid",
  evaluate: (x) => 1 / (1 + Math.exp(-x)),
  vjp: (g, _x, y) => mul(g, mul(y, sub(1, y))),
  samples: [
    { attrs: none, inputs: [{ shape: [3, 4] }] },
    { attrs: none, inputs: [{ shape: [2], values: [-80, 80] }] },
  ],
});

/** 1 / (1 + e⁻ˣ). */
export const sigmoid = (x: TensorLike): Tensor => applyUnary(sigmoidOp, x);
