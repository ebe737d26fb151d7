export { studioApp } from "./app.ts";
export type { Desk } from "./desk.ts";
export { OWN_HEADER } from "./guard.ts";
export { Problem } from "./problem.ts";
export type { RunShelf, RunSummary } from "./run-shelf.ts";
