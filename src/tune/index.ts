export { type CoordinateOptions, coordinate, type Searched } from "./coordinate.ts";
export { type ExportedStudy, exportStudy } from "./export-study.ts";
export { type Believed, beliefOf } from "./gp/belief.ts";
export { type PairSurface, type SurfaceRequest, surfaceOfPair } from "./gp/surface.ts";
export { type Importance, importances } from "./importance.ts";
export { MemoryQueue } from "./memory-queue.ts";
export { MemoryStorage } from "./memory-storage.ts";
export { near } from "./near.ts";
export { frontOf, minimized, scalarized } from "./objective.ts";
export type { Progress, Pruner, Race } from "./pruner.ts";
export { type AshaOptions, type MedianOptions, type PrunerName, pruners } from "./pruners/index.ts";
export type { TrialJob, TrialQueue } from "./queue.ts";
export { type Ask, admission, configurations, type Sampler, seenKeys, unseen } from "./sampler.ts";
export { type GridOptions, type SamplerName, samplers, type TpeOptions } from "./samplers/index.ts";
export { Sobol } from "./sobol.ts";
export {
  type Constraint,
  type Ending,
  ended,
  type Lease,
  type Named,
  type NewTrial,
  type Objective,
  type Report,
  type Seen,
  type SpaceVersion,
  type StudyRecord,
  type StudySpec,
  type StudyStorage,
  type TrialRecord,
  type TrialState,
  type Wanted,
  type WorkerRecord,
} from "./storage.ts";
export { type Next, type Rules, Study } from "./study.ts";
export type { Outcome, Trial } from "./trial.ts";
export { type Curves, filled, progressOf, seenOf, trialsAt } from "./view.ts";
export { LEASE_MS, type Left, type Perform, type Task, type WorkOptions, work } from "./work.ts";
