import { elasticNetRegularizer } from "./elastic-net.ts";
import { l1Regularizer } from "./l1.ts";
import { l2Regularizer } from "./l2.ts";
import { maxNormRegularizer } from "./max-norm.ts";
import type { Regularizer } from "./regularizer.ts";

export { type ElasticNetOptions, elasticNet } from "./elastic-net.ts";
export { l1 } from "./l1.ts";
export { l2 } from "./l2.ts";
export { type MaxNormOptions, maxNorm } from "./max-norm.ts";
export type { CommonOptions, Regularizer, RegularizerChoice, RegularizerScalars } from "./regularizer.ts";

const catalogue = Object.freeze({
  l1: l1Regularizer,
  l2: l2Regularizer,
  "elastic-net": elasticNetRegularizer,
  "max-norm": maxNormRegularizer,
});
export type RegularizerName = keyof typeof catalogue;
/** Every regularizer, by name. */
export const regularizers: Readonly<Record<RegularizerName, Regularizer>> = catalogue;
