import type { Tensor } from "../ir/index.ts";
import { mul } from "./mul.ts";
import { type Axes, normalizeAxes } from "./reduce.ts";
import { sum } from "./sum.ts";

/** The arithmetic mean over `axes` (all when absent), as Σ · 1/n; NaN over an empty axis. */
export function mean(x: Tensor, axes?: Axes, keepAxes = false): Tensor {
  const count = normalizeAxes("mean", x, axes).reduce((n, axis) => n * x.shape[axis], 1);
  return mul(sum(x, axes, keepAxes), 1 / count);
}
