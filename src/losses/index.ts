import { crammerSingerLoss } from "./crammer-singer.ts";
import { crossEntropyLoss } from "./cross-entropy.ts";
import { focalLoss } from "./focal.ts";
import { hingeLoss } from "./hinge.ts";
import { huberLoss } from "./huber.ts";
import { kullbackLeiblerLoss } from "./kullback-leibler.ts";
import type { Loss } from "./loss.ts";
import { maeLoss } from "./mae.ts";
import { mseLoss } from "./mse.ts";
import { oneVsRestHingeLoss, oneVsRestLogisticLoss, oneVsRestSquaredHingeLoss } from "./one-vs-rest.ts";
import { squaredHingeLoss } from "./squared-hinge.ts";

export { crammerSinger } from "./crammer-singer.ts";
export { crossEntropy } from "./cross-entropy.ts";
export { type FocalOptions, focal } from "./focal.ts";
export { type HingeOptions, hinge } from "./hinge.ts";
export { type HuberOptions, huber } from "./huber.ts";
export { kullbackLeibler } from "./kullback-leibler.ts";
export type { Loss, LossChoice } from "./loss.ts";
export { mae } from "./mae.ts";
export { mse } from "./mse.ts";
export { oneVsRestHinge, oneVsRestLogistic, oneVsRestSquaredHinge } from "./one-vs-rest.ts";
export { squaredHinge } from "./squared-hinge.ts";
export type { SmoothingOptions } from "./targets.ts";

const catalogue = Object.freeze({
  "cross-entropy": crossEntropyLoss,
  "kullback-leibler": kullbackLeiblerLoss,
  hinge: hingeLoss,
  "squared-hinge": squaredHingeLoss,
  "crammer-singer": crammerSingerLoss,
  "one-vs-rest-hinge": oneVsRestHingeLoss,
  "one-vs-rest-squared-hinge": oneVsRestSquaredHingeLoss,
  "one-vs-rest-logistic": oneVsRestLogisticLoss,
  focal: focalLoss,
  mse: mseLoss,
  mae: maeLoss,
  huber: huberLoss,
});
export type LossName = keyof typeof catalogue;
/** Every loss, by name. */
export const losses: Readonly<Record<LossName, Loss>> = catalogue;
