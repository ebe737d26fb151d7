export { graphSvg, type Heading, imagesOf } from "./graph-svg.ts";
export { graphView, type StepCard } from "./graph-view.ts";
export {
  chosenScores,
  feedsOf,
  type Heat,
  type HeatMap,
  heatFrom,
  heatGraph,
  heatOf,
  modelWith,
  type Run,
} from "./heat.ts";
export { type Method, methodFor, methods } from "./methods.ts";
export {
  enlarged,
  heatLayer,
  type Lying,
  onto,
  overlay,
  type Raster,
  reduced,
  shareOutside,
  WHOLE,
} from "./overlay.ts";
export type { Traced, Weights } from "./traced.ts";
export { unitGraph, unitValues } from "./units.ts";
