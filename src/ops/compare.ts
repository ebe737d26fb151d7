/**
 * greater, greaterEqual, less, lessEqual, equal: z = (a ? b) as bool, with broadcasting; false when either is NaN.
 * ONNX Greater (13), GreaterOrEqual (16), Less (13), LessOrEqual (16), Equal (13). Piecewise constant: no cotangent.
 */
import type { Op, Tensor, TensorLike } from "../ir/index.ts";
import { applyBinary, binary, broadcastSamples, none } from "./elementwise.ts";

const comparison = (name: string, onnx: string, holds: (x: number, y: number) => boolean): Op =>
  binary({
    name,
    onnx,
    evaluate: (x, y) => Number(holds(x, y)),
    vjp: () => [null, null],
    compares: true,
    samples: [
      ...broadcastSamples(),
      {
        attrs: none,
        inputs: [
          { shape: [3], values: [1, 2, 3] },
          { shape: [3], values: [3, 2, 1] },
        ],
      },
    ],
  });

export const greaterOp = comparison("greater", "Greater", (x, y) => x > y);
export const greaterEqualOp = comparison("greaterEqual", "GreaterOrEqual", (x, y) => x >= y);
export const lessOp = comparison("less", "Less", (x, y) => x < y);
export const lessEqualOp = comparison("lessEqual", "LessOrEqual", (x, y) => x <= y);
export const equalOp = comparison("equal", "Equal", (x, y) => x === y);

/** a > b. */
export const greater = (a: TensorLike, b: TensorLike): Tensor => applyBinary(greaterOp, a, b);
/** a ≥ b. */
export const greaterEqual = (a: TensorLike, b: TensorLike): Tensor => applyBinary(greaterEqualOp, a, b);
/** a < b. */
export const less = (a: TensorLike, b: TensorLike): Tensor => applyBinary(lessOp, a, b);
/** a ≤ b. */
export const lessEqual = (a: TensorLike, b: TensorLike): Tensor => applyBinary(lessEqualOp, a, b);
/** a = b. */
export const equal = (a: TensorLike, b: TensorLike): Tensor => applyBinary(equalOp, a, b);
