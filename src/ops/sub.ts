/**
 * sub: z = a − b, with broadcasting. ONNX Sub (opset 14).
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { applyBinary, binary, broadcastSamples } from "./elementwise.ts";
import { grownStep } from "./grown.ts";
import { neg } from "./neg.ts";

export const subOp = binary({
  name: "sub",
  onnx: (emit, inputs, output) => grownStep(emit, inputs, output) ?? emit.node("Sub", inputs),
  evaluate: (x, y) => x - y,
  vjp: (g, _a, _b, _z, needs) => [g, needs[1] ? neg(g) : null],
  samples: broadcastSamples(),
});

/** a − b, broadcasting. */
export const sub = (a: TensorLike, b: TensorLike): Tensor => applyBinary(subOp, a, b);
