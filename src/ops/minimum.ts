/**
 * minimum: z = min(a, b) element by element, with broadcasting; NaN if either is. ONNX Min (opset 13).
 * Where a = b each operand receives half the cotangent (as PyTorch does), so that the two always sum to it.
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { equal, less } from "./compare.ts";
import { applyBinary, binary, broadcastSamples, none } from "./elementwise.ts";
import { mul } from "./mul.ts";
import { where } from "./where.ts";

export const minimumOp = binary({
  name: "minimum",
  onnx: "Min",
  evaluate: Math.min,
  vjp: (g, a, b, _z, needs) => {
    const tied = equal(a, b);
    const half = mul(g, 0.5);
    return [
      needs[0] ? where(tied, half, where(less(a, b), g, 0)) : null,
      needs[1] ? where(tied, half, where(less(b, a), g, 0)) : null,
    ];
  },
  samples: [
    ...broadcastSamples({ distinct: true }),
    {
      attrs: none,
      inputs: [
        { shape: [3], values: [1, 2, 3] },
        { shape: [3], values: [3, 2, 1] },
      ],
      noGradient: "a tie",
    },
  ],
});

/** min(a, b) element by element, broadcasting. */
export const minimum = (a: TensorLike, b: TensorLike): Tensor => applyBinary(minimumOp, a, b);
