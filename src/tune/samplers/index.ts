import type { Sampler } from "../sampler.ts";
import { gridSampler } from "./grid.ts";
import { randomSampler } from "./random.ts";
import { sobolSampler } from "./sobol.ts";

export type { GridOptions } from "./grid.ts";

const catalogue = Object.freeze({ random: randomSampler, sobol: sobolSampler, grid: gridSampler });
export type SamplerName = keyof typeof catalogue;
/** Every sampler, by name. */
export const samplers: Readonly<Record<SamplerName, Sampler>> = catalogue;
