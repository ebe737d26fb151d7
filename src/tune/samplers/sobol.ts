import { frozen, Random } from "../../core/index.ts";
import { type Configuration, fromUnits } from "../../space/index.ts";
import { type Ask, type Sampler, unseen } from "../sampler.ts";
import { Sobol } from "../sobol.ts";

/**
 * The trial's point of the sequence; where that may not be tried, one at random. Another point of the sequence that is as far from all trials' as
 * can be, a power of two further on, is no other place: it differs in the last bits only.
 * @param place keeps sequences of one seed for different purposes apart
 */
export function evenly(request: Ask, place: string): Configuration | undefined {
  const { space, seed, number } = request;
  const points = new Sobol(space.names.length, seed, place);
  const random = new Random(seed, `${place} instead`, number);
  return unseen(request, (n) =>
    fromUnits(space, n === 0 ? points.at(number) : Float64Array.from(space.names, () => random.uniform())),
  );
}

/** The scrambled Sobol sequence: as unguided as random, but evenly spread. Sobol' 1967. */
export const sobolSampler = frozen<Sampler>({
  name: "sobol",
  summary: "evenly spread over the space",
  defaults: {},
  ask: (request) => evenly(request, "sobol"),
});
