import type { Curves, RunSummary } from "../../../src/studio/index.ts";
import type { Series } from "../charts/series.ts";

export const metrics = [
  "validationAccuracy",
  "validationLoss",
  "trainLoss",
  "learningRate",
  "gradientNorm",
  "zeros",
] as const;
export type Metric = (typeof metrics)[number];
export const grounds = ["epoch", "step", "seconds"] as const;
export type Ground = (typeof grounds)[number];

/** Shares are told in percent. */
export const isShare = (metric: Metric): boolean => metric === "validationAccuracy" || metric === "zeros";

/** Seconds are those since the run began, the others as they stand. */
function groundOf(curves: Curves, ground: Ground): readonly (number | null)[] {
  if (ground !== "seconds") return curves[ground];
  let sum = 0;
  return curves.seconds.map((value) => {
    sum += value ?? 0;
    return sum;
  });
}

/** A run's curve; on a logarithmic axis what is not above 0 has no place. */
export function seriesOf(
  name: string,
  curves: Curves,
  {
    metric,
    ground,
    log,
    place,
  }: { readonly metric: Metric; readonly ground: Ground; readonly log: boolean; readonly place: number },
): Series {
  const xs = groundOf(curves, ground);
  const points = curves[metric].flatMap((y, i) => {
    const x = xs[i];
    return y === null || x === null || x === undefined || (log && y <= 0) ? [] : [{ x, y }];
  });
  return { name, place, points };
}

/** Runs that are drawn at first: those that are pinned or in training, and the newest, eight in all. */
export function firstShown(runs: readonly RunSummary[], most = 8): readonly string[] {
  const loud = (run: RunSummary) => Number(run.pinned) + Number(run.state === "running");
  const ranked = runs.toSorted((a, b) => loud(b) - loud(a) || b.created - a.created);
  return ranked
    .filter(({ epochs, state }) => epochs > 0 || state === "running")
    .slice(0, most)
    .map(({ name }) => name);
}

/** Names as one word of the address, and back. */
export const wordOf = (names: readonly string[]): string => names.map(encodeURIComponent).join(",");
export const namesOf = (word: string): readonly string[] => word.split(",").filter(Boolean).map(decodeURIComponent);

/** All curves as rows of a CSV file: one for each epoch of each run. */
export function curveRows(all: readonly (readonly [string, Curves])[]): (string | number | null)[][] {
  const keys = ["epoch", "step", "seconds", ...metrics] as const;
  const rows = all.flatMap(([name, curves]) =>
    curves.epoch.map((_, i) => [name, ...keys.map((key) => curves[key][i] ?? null)]),
  );
  return [["run", ...keys], ...rows];
}
