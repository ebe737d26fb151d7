import { filled, type Study, type TrialRecord } from "../../tune/index.ts";
import type { StudyCurves, TrialColumns } from "../study-shelf.ts";

/** JSON knows no NaN. */
const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

/** What a trial reported last. */
function lastOf({ curves }: Study, number: number): Readonly<Record<string, number>> {
  let [last, metrics]: [number, Readonly<Record<string, number>>] = [-1, {}];
  for (const [step, own] of curves.get(number) ?? []) if (step > last) [last, metrics] = [step, own];
  return metrics;
}

function metricsOf(study: Study, trial: TrialRecord): Readonly<Record<string, number>> {
  if (trial.state === "complete") return trial.metrics;
  return trial.state === "failed" || trial.state === "stale"
    ? {}
    : { ...lastOf(study, trial.number), ...trial.metrics };
}

/**
 * Trials from a number on, as columns.
 * @param runOf what the page of runs knows a run folder as
 * @param now in milliseconds since 1970
 */
export function trialColumns(
  study: Study,
  from: number,
  runOf: (folder: string) => string | null,
  now: number,
): TrialColumns {
  const { record, space } = study;
  const trials = study.trials.slice(from);
  const configurations = trials.map((trial) => filled(record, trial));
  const names = [...new Set([...space.names, ...configurations.flatMap((one) => Object.keys(one))])];
  const metrics = trials.map((trial) => metricsOf(study, trial));
  const figures = [...new Set(metrics.flatMap((one) => Object.keys(one)))];
  const columns = <T>(keys: readonly string[], cell: (i: number, key: string) => T) =>
    Object.fromEntries(keys.map((key) => [key, trials.map((_, i) => cell(i, key))]));
  return {
    from,
    state: trials.map(({ state }) => state),
    step: trials.map(({ step }) => step),
    origin: trials.map(({ origin }) => origin),
    seconds: trials.map(({ started, finished, state, metrics: { seconds } }) =>
      started === null
        ? null
        : (finite(seconds) ??
          (finished !== null ? finished - started : state === "running" ? now - started : 0) / 1000),
    ),
    run: trials.map(({ folder }) => (folder === null ? null : runOf(folder))),
    worker: trials.map(({ worker }) => worker),
    configuration: columns(names, (i, name) =>
      Object.hasOwn(configurations[i], name) ? configurations[i][name] : null,
    ),
    metrics: columns(figures, (i, metric) => finite(metrics[i][metric])),
    errors: Object.fromEntries(trials.flatMap(({ number, error }) => (error === null ? [] : [[number, error]]))),
  };
}

/** Curves of trials from a number on, by the metric that prunes. */
export function curveColumns({ record, trials, curves }: Study, from: number): StudyCurves {
  const { metric } = record.pruneBy;
  const all = trials.slice(from).map(({ number }) => [...(curves.get(number) ?? [])].sort(([a], [b]) => a - b));
  return {
    from,
    steps: all.map((curve) => curve.map(([step]) => step)),
    values: all.map((curve) => curve.map(([, metrics]) => finite(metrics[metric]))),
  };
}
