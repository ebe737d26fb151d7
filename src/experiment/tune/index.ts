export type { SearchSpace } from "./compose.ts";
export { configurationToOptions } from "./configuration.ts";
export { defaultSpace, fullSpace } from "./default-space.ts";
export type { DataFacts } from "./facts.ts";
