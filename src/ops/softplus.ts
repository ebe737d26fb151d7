/**
 * softplus: y = ln(1 + eˣ), a smooth max(0, x). ONNX Softplus (opset 1). Dugas et al. 2001; Glorot, Bordes and Bengio 2011.
 * Backward: dy/dx = 1 / (1 + e⁻ˣ), the sigmoid.
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { applyUnary, none, unary } from "./elementwise.ts";
import { mul } from "./mul.ts";
import { sigmoid } from "./sigmoid.ts";

export const softplusOp = unary({
  name: "softplus",
  onnx: "Softplus",
  // Written so that eˣ cannot overflow.
  evaluate: (x) => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x))),
  vjp: (g, x) => mul(g, sigmoid(x)),
  samples: [
    { attrs: none, inputs: [{ shape: [3, 4] }] },
    { attrs: none, inputs: [{ shape: [2], values: [-80, 80] }] },
  ],
});

/** ln(1 + eˣ). */
export const softplus = (x: TensorLike): Tensor => applyUnary(softplusOp, x);
