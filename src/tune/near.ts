import { Random } from "../core/index.ts";
import { type Configuration, fromUnits, type Space, toUnits } from "../space/index.ts";
import { Sobol } from "./sobol.ts";

/** How much of each range is looked at, with the centre in its middle. */
const WIDTH = 0.5;
/** How many places are looked at for each that is wanted; of a space with few configurations most are the same. */
const TRIES = 20;

/**
 * Configurations around one that is known to be sensible, evenly spread: numbers within half of their range, and of each choice the
 * centre's in half of the cases. A search of few trials that begins all over the space spends most of them far from anything good, where the
 * centre has been chosen with care; that it is likely near the optimum is knowledge, as the prior of Souza et al. (ECML 2021) is.
 * @param centre of the space
 * @param keeps whether a configuration may be tried
 * @returns at most `count`, all different, the centre not among them
 */
export function near(
  space: Space,
  centre: Configuration,
  count: number,
  seed: number,
  keeps: (configuration: Configuration) => boolean = () => true,
): Configuration[] {
  const centred = toUnits(space, centre);
  const points = new Sobol(space.names.length, seed, "near");
  const random = new Random(seed, "near");
  const found = new Map<string, Configuration>([[space.keyOf(centre), centre]]);
  for (let i = 0; i < TRIES * count && found.size <= count; i++) {
    const place = points.at(i);
    const units = space.names.map((name, axis) => {
      const [at, drawn, kept] = [centred[axis], place[axis], random.uniform() < 0.5];
      if (Number.isNaN(at)) return drawn;
      if (space.parameters[name].kind === "choice") return kept ? at : drawn;
      return within(at + WIDTH * (drawn - 0.5));
    });
    const configuration = fromUnits(space, units);
    if (keeps(configuration)) found.set(space.keyOf(configuration), configuration);
  }
  return [...found.values()].slice(1);
}

/** What lies beyond an end is as far inside of it. */
const within = (unit: number): number => (unit < 0 ? -unit : unit > 1 ? 2 - unit : unit);
