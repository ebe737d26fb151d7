import { frozen } from "../../core/index.ts";
import { fromUnits } from "../../space/index.ts";
import { type Sampler, unseen } from "../sampler.ts";
import { Sobol } from "../sobol.ts";

/** How far apart the numbers lie that a trial takes its further proposals from: beyond any study, so that no two trials share one. */
const STRIDE = 2 ** 20;

/** The scrambled Sobol sequence: as unguided as random, but evenly spread. Sobol' 1967. */
export const sobolSampler = frozen<Sampler>({
  name: "sobol",
  summary: "evenly spread over the space",
  defaults: {},
  ask: (request) => {
    const { space, seed, number } = request;
    const points = new Sobol(space.names.length, seed);
    return unseen(request, (n) => fromUnits(space, points.at(number + n * STRIDE)));
  },
});
