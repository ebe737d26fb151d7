import type { Inspections } from "./inspection.ts";
import type { RunShelf } from "./run-shelf.ts";
import type { StudyShelf } from "./study-shelf.ts";

/** All that the routes work with; what it does with files is its own business. */
export interface Desk {
  readonly runs: RunShelf;
  /** Each of them, looked at. */
  readonly inspections: Inspections;
  readonly studies: StudyShelf;
}
