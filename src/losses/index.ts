import { crossEntropyLoss } from "./cross-entropy.ts";
import { hingeLoss } from "./hinge.ts";
import type { Loss } from "./loss.ts";
import { mseLoss } from "./mse.ts";
import { squaredHingeLoss } from "./squared-hinge.ts";

export { crossEntropy } from "./cross-entropy.ts";
export { type HingeOptions, hinge } from "./hinge.ts";
export type { Loss, LossChoice } from "./loss.ts";
export { mse } from "./mse.ts";
export { squaredHinge } from "./squared-hinge.ts";

/** Every loss, by name. */
export const losses = Object.freeze({
  "cross-entropy": crossEntropyLoss,
  hinge: hingeLoss,
  "squared-hinge": squaredHingeLoss,
  mse: mseLoss,
}) as Readonly<Record<"cross-entropy" | "hinge" | "squared-hinge" | "mse", Loss>>;
