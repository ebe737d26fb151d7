export { studioApp } from "./app.ts";
export type { Desk } from "./desk.ts";
export { OWN_HEADER } from "./guard.ts";
export type {
  Cells,
  ConfusionByEpoch,
  FoundPicture,
  FoundPictures,
  Inspection,
  Inspections,
  Marks,
  RunOverview,
  Templates,
} from "./inspection.ts";
export { Problem } from "./problem.ts";
export type { Curves, Discarded, RunShelf, RunState, RunSummary, RunsChange } from "./run-shelf.ts";
export type {
  StudyCurves,
  StudyProcess,
  StudyShelf,
  StudyStart,
  StudyState,
  StudySummary,
  StudyView,
  TrialColumns,
} from "./study-shelf.ts";
