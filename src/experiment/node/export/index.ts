export { type Exported, type ExportOptions, exportRun, GOLDEN_PICTURES } from "./export.ts";
export type { Agreement, Proof } from "./prove.ts";
