export { describePictures } from "./check-page.ts";
export type { Cleaning } from "./clean.ts";
export type { Group, Repeats } from "./duplicates.ts";
export type { Finding, FindingKind } from "./findings.ts";
export type { Suspect } from "./label-errors.ts";
export type { ClassSplits, Survey } from "./survey.ts";
