/**
 * pow: z = aᵇ, with broadcasting; NaN where a < 0 and b is not an integer. ONNX Pow (opset 15).
 * Backward: ∂z/∂a = b·aᵇ⁻¹, ∂z/∂b = z·ln a. Where a = 0 the second is taken as 0, its limit for b > 0.
 */
import { sameShape, sizeOf } from "../core/index.ts";
import type { Emit, Tensor, TensorLike } from "../ir/index.ts";
import { equal } from "./compare.ts";
import { applyBinary, binary, broadcastSamples, none } from "./elementwise.ts";
import { log } from "./log.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

export const powOp = binary({
  name: "pow",
  onnx: (emit, [a, b], { inputs, shape }) => {
    const widen = (value: string, of: Tensor) => (emit.parts ? expanded(emit, value, of, shape) : value);
    return emit.node("Pow", [widen(a, inputs[0]), widen(b, inputs[1])]);
  },
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

/**
 * ONNX Runtime (1.30) writes a shader that does not compile on WebGPU where one operand has a single column and the other four, or eight,
 * and so on: there what broadcasts is as large as the result.
 */
function expanded(emit: Emit, value: string, of: Tensor, shape: readonly number[]): string {
  if (sizeOf(of.shape) === 1 || sameShape(of.shape, shape)) return value;
  emit.parts?.add("Pow");
  return emit.node("Expand", [value, emit.constant(shape, [shape.length], "int64")]);
}

/** aᵇ, broadcasting. */
export const pow = (a: TensorLike, b: TensorLike): Tensor => applyBinary(powOp, a, b);
