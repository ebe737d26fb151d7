import { Random, type Ranges } from "../core/index.ts";
import { type Configuration, gridOf, type ParameterValue, type Space } from "../space/index.ts";
import type { Trial } from "./trial.ts";

export interface Ask {
  readonly space: Space;
  /** Of the study. */
  readonly seed: number;
  /** Of the trial that is asked for. */
  readonly number: number;
  /** Those that are known, in the order of their numbers. */
  readonly trials: readonly Trial[];
  /** How many trials the study is to have in all, where that is known. */
  readonly budget?: number;
  /** Whether a configuration keeps the limits that can be computed before anything is trained; all do, unless said. */
  readonly allows?: (configuration: Configuration) => boolean;
  /** Limits to what only a trial can measure: `measured[metric]` of a trial is to be at most this. */
  readonly limits?: Readonly<Record<string, number>>;
}

/** A way to choose what is tried next. */
export interface Sampler<Options extends object = object> {
  readonly name: string;
  /** What it does, in a few words. */
  readonly summary: string;
  readonly defaults: Options;
  /** Where its options may lie; options without a range take any number. */
  readonly ranges?: Ranges;
  /**
   * The next configuration: never one that was tried or is being tried, nor one that is not allowed.
   * @returns undefined when there is nothing left to try: the space is exhausted
   */
  ask(request: Ask, options: Options): Configuration | undefined;
}

/** Draws after which a space is looked through for what is left. */
const DRAWS = 64;
/** Configurations up to which a space is looked through. */
const LISTED = 100_000;

/** Keys of all configurations that are not to be tried again; one that was lost with its worker may be. */
export const seenKeys = ({ space, trials }: Pick<Ask, "space" | "trials">): Set<string> =>
  new Set(trials.filter(({ outcome }) => outcome !== "stale").map(({ configuration }) => space.keyOf(configuration)));

/** Configurations that are looked for one by one; keys of all that were tried cost as much as comparing with them so often. */
const COMPARED = 32;

/** Whether a configuration may be tried: it is new, and keeps the limits that can be computed. */
export function admission(request: Ask): (configuration: Configuration) => boolean {
  const { space, trials, allows = () => true } = request;
  const tried = trials.flatMap(({ outcome, configuration }) => (outcome === "stale" ? [] : [configuration]));
  const isTried = (one: Configuration) =>
    tried.some(
      (other) => space.names.every((name) => one[name] === other[name]) && space.keyOf(one) === space.keyOf(other),
    );
  let keys: Set<string> | undefined;
  let asked = 0;
  return (configuration) => {
    if (asked++ === COMPARED) keys = seenKeys(request);
    const seen = keys === undefined ? isTried(configuration) : keys.has(space.keyOf(configuration));
    return !seen && allows(configuration);
  };
}

/**
 * The first of several draws that may be tried. Where none may and the space is finite, one of those that are left, at random.
 * @param draw the n-th proposal, from 0
 */
export function unseen(request: Ask, draw: (n: number) => Configuration): Configuration | undefined {
  const { space, seed, number } = request;
  const admits = admission(request);
  for (let n = 0; n < DRAWS; n++) {
    const configuration = draw(n);
    if (admits(configuration)) return configuration;
  }
  if (space.count() > LISTED) {
    for (let n = DRAWS; n < LISTED; n++) {
      const configuration = draw(n);
      if (admits(configuration)) return configuration;
    }
    return undefined;
  }
  const left = [...configurations(space, Number.POSITIVE_INFINITY)].filter(admits);
  return left.length === 0 ? undefined : left[new Random(seed, "left", number).below(left.length)];
}

/**
 * Every configuration of a grid, the last parameter running fastest.
 * @param most values of a parameter; all of them where there are fewer
 */
export function* configurations(
  space: Space,
  most: number,
  at = 0,
  values: Readonly<Record<string, ParameterValue>> = {},
): Generator<Configuration> {
  if (at === space.names.length) {
    yield values;
    return;
  }
  const name = space.names[at];
  if (!space.isActive(name, values)) {
    yield* configurations(space, most, at + 1, values);
    return;
  }
  for (const value of gridOf(space.parameters[name], most)) {
    yield* configurations(space, most, at + 1, { ...values, [name]: value });
  }
}
