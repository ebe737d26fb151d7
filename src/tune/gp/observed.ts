import type { Ask } from "../sampler.ts";
import { Encoding } from "./encoding.ts";
import { telling } from "./points.ts";
import { halfRanked, standardized } from "./warp.ts";

/** What was measured for a limit, by the trials that measured it. */
export interface Measured {
  readonly rows: readonly Float64Array[];
  readonly values: Float64Array;
  /** On the scale of the values. */
  readonly most: number;
}

/** What a request knows, as places and numbers. */
export interface Observed {
  readonly encoding: Encoding;
  readonly axes: readonly number[];
  /** Of trials that have ended, or wait with what they have reached, in the order of their numbers. */
  readonly rows: readonly Float64Array[];
  readonly numbers: readonly number[];
  /** What is minimised; NaN of those that failed. */
  readonly values: Float64Array;
  /** Which have a value and keep all limits. */
  readonly feasible: readonly boolean[];
  /** Of trials that run. */
  readonly pending: readonly Float64Array[];
  readonly limits: readonly Measured[];
}

const isNumber = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);

export function observedIn({ space, trials, limits = {} }: Ask): Observed {
  const encoding = new Encoding(space);
  const counted = trials.filter(({ outcome }) => outcome !== "stale").sort((a, b) => a.number - b.number);
  const runs = (trial: (typeof trials)[number]) => trial.outcome === "running" && !isNumber(trial.value);
  const ended = counted.filter((trial) => !runs(trial));
  const rows = ended.map(({ configuration }) => encoding.encode(configuration));
  const pending = counted.filter(runs).map(({ configuration }) => encoding.encode(configuration));
  const names = Object.keys(limits);
  return {
    ...{ encoding, rows, pending },
    axes: telling(encoding, [...rows, ...pending]),
    numbers: ended.map(({ number }) => number),
    values: Float64Array.from(ended, ({ value }) => (isNumber(value) ? value : Number.NaN)),
    feasible: ended.map(
      ({ value, measured }) =>
        isNumber(value) && names.every((name) => isNumber(measured?.[name]) && measured[name] <= limits[name]),
    ),
    limits: names.flatMap((name): Measured[] => {
      const measuring = ended.flatMap(({ measured }, i) => (isNumber(measured?.[name]) ? [i] : []));
      const values = Float64Array.from(measuring, (i) => ended[i].measured![name]);
      if (measuring.length === 0) return [];
      // Of times and sizes the order of magnitude is what depends on the parameters.
      const log = limits[name] > 0 && values.every((value) => value > 0);
      return [
        {
          rows: measuring.map((i) => rows[i]),
          values: log ? values.map(Math.log) : values,
          most: log ? Math.log(limits[name]) : limits[name],
        },
      ];
    }),
  };
}

/** What is modelled of the values of a search: as bad as the worst where there is none, the bad ones by rank. */
export function warpedValues(values: Float64Array): Float64Array {
  const worst = values.reduce((most, value) => (value > most ? value : most), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(worst)) return new Float64Array(values.length);
  return standardized(halfRanked(values.map((value) => (Number.isNaN(value) ? worst : value)))).values;
}

/** What is modelled of a measurement. */
export const warpedMeasurements = (values: Float64Array): Float64Array => standardized(values).values;
