import type { Configuration } from "../space/index.ts";
import { minimized, scalarized } from "./objective.ts";
import type { Progress } from "./pruner.ts";
import { ended, type Objective, type Seen, type StudyRecord, type TrialRecord } from "./storage.ts";
import type { Outcome, Trial } from "./trial.ts";

/** What was reported of each trial: metrics by step. */
export type Curves = ReadonlyMap<number, ReadonlyMap<number, Readonly<Record<string, number>>>>;

const NO_CURVE: ReadonlyMap<number, Readonly<Record<string, number>>> = new Map();

/** What is known now of all trials but the one that is asked for. */
export function seenOf(trials: readonly TrialRecord[], budget: number | null): Seen {
  const ranges: [number, number][] = [];
  const open: number[] = [];
  const paused: [number, number][] = [];
  for (const { number, state, step } of trials) {
    if (state === "paused") paused.push([number, step]);
    else if (!ended.has(state)) open.push(number);
    else if (ranges.at(-1)?.[1] === number - 1) ranges.at(-1)![1] = number;
    else ranges.push([number, number]);
  }
  return { ended: ranges, open, paused, budget };
}

/** The last metrics up to a step. */
function reached(curves: Curves, number: number, step: number): Readonly<Record<string, number>> {
  let metrics: Readonly<Record<string, number>> = {};
  for (const [at, values] of curves.get(number) ?? NO_CURVE) if (at <= step) metrics = values;
  return metrics;
}

/** A configuration as later spaces would have it: what they added had a value before, too. */
export function filled({ spaces }: StudyRecord, { space, configuration }: TrialRecord): Configuration {
  return Object.assign({}, ...spaces.slice(space + 1).map(({ fill }) => fill), configuration);
}

const outcomes: Readonly<Record<string, Outcome>> = { complete: "complete", failed: "failed", stale: "stale" };

/**
 * The trials as a sampler sees them, as of a moment. It is a function of what has not changed since: of trials that had ended then, and of
 * what others had reported by then; so the same moment looks the same for ever.
 * @param number of the trial that is asked for
 */
export function trialsAt(
  study: StudyRecord,
  trials: readonly TrialRecord[],
  curves: Curves,
  seen: Seen,
  number: number,
): Trial[] {
  const paused = new Map(seen.paused);
  const open = new Set(seen.open);
  const over = (n: number) => seen.ended.some(([first, last]) => n >= first && n <= last);
  const known = trials.filter((trial) => over(trial.number) || open.has(trial.number) || paused.has(trial.number));
  const metricsOf = (trial: TrialRecord) => {
    if (open.has(trial.number)) return {};
    const pause = paused.get(trial.number);
    if (pause !== undefined) return reached(curves, trial.number, pause);
    if (trial.state === "complete") return trial.metrics;
    if (trial.state === "pruned") {
      return Object.keys(trial.metrics).length > 0 ? trial.metrics : reached(curves, trial.number, trial.step);
    }
    return {};
  };
  const metrics = known.map(metricsOf);
  const points = metrics.map((own) => study.objectives.map((objective) => minimized(objective, own)));
  const values = scalarized(points, study.seed, number);
  return known.map((trial, i) => ({
    number: trial.number,
    configuration: filled(study, trial),
    outcome: open.has(trial.number) ? "running" : (outcomes[trial.state] ?? "pruned"),
    ...(values[i] === undefined ? {} : { value: values[i] }),
    ...(Object.keys(metrics[i]).length === 0 ? {} : { measured: metrics[i] }),
  }));
}

/** The trials as a pruner sees them. */
export function progressOf(trials: readonly TrialRecord[], curves: Curves, by: Objective): Progress[] {
  return trials.map(({ number, state }) => ({
    number,
    state: state === "paused" ? "paused" : ended.has(state) ? "ended" : "running",
    ...(state === "failed" || state === "stale" ? { failed: true } : {}),
    values: new Map([...(curves.get(number) ?? NO_CURVE)].map(([step, metrics]) => [step, minimized(by, metrics)])),
  }));
}
