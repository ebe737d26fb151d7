/**
 * maximum: z = max(a, b) element by element, with broadcasting; NaN if either is. ONNX Max (opset 13).
 * Ties: half the cotangent to each operand.
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { greater } from "./compare.ts";
import { applyBinary } from "./elementwise.ts";
import { extremum } from "./extremum.ts";

export const maximumOp = extremum("maximum", "Max", Math.max, greater);

/** max(a, b) element by element, broadcasting. */
export const maximum = (a: TensorLike, b: TensorLike): Tensor => applyBinary(maximumOp, a, b);
