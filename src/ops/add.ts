/**
 * add: z = a + b, with broadcasting. ONNX Add (opset 14).
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { biasedProduct } from "./biased.ts";
import { joinedAddition } from "./blocked.ts";
import { applyBinary, binary, broadcastSamples } from "./elementwise.ts";
import { grownProduct } from "./grown.ts";

export const addOp = binary({
  name: "add",
  onnx: (emit, inputs, output) =>
    grownProduct(emit, inputs, output) ?? biasedProduct(emit, inputs, output) ?? emit.node("Add", inputs),
  joined: joinedAddition,
  evaluate: (x, y) => x + y,
  vjp: (g) => [g, g],
  samples: broadcastSamples(),
});

/** a + b, broadcasting. */
export const add = (a: TensorLike, b: TensorLike): Tensor => applyBinary(addOp, a, b);
