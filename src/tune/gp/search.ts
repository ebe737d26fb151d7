import type { Random } from "../../core/index.ts";
import type { Sobol } from "../sobol.ts";
import type { Acquisition } from "./acquisition.ts";
import type { Encoding } from "./encoding.ts";
import { minimize } from "./minimize.ts";
import type { Region } from "./region.ts";

export interface Search {
  readonly encoding: Encoding;
  readonly acquisition: Acquisition;
  readonly region: Region;
  /** The best trials so far. */
  readonly anchors: readonly Float64Array[];
  /** What a parameter begins with that comes to count. */
  readonly spare: Float64Array;
  readonly random: Random;
  readonly sobol: Sobol;
  /** Places that are looked at too. */
  readonly others: readonly Float64Array[];
  /** Whether a place may be tried; asked only where it would be wanted. */
  readonly admits: (units: Float64Array) => boolean;
}

const DRAWS = 1024;
const MOVES = 12;
/** Candidates that are kept, and those of them that are improved. */
const KEPT = 24;
const STARTS = 6;
/** Candidates that are asked for before so many will do as are improved: most of a space may be forbidden, and asking takes its time. */
const ASKED = 96;
const ROUNDS = 3;
/** Values of an integer that are all looked at; of more, those at some steps. */
const LISTED = 24;
const STEPS = [1, 2, 4, 8, 16];
const ACCURACY = { iterations: 30, tolerance: 1e-3, gain: 1e-5 };

interface Scored {
  readonly units: Float64Array;
  readonly value: number;
}

/**
 * The most promising place that may be tried, as far as it is found: even draws and small moves around the best trials, the most
 * promising of them improved by turns along the floats, all at once by their gradient, and along each integer and choice.
 * @returns undefined where none of the candidates may be tried
 */
export function search(request: Search): Float64Array | undefined {
  const kept = screened(request, candidates(request));
  if (kept.length === 0) return undefined;
  let best = kept[0];
  for (const start of starts(kept, request.random)) {
    const end = improved(request, start);
    if (end.value > best.value) best = end;
  }
  return best.units;
}

function candidates({ encoding, region, anchors, spare, random, sobol, others }: Search): Float64Array[] {
  const { axes } = encoding;
  const within = (axis: number, unit: number) => Math.min(region.upper[axis], Math.max(region.lower[axis], unit));
  const drawn = Array.from({ length: DRAWS }, (_, i) =>
    sobol.at(i).map((unit, axis) => {
      if (axes[axis].parameter.kind === "choice") return region.choices?.[axis] ?? unit;
      return region.lower[axis] + unit * (region.upper[axis] - region.lower[axis]);
    }),
  );
  const moved = anchors.flatMap((anchor) =>
    Array.from({ length: MOVES }, () => {
      const reach = 10 ** random.between(-3.5, -1);
      return anchor.map((unit, axis) => {
        const { parameter, count } = axes[axis];
        if (parameter.kind !== "choice") return within(axis, unit + reach * random.normal());
        if (region.choices !== undefined) return region.choices[axis];
        return random.uniform() * axes.length < 1 ? encoding.unitAt(axis, random.below(count)) : unit;
      });
    }),
  );
  // Moves come first: they are good, and so most draws are soon seen to be no better.
  return [...[...moved, ...drawn].map((units) => encoding.snap(units, spare)), ...others];
}

/**
 * The best candidates that may be tried, in order. Most of the others are left as soon as a bound shows that they are none of these; and
 * whether one may be tried is asked in the order of what they promise, until there are enough.
 */
function screened({ acquisition, admits }: Search, all: readonly Float64Array[]): Scored[] {
  // The 24 greatest values so far, ascending.
  const greatest: number[] = [];
  const scored: (Scored & { exact: boolean })[] = all.map((units) => {
    const least = greatest.length < KEPT ? Number.NEGATIVE_INFINITY : greatest[0];
    const value = acquisition.value(units, least);
    if (value > least) {
      greatest.splice(placeOf(greatest, value), 0, value);
      if (greatest.length > KEPT) greatest.shift();
    }
    return { units, value, exact: value > least };
  });
  scored.sort((a, b) => a.value - b.value);
  const kept: Scored[] = [];
  for (let asked = 0; scored.length > 0 && kept.length < (asked < ASKED ? KEPT : STARTS); ) {
    const { units, value, exact } = scored.pop()!;
    if (!exact) {
      const settled = acquisition.value(units);
      const values = scored.map((one) => one.value);
      scored.splice(placeOf(values, settled), 0, { units, value: settled, exact: true });
    } else if (!kept.some((one) => same(one.units, units))) {
      asked++;
      if (admits(units)) kept.push({ units, value });
    }
  }
  return kept;
}

/** Where a value goes among ascending ones, behind its equals. */
function placeOf(values: readonly number[], value: number): number {
  let at = values.length;
  while (at > 0 && values[at - 1] > value) at--;
  return at;
}

const same = (a: Float64Array, b: Float64Array) => a.every((unit, axis) => Object.is(unit, b[axis]));

/** The best, and some of the others by chance, in the proportion of what they promise. */
function starts(kept: readonly Scored[], random: Random): Scored[] {
  const [best, ...others] = kept;
  const chosen = [best];
  while (chosen.length < STARTS && others.length > 0) {
    const shares = others.map(({ value }) => Math.exp(value - best.value));
    let left = random.uniform() * shares.reduce((sum, share) => sum + share, 0);
    let at = 0;
    while (at < others.length - 1 && left >= shares[at]) left -= shares[at++];
    chosen.push(...others.splice(at, 1));
  }
  return chosen;
}

function improved(request: Search, start: Scored): Scored {
  let at = start;
  for (let round = 0; round < ROUNDS; round++) {
    at = alongFloats(request, at);
    const swept = alongValues(request, at);
    if (swept === at) break;
    at = swept;
  }
  return at;
}

/** Up the gradient, in units of each float's length. */
function alongFloats({ encoding, acquisition, region, admits }: Search, start: Scored): Scored {
  const { points, weights } = acquisition.objective ?? acquisition.limits[0].posterior;
  const free = points.lines.flatMap(({ axis }, l) =>
    encoding.axes[axis].parameter.kind === "float" && !Number.isNaN(start.units[axis]) ? [l] : [],
  );
  if (free.length === 0) return start;
  const axes = free.map((l) => points.lines[l].axis);
  const scales = Float64Array.from(free, (l) => Math.sqrt(weights[l]));
  const units = Float64Array.from(start.units);
  const place = (x: Float64Array) => {
    for (const [d, axis] of axes.entries()) {
      units[axis] = Math.min(region.upper[axis], Math.max(region.lower[axis], x[d] / scales[d]));
    }
  };
  const of = (x: Float64Array, gradient: Float64Array) => {
    place(x);
    const value = acquisition.slopes(units, free, gradient);
    for (let d = 0; d < gradient.length; d++) gradient[d] /= -scales[d];
    return -value;
  };
  const scaled = (of: Float64Array) => scales.map((scale, d) => scale * of[axes[d]]);
  const { x, value } = minimize(of, scaled(start.units), scaled(region.lower), scaled(region.upper), ACCURACY);
  place(x);
  return -value > start.value && admits(units) ? { units, value: -value } : start;
}

/** The best other value of each integer and each choice, one after the other. */
function alongValues({ encoding, acquisition, region, spare, admits }: Search, start: Scored): Scored {
  let at = start;
  for (const [axis, { parameter, count }] of encoding.axes.entries()) {
    const { kind } = parameter;
    if (kind === "float" || count === 1 || Number.isNaN(at.units[axis])) continue;
    if (kind === "choice" && region.choices !== undefined) continue;
    const better = neighbours(encoding.indexAt(axis, at.units[axis]), count, kind === "choice")
      .map((index) => encoding.unitAt(axis, index))
      .filter((unit) => kind === "choice" || (unit >= region.lower[axis] && unit <= region.upper[axis]))
      .map((unit) => {
        const units = Float64Array.from(at.units);
        units[axis] = unit;
        encoding.snap(units, spare);
        return { units, value: acquisition.value(units, at.value) };
      })
      .filter(({ value }) => value > at.value)
      .sort((a, b) => b.value - a.value);
    at = better.find(({ units }) => admits(units)) ?? at;
  }
  return at;
}

function neighbours(index: number, count: number, all: boolean): number[] {
  if (all || count <= LISTED) return Array.from({ length: count }, (_, i) => i).filter((i) => i !== index);
  return STEPS.flatMap((step) => [index - step, index + step]).filter((i) => i >= 0 && i < count);
}
