/**
 * silu: y = x σ(x) with the sigmoid σ, also called swish. Elfwing, Uchibe and Doya 2017, "Sigmoid-weighted linear units";
 * Ramachandran, Zoph and Le 2017, "Searching for activation functions". ONNX Sigmoid and Mul, which ONNX Runtime fuses where
 * the sigmoid is not needed again.
 * Backward: dy/dx = σ(x) + y (1 − σ(x)). The sigmoid is the forward pass's own: equal nodes are merged.
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { add } from "./add.ts";
import { applyUnary, none, unary } from "./elementwise.ts";
import { mul } from "./mul.ts";
import { sigmoid } from "./sigmoid.ts";
import { sub } from "./sub.ts";

export const siluOp = unary({
  name: "silu",
  onnx: (emit, x) => emit.node("Mul", [x, emit.node("Sigmoid", [x])]),
  evaluate: (x) => x / (1 + Math.exp(-x)),
  vjp: (g, x, y) => {
    const share = sigmoid(x);
    return mul(g, add(share, mul(y, sub(1, share))));
  },
  samples: [
    { attrs: none, inputs: [{ shape: [3, 4] }] },
    { attrs: none, inputs: [{ shape: [3], values: [-80, 0, 80] }] },
  ],
});

/** The sigmoid linear unit x / (1 + e⁻ˣ). */
export const silu = (x: TensorLike): Tensor => applyUnary(siluOp, x);
