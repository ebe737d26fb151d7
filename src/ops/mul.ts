/**
 * mul: z = a · b element by element, with broadcasting. ONNX Mul (opset 14).
 * Backward: ∂z/∂a = b, ∂z/∂b = a: each operand receives the other, which is why the forward values are kept.
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { applyBinary, binary, broadcastSamples } from "./elementwise.ts";

export const mulOp = binary({
  name: "mul",
  onnx: "Mul",
  evaluate: (x, y) => x * y,
  vjp: (g, a, b, _z, needs) => [needs[0] ? mul(g, b) : null, needs[1] ? mul(g, a) : null],
  samples: broadcastSamples(),
});

/** a · b element by element, broadcasting. */
export const mul = (a: TensorLike, b: TensorLike): Tensor => applyBinary(mulOp, a, b);

/** x². */
export const square = (x: Tensor): Tensor => mul(x, x);
