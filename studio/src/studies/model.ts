/** What the tuner's own models say of a study: how much each parameter matters, and a surface over two of them. */
import {
  type Configuration,
  countOf,
  type Parameter,
  type ParameterValue,
  Space,
  toUnits,
} from "../../../src/space/index.ts";
import { importances, type PairSurface, surfaceOfPair, type Trial } from "../../../src/tune/index.ts";
import type { Figure, StudyData } from "./study-data.ts";
import { kinds } from "./study-data.ts";

/** Plain data, to be handed to a worker. */
export interface ModelInput {
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly trials: readonly Trial[];
  readonly limits: Readonly<Record<string, number>>;
}

export type ModelQuestion =
  | { readonly kind: "importance"; readonly input: ModelInput }
  | {
      readonly kind: "surface";
      readonly input: ModelInput;
      readonly pair: readonly [string, string];
      /** What the other parameters have. */
      readonly at: Configuration;
      readonly size: number;
    };

export interface Shares {
  readonly kind: "importance";
  readonly shares: readonly { readonly parameter: string; readonly share: number }[];
}
export interface Surface {
  readonly kind: "surface";
  readonly surface: PairSurface | null;
}
export type ModelAnswer = Shares | Surface;

/** Trials as the models see them: by one figure, the smaller the better. */
export function modelInput({ view, kind, count }: StudyData, { objective, values, isConstraint }: Figure): ModelInput {
  const sign = objective.direction === "minimize" ? 1 : -1;
  const { configuration, metrics } = view.trials;
  const names = Object.keys(configuration);
  const open = kinds.indexOf("open");
  const failed = kinds.indexOf("failed");
  const trials = Array.from({ length: count }, (_, number) => number).flatMap((number): Trial[] => {
    if (kind[number] === open || view.trials.state[number] === "stale") return [];
    const own: Record<string, ParameterValue> = {};
    for (const name of names) {
      const value = configuration[name][number];
      if (value !== null) own[name] = value;
    }
    const measured: Record<string, number> = {};
    for (const { metric } of view.constraints) {
      const value = metrics[metric]?.[number];
      if (value !== null && value !== undefined) measured[metric] = value;
    }
    const value = values[number];
    const outcome = kind[number] === failed ? "failed" : view.trials.state[number] === "pruned" ? "pruned" : "complete";
    return [
      { number, configuration: own, outcome, measured, ...(Number.isFinite(value) ? { value: sign * value } : {}) },
    ];
  });
  // A limit is not held against itself.
  const limits = isConstraint ? [] : view.constraints.map(({ metric, atMost }) => [metric, atMost] as const);
  return { parameters: view.parameters, trials, limits: Object.fromEntries(limits) };
}

/** Values of a parameter below which a surface over it is a few columns. */
const FEWEST_VALUES = 6;

export function answer(question: ModelQuestion): ModelAnswer {
  const { parameters, trials, limits } = question.input;
  const space = new Space(parameters);
  if (question.kind === "importance") return { kind: "importance", shares: importances({ space, trials, limits }) };
  const { pair, at, size } = question;
  return { kind: "surface", surface: surfaceOfPair({ space, trials, pair, at: toUnits(space, at), size }) ?? null };
}

/** The pair that matters most among those of which enough is known: numbers or choices that enough trials have together. */
export function firstPair(data: StudyData, names: readonly string[]): readonly [string, string] | undefined {
  // Between numbers there is something to see.
  const numbers = names.filter((name) => countOf(data.space.parameters[name]) >= FEWEST_VALUES);
  return pairOf(data, numbers) ?? pairOf(data, names);
}

function pairOf({ units }: StudyData, names: readonly string[]): readonly [string, string] | undefined {
  for (let sum = 1; sum < 2 * names.length; sum++) {
    for (let i = 0; i < sum - i; i++) {
      const [a, b] = [names[i], names[sum - i]];
      if (a !== undefined && b !== undefined && together(units.get(a), units.get(b)) >= 8) return [a, b];
    }
  }
  return undefined;
}

/** How many trials have both. */
export function together(a: Float64Array | undefined, b: Float64Array | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return a.reduce((sum, unit, i) => (Number.isNaN(unit + b[i]) ? sum : sum + 1), 0);
}

/** The trial that a surface goes through: the chosen one where it has both parameters, else the best one that has. */
export function throughTrial(
  { units, kind }: StudyData,
  { share }: Figure,
  [a, b]: readonly [string, string],
  chosen: number,
): number {
  const has = (i: number) => !Number.isNaN((units.get(a)?.[i] ?? Number.NaN) + (units.get(b)?.[i] ?? Number.NaN));
  if (chosen >= 0 && has(chosen)) return chosen;
  let best = -1;
  for (let i = 0; i < kind.length; i++) {
    if (!has(i) || !Number.isFinite(share[i])) continue;
    const better = (rank: (at: number) => number) => rank(i) - rank(best);
    const complete = (at: number) => Number(kind[at] === kinds.indexOf("complete"));
    if (best < 0 || better(complete) > 0 || (better(complete) === 0 && share[i] > share[best])) best = i;
  }
  return best;
}
