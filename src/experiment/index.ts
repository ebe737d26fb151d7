export { type Answer, answerOf, type Guess } from "./answer.ts";
export type { BaselineResult } from "./baseline.ts";
export { type ChosenModel, chooseModel } from "./choose-model.ts";
export {
  classesOf,
  type DescribedModel,
  describeModel,
  exportModel,
  type Layout,
  type ModelFacts,
  type ModelFiles,
  modelFiles,
  type Precision,
  unknownBelowOf,
} from "./export-model.ts";
export { geometryOf } from "./geometry.ts";
export type {
  ClassScore,
  Contribution,
  Correction,
  Shown,
  ShownNumbers,
  ShownParameter,
  ShownUnit,
  Sight,
  Walk,
} from "./inspection.ts";
export {
  type Balance,
  balances,
  DEFAULT_SIZE,
  defaults,
  type EpochRow,
  type ExperimentEvent,
  type Run,
  type Settings,
  type TrainOptions,
  type Unknown,
  USUAL_UNKNOWN,
} from "./options.ts";
export { planOf, recipeOf } from "./plan-of.ts";
export { predictionsOf } from "./predictions.ts";
export { resolve, usualLoss } from "./resolve.ts";
export { auto, chooseFor, factsOfSource, isAuto, withModel } from "./settle-model.ts";
export { summary } from "./summary.ts";
export { trainingBytes } from "./training-memory.ts";
export {
  allows,
  type Cost,
  computedMetrics,
  configurationToOptions,
  costOf,
  type DataFacts,
  defaultSpace,
  describedSpace,
  fullSpace,
  grown,
  measuredMetrics,
  parseConstraint,
  refuseUnreachable,
  type SearchSpace,
} from "./tune/index.ts";
