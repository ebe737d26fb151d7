import type { Sampler } from "../sampler.ts";
import { gpSampler } from "./gp.ts";
import { gridSampler } from "./grid.ts";
import { randomSampler } from "./random.ts";
import { sobolSampler } from "./sobol.ts";
import { tpeSampler } from "./tpe.ts";

export type { GridOptions } from "./grid.ts";
export type { TpeOptions } from "./tpe.ts";

const catalogue = Object.freeze({
  ...{ gp: gpSampler, tpe: tpeSampler },
  ...{ random: randomSampler, sobol: sobolSampler, grid: gridSampler },
});
export type SamplerName = keyof typeof catalogue;
/** Every sampler, by name. */
export const samplers: Readonly<Record<SamplerName, Sampler>> = catalogue;
