/**
 * How much each hyperparameter has to do with whether a trial is a good one: PED-ANOVA (Watanabe, Bansal, Hutter, "PED-ANOVA:
 * efficiently quantifying hyperparameter importance in arbitrary subspaces", IJCAI 2023, arXiv 2304.10255). The importance of a parameter
 * is the Pearson divergence of its density among the best trials from that among all, E[(p_best/p_all − 1)²]: what an analysis of
 * variance gives for the function "is among the best". A parameter under a condition is judged where it is there, and weighs as much
 * as is decided there: α (α_best/α)² times its divergence, with the shares α of trials that have it (Baba, Ozaki, Watanabe,
 * "Conditional PED-ANOVA", 2026, arXiv 2601.20800); what choosing the condition is worth belongs to the parameter that is asked.
 *
 * Differs: of the divergence, what as many trials drawn at random would have is taken off, on average. The few best trials of a short
 * search differ from the others in every parameter, by chance alone. And several sizes of "the best" count, each by how much of the
 * variance of belonging to them is explained (γ/(1 − γ) times the divergence, for a share γ): in a search that has closed in, the very
 * best differ from the rest by next to nothing, though the rest does from what was left behind.
 */
import { Random } from "../core/index.ts";
import { type Space, toUnits } from "../space/index.ts";
import type { Ask } from "./sampler.ts";
import { type Axis, axisOf, partOf } from "./tpe/axis.ts";
import { ranked } from "./tpe/rank.ts";

export interface Importance {
  readonly parameter: string;
  /** Of all parameters together: they add up to 1. */
  readonly share: number;
}

/** Below that nothing can be said. */
const FEWEST = 10;
/** What the best are, as shares of all. */
const LEVELS = [0.1, 0.25, 0.5];
/** The best are so many at least: two trials tell nothing. */
const FEWEST_BEST = 4;
/** Random choices of as many trials as are the best. */
const DRAWS = 32;
/** Parts that a continuum is looked at in. */
const CELLS = 50;

/** Along one axis: for each trial that has the parameter its smoothed mass, [cells], which sums to 1. */
function smoothed(axis: Axis, units: Float64Array, best: number): (Float64Array | undefined)[] {
  const active = units.filter((unit) => unit >= 0 && unit <= 1);
  const cells = axis.kind === "continuous" ? CELLS : axis.kind === "choice" ? axis.count : axis.edges.length - 1;
  const edges = axis.kind === "ordered" ? axis.edges : Float64Array.from({ length: cells + 1 }, (_, i) => i / cells);
  // Scott's rule for the smaller of the two sets that are compared, with a deviation that a few far ones do not widen.
  const quartile = (share: number) => active.toSorted()[Math.floor(share * (active.length - 1))];
  const deviation = (quartile(0.75) - quartile(0.25)) / 1.349;
  const bandwidth = axis.kind === "choice" ? 0 : 1.06 * deviation * best ** -0.2;
  const near = (distance: number) =>
    bandwidth === 0 ? Number(distance === 0) : Math.exp(-0.5 * (distance / bandwidth) ** 2);
  const centres = Array.from({ length: cells }, (_, i) => (edges[i] + edges[i + 1]) / 2);
  const columns = centres.map((centre) => {
    const column = Float64Array.from(centres, (other, i) => near(other - centre) * (edges[i + 1] - edges[i]));
    const sum = column.reduce((total, mass) => total + mass, 0);
    return column.map((mass) => mass / sum);
  });
  const cellOf = (unit: number) =>
    axis.kind === "continuous" ? Math.min(cells - 1, Math.floor(unit * cells)) : partOf(axis, unit);
  return Array.from(units, (unit) => (unit >= 0 && unit <= 1 ? columns[cellOf(unit)] : undefined));
}

/** The mean of some columns, and of how many. */
function densityOf(columns: readonly (Float64Array | undefined)[], some: Iterable<number>) {
  let density: Float64Array | undefined;
  let count = 0;
  for (const trial of some) {
    const column = columns[trial];
    if (column === undefined) continue;
    density ??= new Float64Array(column.length);
    for (let i = 0; i < column.length; i++) density[i] += column[i];
    count++;
  }
  return { count, density: density?.map((mass) => mass / count) };
}

/** α (α_some/α)² E[(p_some/p − 1)²]. */
function divergence(columns: readonly (Float64Array | undefined)[], whole: Density, some: readonly number[]): number {
  const { count, density } = densityOf(columns, some);
  if (density === undefined || whole.density === undefined) return 0;
  const pearson = whole.density.reduce((sum, mass, i) => (mass === 0 ? sum : sum + (density[i] - mass) ** 2 / mass), 0);
  const [share, own] = [whole.count / columns.length, count / some.length];
  return share * (own / share) ** 2 * pearson;
}
type Density = ReturnType<typeof densityOf>;

/**
 * The parameters of a space, the most important first. Failed trials count as the worst, those that were stopped early with what they
 * had reached, those above a limit behind all that keep it.
 * @returns nothing where there are fewer than ten trials, or no parameter makes a difference
 */
export function importances({
  space,
  trials,
  limits,
}: Pick<Ask, "trials" | "limits"> & { space: Space }): Importance[] {
  const known = trials.filter(
    ({ outcome, value }) => outcome === "failed" || (outcome !== "stale" && value !== undefined),
  );
  if (known.length < FEWEST) return [];
  const order = ranked({ trials: known, ...(limits === undefined ? {} : { limits }) });
  const units = order.map(({ configuration }) => toUnits(space, configuration));
  const levels = LEVELS.map((level) =>
    explained(space, units, Math.max(FEWEST_BEST, Math.round(level * units.length))),
  );
  const parts = space.names.map((parameter, i) => ({
    parameter,
    part: levels.reduce((sum, level) => sum + level[i], 0),
  }));
  const total = parts.reduce((sum, { part }) => sum + part, 0);
  if (total === 0) return [];
  return parts.map(({ parameter, part }) => ({ parameter, share: part / total })).sort((a, b) => b.share - a.share);
}

/**
 * @param units [trials][parameters], the best trial first
 * @returns [parameters]: how much of the variance of being among the best so many each explains
 */
function explained(space: Space, units: readonly Float64Array[], best: number): number[] {
  const all = Array.from(units.keys());
  const random = new Random(0, "importance", best);
  const draws = Array.from({ length: DRAWS }, () => random.shuffle([...all]).slice(0, best));
  return space.names.map((name, i) => {
    const places = Float64Array.from(units, (one) => one[i]);
    const columns = smoothed(axisOf(space.parameters[name]), places, best);
    const whole = densityOf(columns, all);
    const chance = draws.reduce((sum, draw) => sum + divergence(columns, whole, draw), 0) / DRAWS;
    const above = divergence(columns, whole, all.slice(0, best)) - chance;
    return (Math.max(0, above) * best) / (units.length - best);
  });
}
