export { type Exported, exportRun } from "./export.ts";
export { type ExportOptions, GOLDEN_PICTURES } from "./options.ts";
export type { Agreement, Proof } from "./prove.ts";
export type { BeforeAfter, Quantized } from "./quantize.ts";
export type { ExportedTraining } from "./training.ts";
