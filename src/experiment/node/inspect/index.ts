/** One run, looked at: its pictures, what its network makes of them, and marks of wrong labels. */
export { CORRECTED, correct, readCorrections, unlistable } from "./corrections.ts";
export { RunData } from "./run-data.ts";
export { type PredictionRow, readClasses, readPredictions, readSplit } from "./run-files.ts";
export { RunNetwork } from "./run-network.ts";
