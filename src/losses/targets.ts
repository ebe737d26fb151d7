import type { Ranges } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import { add, mul, oneHot } from "../ops/index.ts";
import { float } from "../space/index.ts";

export interface SmoothingOptions {
  /** ε: the share of the truth that is spread evenly over all classes. */
  readonly smoothing: number;
}

/** At 1 nothing of the truth would be left. */
export const smoothingRanges: Ranges = { smoothing: [0, 1] };

/** Beyond a fifth the scores are held too near to each other; 0.1 is usual (Szegedy et al. 2016). */
export const smoothingSpace = { smoothing: float(0, 0.2) };

/** Labels as targets: 1 for the true class, 0 for the others; [batch, classes]. Each label is one of the classes. */
export const truthOf = (scores: Tensor, labels: Tensor): Tensor => oneHot(labels, scores.shape[1], scores.dtype, true);

/** q = (1 − ε) t + ε/C: no class is quite certain and none quite impossible. Szegedy et al. 2016, section 7. */
export const smoothed = (targets: Tensor, smoothing: number): Tensor =>
  smoothing > 0 ? add(mul(targets, 1 - smoothing), smoothing / targets.shape[1]) : targets;
