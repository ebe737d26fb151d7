/**
 * minimum: z = min(a, b) element by element, with broadcasting; NaN if either is. ONNX Min (opset 13).
 * Ties: half the cotangent to each operand.
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { less } from "./compare.ts";
import { applyBinary } from "./elementwise.ts";
import { extremum } from "./extremum.ts";

export const minimumOp = extremum("minimum", "Min", Math.min, less);

/** min(a, b) element by element, broadcasting. */
export const minimum = (a: TensorLike, b: TensorLike): Tensor => applyBinary(minimumOp, a, b);
