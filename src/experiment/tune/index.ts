export type { SearchSpace } from "./compose.ts";
export { configurationToOptions } from "./configuration.ts";
export { computedMetrics, measuredMetrics, parseConstraint } from "./constraint.ts";
export { allows, type Cost, costOf, refuseUnreachable } from "./cost.ts";
export { defaultSpace, fullSpace } from "./default-space.ts";
export { describedSpace } from "./described-space.ts";
export type { Described, DescribedRange, Entry } from "./entry.ts";
export type { DataFacts } from "./facts.ts";
export { grown } from "./grown.ts";
