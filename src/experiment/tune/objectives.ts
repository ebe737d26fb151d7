import { choose, UsageError } from "../../core/index.ts";
import type { Objective } from "../../tune/index.ts";

interface Metric {
  readonly direction: Objective["direction"];
  /** Every epoch reports it, so that a pruner may judge by it. */
  readonly everyEpoch?: true;
  /** How it is shown in a table: a share as per cent, a count grouped. */
  readonly shown: "share" | "number" | "count" | "milliseconds";
}

/** What a trial is measured by. */
export const metrics = Object.freeze({
  accuracy: { direction: "maximize", everyEpoch: true, shown: "share" },
  balancedAccuracy: { direction: "maximize", shown: "share" },
  macroF1: { direction: "maximize", shown: "number" },
  loss: { direction: "minimize", everyEpoch: true, shown: "number" },
  calibrationError: { direction: "minimize", shown: "share" },
  parameters: { direction: "minimize", shown: "count" },
  multiplyAdds: { direction: "minimize", shown: "count" },
  modelBytes: { direction: "minimize", shown: "count" },
  latencyMs: { direction: "minimize", shown: "milliseconds" },
  seconds: { direction: "minimize", shown: "number" },
} satisfies Record<string, Metric>);

export type MetricName = keyof typeof metrics;
const catalogue: Readonly<Record<string, Metric>> = metrics;

/** undefined for what no trial is measured by. */
export const metricOf = (name: string): Metric | undefined => catalogue[name];

/**
 * `accuracy`, or two of them: `accuracy,latencyMs`.
 * @throws UsageError for an unknown metric, one that is there twice, or more than two
 */
export function parseObjectives(text: string): Objective[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.length > 2) throw new UsageError("--objective", `"${text}" has ${names.length}`, "give one or two");
  if (new Set(names).size < names.length) throw new UsageError("--objective", `"${text}" has one twice`, "give two");
  return names.map((metric) => ({ metric, direction: choose("--objective", catalogue, metric).direction }));
}

/**
 * By what a pruner judges: what is asked for, else the first objective where every epoch reports it, else the accuracy.
 * @throws UsageError for what is not reported in every epoch
 */
export function pruneBy(objectives: readonly Objective[], asked?: string): Objective {
  const usable = Object.keys(metrics).filter((name) => catalogue[name].everyEpoch);
  const [first] = objectives;
  const metric = asked ?? (usable.includes(first.metric) ? first.metric : "accuracy");
  const { direction } = choose("--prune-by", catalogue, metric);
  if (usable.includes(metric)) return { metric, direction };
  throw new UsageError("--prune-by", `${metric} is known at the end of a trial only`, `choose ${usable.join(" or ")}`);
}
