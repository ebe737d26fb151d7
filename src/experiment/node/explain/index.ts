export { explain } from "./explain.ts";
export { type HeatOptions, heatOfPictures } from "./heat-of-pictures.ts";
export type { ClassScore, Contribution, ExplainOptions, Explanation } from "./options.ts";
