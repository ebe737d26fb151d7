export { type Ask, configurations, type Sampler, seenKeys, unseen } from "./sampler.ts";
export { type GridOptions, type SamplerName, samplers } from "./samplers/index.ts";
export { Sobol } from "./sobol.ts";
export type { Outcome, Trial } from "./trial.ts";
