/** One run, looked at: its pictures, what its network makes of them, and marks of wrong labels. */
export { CORRECTED, type Correction, correct, readCorrections, unlistable } from "./corrections.ts";
export { RunData } from "./run-data.ts";
export { type PredictionRow, readClasses, readPredictions, readSplit } from "./run-files.ts";
export {
  RunNetwork,
  type ShownNumbers,
  type ShownParameter,
  type ShownUnit,
  type Sight,
  type Walk,
} from "./run-network.ts";
