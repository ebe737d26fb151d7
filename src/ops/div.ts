/**
 * div: z = a / b, with broadcasting; IEEE division by zero (±∞, NaN). ONNX Div (opset 14).
 * Backward: ∂z/∂a = 1/b, ∂z/∂b = −a/b² = −z/b.
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { applyBinary, binary, broadcastSamples } from "./elementwise.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";

export const divOp = binary({
  name: "div",
  onnx: "Div",
  evaluate: (x, y) => x / y,
  vjp: (g, _a, b, z, needs) => {
    const overB = div(g, b);
    return [overB, needs[1] ? neg(mul(overB, z)) : null];
  },
  samples: broadcastSamples({ range: [0.5, 2] }),
});

/** a / b, broadcasting. */
export const div = (a: TensorLike, b: TensorLike): Tensor => applyBinary(divOp, a, b);
