import type { Tensor } from "../ir/index.ts";
import { abs, div, maximum } from "../ops/index.ts";

/**
 * −1, 0 or 1: x / max(|x|, 1e-37), exact for every number that float32 holds in full. NaN stays NaN, so that a run that has
 * gone wrong is seen to have; comparisons would make it 0.
 */
export const sign = (x: Tensor): Tensor => div(x, maximum(abs(x), 1e-37));
