/**
 * abs: y = |x|. ONNX Abs (opset 13). At the kink x = 0 the subgradient 0 is used (as PyTorch does).
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { greater, less } from "./compare.ts";
import { applyUnary, none, unary } from "./elementwise.ts";
import { neg } from "./neg.ts";
import { where } from "./where.ts";

export const absOp = unary({
  name: "abs",
  onnx: "Abs",
  evaluate: Math.abs,
  vjp: (g, x) => where(greater(x, 0), g, where(less(x, 0), neg(g), 0)),
  samples: [{ attrs: none, inputs: [{ shape: [3, 4], avoid: [0] }] }],
});

/** |x|. */
export const abs = (x: TensorLike): Tensor => applyUnary(absOp, x);
