/** A study as the views draw it: columns of typed numbers, made once for each change. */
import { type Range, rangeOf } from "../../../src/experiment/study-page/range.ts";
import { labelsOf } from "../../../src/experiment/tune/words.ts";
import { type ParameterValue, Space, unitOf } from "../../../src/space/index.ts";
import type { StudyCurves, StudyView, TrialColumns } from "../../../src/studio/index.ts";
import { frontOf, minimized, type Objective } from "../../../src/tune/index.ts";

/** How a trial is drawn: a dot, an empty ring above a limit, a cross where it was stopped early, a mark where it failed. */
export const kinds = ["complete", "forbidden", "pruned", "failed", "open"] as const;
export type Kind = (typeof kinds)[number];

export interface StudyData {
  readonly view: StudyView;
  readonly space: Space;
  readonly labels: ReadonlyMap<string, string>;
  readonly count: number;
  /** [trials]: index into `kinds`. */
  readonly kind: Uint8Array;
  /** By parameter of the space: [trials] in [0, 1], NaN where it does not count or lies outside. */
  readonly units: ReadonlyMap<string, Float64Array>;
  /** Numbers of complete trials within the limits that none is better than. */
  readonly best: readonly number[];
}

/** What a trial is drawn by. */
export interface Figure {
  readonly objective: Objective;
  readonly isConstraint: boolean;
  /** What is allowed at most; null of an objective. */
  readonly atMost: number | null;
  /** [trials], NaN where there is none. */
  readonly values: Float64Array;
  /** [trials] from 0 for what is poor to 1 for the best. */
  readonly share: Float64Array;
  /** undefined before any trial has a value. */
  readonly range: Range | undefined;
}

/** Trials of before up to a number, and those that came since. */
export function merged(before: TrialColumns, next: TrialColumns): TrialColumns {
  if (next.from === 0) return next;
  const { from } = next;
  const joined = <T>(a: readonly T[], b: readonly T[]) => [...a.slice(0, from), ...b];
  const total = next.state.length;
  const all = <T>(
    a: Readonly<Record<string, readonly (T | null)[]>>,
    b: Readonly<Record<string, readonly (T | null)[]>>,
  ) =>
    Object.fromEntries(
      [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [
        key,
        joined(a[key] ?? new Array<null>(from).fill(null), b[key] ?? new Array<null>(total).fill(null)),
      ]),
    );
  return {
    from: 0,
    state: joined(before.state, next.state),
    step: joined(before.step, next.step),
    origin: joined(before.origin, next.origin),
    seconds: joined(before.seconds, next.seconds),
    run: joined(before.run, next.run),
    worker: joined(before.worker, next.worker),
    configuration: all<ParameterValue>(before.configuration, next.configuration),
    metrics: all<number>(before.metrics, next.metrics),
    errors: { ...before.errors, ...next.errors },
  };
}

/** Curves of before up to a trial, and those that came since. */
export function mergedCurves(before: StudyCurves, next: StudyCurves): StudyCurves {
  if (next.from === 0) return next;
  const { from } = next;
  return {
    from: 0,
    steps: [...before.steps.slice(0, from), ...next.steps],
    values: [...before.values.slice(0, from), ...next.values],
  };
}

const over = new Set(["complete", "pruned", "failed", "stale"]);

/** The first trial that may change still: those before need not be asked for again. */
export function firstOpen({ state }: TrialColumns): number {
  const at = state.findIndex((one) => !over.has(one));
  return at < 0 ? state.length : at;
}

export const columnOf = (column: readonly (number | null)[] | undefined, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => column?.[i] ?? Number.NaN);

export function studyData(view: StudyView): StudyData {
  const { trials, constraints, objectives } = view;
  const count = trials.state.length;
  const space = new Space(view.parameters);
  const labels = labelsOf([...new Set([...space.names, ...Object.keys(trials.configuration)])]);
  const limits = constraints.map(({ metric, atMost }) => ({ values: columnOf(trials.metrics[metric], count), atMost }));
  const kind = Uint8Array.from(trials.state, (state, i) => {
    if (state === "complete")
      return kinds.indexOf(limits.some(({ values, atMost }) => values[i] > atMost) ? "forbidden" : "complete");
    if (state === "pruned") return kinds.indexOf("pruned");
    return kinds.indexOf(state === "failed" || state === "stale" ? "failed" : "open");
  });
  const units = new Map(
    space.names.map((name) => {
      const column = trials.configuration[name] ?? [];
      const parameter = space.parameters[name];
      const places = Float64Array.from({ length: count }, (_, i) => {
        const value = column[i];
        const unit = value === null || value === undefined ? Number.NaN : unitOf(parameter, value);
        return unit >= 0 && unit <= 1 ? unit : Number.NaN;
      });
      return [name, places] as const;
    }),
  );
  const points = objectives.map(({ metric, direction }) =>
    columnOf(trials.metrics[metric], count).map((value) => (direction === "minimize" ? value : -value)),
  );
  const counted = Array.from(kind.keys()).filter(
    (i) => kind[i] === kinds.indexOf("complete") && points.every((values) => Number.isFinite(values[i])),
  );
  return { view, space, labels, count, kind, units, best: bestOf(counted, points) };
}

function bestOf(trials: readonly number[], points: readonly Float64Array[]): number[] {
  if (trials.length === 0) return [];
  const ordered = trials.toSorted((a, b) => points[0][a] - points[0][b] || a - b);
  if (points.length === 1) return ordered.slice(0, 1);
  return frontOf(ordered.map((i) => points.map((values) => values[i]))).map((at) => ordered[at]);
}

/** What trials can be drawn by: the objectives, then what is limited and is no objective. */
export function figureNames({ objectives, constraints }: Pick<StudyView, "objectives" | "constraints">): string[] {
  return [...new Set([...objectives.map(({ metric }) => metric), ...constraints.map(({ metric }) => metric)])];
}

export function figureOf({ view, count, kind }: StudyData, metric: string): Figure {
  const asked = view.objectives.find((one) => one.metric === metric);
  const limit = view.constraints.find((one) => one.metric === metric);
  const objective: Objective = asked ?? { metric, direction: "minimize" };
  const values = columnOf(view.trials.metrics[metric], count);
  const of = (which: (i: number) => boolean) =>
    Array.from(values).filter((value, i) => Number.isFinite(value) && which(i));
  const complete = of((i) => view.trials.state[i] === "complete");
  // What a pruned trial had reached is no measure for those that came to their end.
  const measured = complete.length > 0 ? complete : of((i) => kind[i] !== kinds.indexOf("failed"));
  const range = measured.length === 0 ? undefined : rangeOf(objective, measured);
  const share = values.map((value) =>
    range === undefined || !Number.isFinite(value) ? Number.NaN : Math.min(1, Math.max(0, range.goodness(value))),
  );
  return { objective, isConstraint: asked === undefined, atMost: limit?.atMost ?? null, values, share, range };
}

/** [trials]: the best value so far of those that are complete and within the limits; NaN before the first. */
export function bestSoFar({ kind }: StudyData, { objective, values }: Figure): Float64Array {
  let best = Number.NaN;
  const of = (value: number) => minimized(objective, { [objective.metric]: value });
  return values.map((value, i) => {
    const counts = kind[i] === kinds.indexOf("complete") && Number.isFinite(value);
    if (counts && !(of(value) >= of(best))) best = value;
    return best;
  });
}

/** A configuration's value as it is, for those who read it. */
export function configurationOf({ view, space }: StudyData, trial: number): [string, ParameterValue][] {
  const names = [...new Set([...space.names, ...Object.keys(view.trials.configuration)])];
  return names.flatMap((name): [string, ParameterValue][] => {
    const value = view.trials.configuration[name]?.[trial];
    return value === null || value === undefined ? [] : [[name, value]];
  });
}
