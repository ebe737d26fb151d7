export { type ChainRule, chainRuleOf } from "./chain-rule.ts";
export { graphSvg, type Heading, imagesOf } from "./graph-svg.ts";
export { graphView, type Part, type StepCard } from "./graph-view.ts";
export {
  chosenScores,
  feedsOf,
  type Heat,
  type HeatMap,
  heatFrom,
  heatGraph,
  heatOf,
  modelFor,
  modelWith,
  type Run,
  type WeightedModel,
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
export type { Thumbnail } from "./thumbnails.ts";
export type { Traced, Weights } from "./traced.ts";
export { type Gate, gateOf, type Numbers, type UnitFacts, type UnitReport, unitReport } from "./unit-report.ts";
export { lossUnitGraph, unitGraph, unitsOf, unitValues } from "./units.ts";
