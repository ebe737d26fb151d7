import { l1Regularizer } from "./l1.ts";
import { l2Regularizer } from "./l2.ts";
import type { Regularizer } from "./regularizer.ts";

export { l1 } from "./l1.ts";
export { l2 } from "./l2.ts";
export type { CommonOptions, Regularizer, RegularizerChoice, RegularizerScalars } from "./regularizer.ts";

/** Every regularizer, by name. */
export const regularizers = Object.freeze({ l1: l1Regularizer, l2: l2Regularizer }) as Readonly<
  Record<"l1" | "l2", Regularizer>
>;
