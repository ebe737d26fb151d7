/**
 * relu: y = max(0, x). ONNX Relu (opset 14). Nair and Hinton 2010.
 * Backward: the cotangent passes where y > 0. Comparing the output, not the input, lets the input's memory be reused; at
 * the kink x = 0 the subgradient 0 is used.
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { greater } from "./compare.ts";
import { applyUnary, none, unary } from "./elementwise.ts";
import { where } from "./where.ts";

export const reluOp = unary({
  name: "relu",
  onnx: "Relu",
  evaluate: (x) => Math.max(0, x),
  vjp: (g, _x, y) => where(greater(y, 0), g, 0),
  samples: [
    { attrs: none, inputs: [{ shape: [3, 4], avoid: [0] }] },
    { attrs: none, inputs: [{ shape: [3], values: [-1, 0, 1] }], noGradient: "the kink at 0" },
  ],
});

/** max(0, x). */
export const relu = (x: TensorLike): Tensor => applyUnary(reluOp, x);
