export { augmenterOf, type BatchFeed, batchFeed } from "./batch-feed.ts";
export {
  decodeHeader,
  decodeTensors,
  encodeTensors,
  headerEnd,
  LENGTH_BYTES,
  type TensorBlock,
  type TensorsHeader,
} from "./checkpoint.ts";
export {
  type Baseline,
  type BaselineQuality,
  type Features,
  LinearProblem,
  type LinearRequest,
  linearProblem,
  refuseUnsolvable,
  SolveRun,
} from "./convex/index.ts";
export type { LearningRateRange, RangePoint, Scores, Solved, StateValues, TrainEvent } from "./events.ts";
export { GradientNorm } from "./gradient-norm.ts";
export { makePlan, type PlanRequest } from "./make-plan.ts";
export { names } from "./names.ts";
export { orderOf } from "./order-of.ts";
export {
  type CompiledGraph,
  type DataPlan,
  type PictureBlock,
  type Plan,
  type StateBlock,
  stateBlocks,
  weightBlocks,
  weightsOf,
} from "./plan.ts";
export { forward, type Network, network, type Recipe, refuseUnfit } from "./recipe.ts";
export type { Evaluation } from "./standing.ts";
export {
  beginning,
  type Continuation,
  type EpochEnd,
  epochsSinceBest,
  isBetter,
  type Position,
  type Standing,
} from "./standing.ts";
export { stepGraph } from "./step-graph.ts";
export { StepScalars, scheduledRate } from "./step-scalars.ts";
export { createStepper, type Stepper, type StepResult } from "./stepper.ts";
export { Trainer } from "./trainer.ts";
export { slotsOf } from "./update.ts";
export { isSolver, ways } from "./ways.ts";
