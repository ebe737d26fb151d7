/**
 * pow: z = aᵇ, with broadcasting; NaN where a < 0 and b is not an integer. ONNX Pow (opset 15).
 * Backward: ∂z/∂a = b·aᵇ⁻¹, ∂z/∂b = z·ln a. Where a = 0 the second is taken as 0, its limit for b > 0.
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { equal } from "./compare.ts";
import { applyBinary, binary, broadcastSamples, none } from "./elementwise.ts";
import { log } from "./log.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

export const powOp = binary({
  name: "pow",
  onnx: "Pow",
  evaluate: (x, y) => x ** y,
  vjp: (g, a, b, z, needs) => [
    needs[0] ? mul(g, mul(b, pow(a, sub(b, 1)))) : null,
    needs[1] ? mul(g, mul(z, log(where(equal(a, 0), 1, a)))) : null,
  ],
  samples: [
    ...broadcastSamples({ range: [0.5, 2] }),
    // An even and an odd integer power of negative bases; the exponent is a constant in practice, so no gradient of it.
    {
      attrs: none,
      inputs: [
        { shape: [4], values: [-1.5, -0.5, 0.5, 2] },
        { shape: [], values: [3] },
      ],
      noGradient: "ln of a negative base is NaN; the derivative with respect to the base is covered above",
    },
  ],
});

/** aᵇ, broadcasting. */
export const pow = (a: TensorLike, b: TensorLike): Tensor => applyBinary(powOp, a, b);
