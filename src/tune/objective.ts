import { Random } from "../core/index.ts";
import type { Objective } from "./storage.ts";

/** What is minimised; NaN where a metric is missing or no number. */
export const minimized = ({ metric, direction }: Objective, metrics: Readonly<Record<string, number>>): number =>
  (direction === "minimize" ? 1 : -1) * (metrics[metric] ?? Number.NaN);

/** What the weighted sum adds to the largest part, so that of two with the same largest part the one that is better elsewhere wins. */
const AUGMENTATION = 0.05;

/**
 * Several objectives as one: the largest of the weighted parts and a little of their sum, for weights drawn anew for each trial, so that
 * the trials together go for the whole front. ParEGO, Knowles 2006; each objective is brought to [0, 1] over what has been seen.
 * @param points [trials][objectives], minimised; a trial with a NaN has none
 * @returns one value a trial; of a single objective the value itself
 */
export function scalarized(
  points: readonly (readonly number[])[],
  seed: number,
  number: number,
): (number | undefined)[] {
  const whole = points.map((point) => (point.every(Number.isFinite) ? point : undefined));
  const objectives = points[0]?.length ?? 1;
  if (objectives === 1) return whole.map((point) => point?.[0]);
  const seen = whole.filter((point) => point !== undefined);
  const low = Array.from({ length: objectives }, (_, k) => Math.min(...seen.map((point) => point[k])));
  const high = Array.from({ length: objectives }, (_, k) => Math.max(...seen.map((point) => point[k])));
  // Exponential draws over their sum are uniform on the simplex.
  const random = new Random(seed, "objective weights", number);
  const draws = low.map(() => -Math.log(1 - random.uniform()));
  const sum = draws.reduce((total, draw) => total + draw, 0);
  return whole.map((point) => {
    if (point === undefined) return undefined;
    const parts = point.map((value, k) => (draws[k] / sum) * ((value - low[k]) / (high[k] - low[k] || 1)));
    return Math.max(...parts) + AUGMENTATION * parts.reduce((total, part) => total + part, 0);
  });
}

/**
 * Indices of the points that no other one is better than: none is as good in every objective and better in one. Of equals the first.
 * @param points [trials][objectives], minimised
 */
export function frontOf(points: readonly (readonly number[])[]): number[] {
  const dominates = (q: number, p: number) => {
    const [a, b] = [points[q], points[p]];
    return a.every((value, k) => value <= b[k]) && (q < p || a.some((value, k) => value < b[k]));
  };
  return points.flatMap((_, p) => (points.some((_, q) => q !== p && dominates(q, p)) ? [] : [p]));
}
