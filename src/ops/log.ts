/**
 * log: y = ln x; −∞ at 0, NaN below. ONNX Log (opset 13). Backward: dy/dx = 1/x.
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { div } from "./div.ts";
import { applyUnary, none, unary } from "./elementwise.ts";

export const logOp = unary({
  name: "log",
  onnx: "Log",
  evaluate: Math.log,
  vjp: (g, x) => div(g, x),
  samples: [{ attrs: none, inputs: [{ shape: [3, 4], range: [0.2, 3] }] }],
});

/** The natural logarithm. */
export const log = (x: TensorLike): Tensor => applyUnary(logOp, x);
