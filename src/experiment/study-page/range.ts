import type { ValueAxis } from "../../report/index.ts";
import { minimized, type Objective } from "../../tune/index.ts";
import { metricOf, shownMetric, wordsOf } from "../tune/index.ts";

/** Beyond this ratio of the largest to the smallest, of three quarters of the values, they are told on a logarithmic axis; shares are not. */
const WIDE_RATIO = 10;
/** Room at both ends of an axis, of what is drawn. */
const ROOM = 0.04;

/** What of an objective's values is drawn. */
export interface Range {
  readonly objective: Objective;
  readonly best: number;
  /** The worst that is drawn where it is; what is worse stands at the edge. */
  readonly bound: number;
  /** How many are worse. */
  readonly beyond: number;
  readonly axis: ValueAxis;
  /** A value on the axis's scale: itself, or its logarithm. */
  readonly scaled: (value: number) => number;
  /** Where the colours begin: a quarter of the values is as bad, or worse. */
  readonly pale: number;
  /** From 0 where the colours begin to 1 at the best, on the axis's scale; below 0 as far as the bound. */
  readonly goodness: (value: number) => number;
}

/**
 * A few trials that end terribly would press all others into one line. So the axis ends as far behind the third quarter as that is behind
 * the best: at most a quarter of the trials is drawn at its edge.
 * @param values not empty, finite
 */
export function rangeOf(objective: Objective, values: readonly number[]): Range {
  const { metric } = objective;
  const shown = metricOf(metric)?.shown;
  const sign = minimized(objective, { [metric]: 1 });
  const ordered = values.toSorted((a, b) => sign * (a - b));
  const quarter = ordered[Math.ceil(0.75 * ordered.length) - 1];
  const [least, most] = [ordered[0], quarter].sort((a, b) => a - b);
  const logarithmic = shown !== "share" && ordered.every((value) => value > 0) && most > WIDE_RATIO * least;
  const scaled = logarithmic ? Math.log : (value: number) => value;
  const unscaled = logarithmic ? Math.exp : (value: number) => value;
  // The smaller the better from here on.
  const sorted = ordered.map((value) => sign * scaled(value));
  const [best, worst] = [sorted[0], sorted[sorted.length - 1]];
  const wide = Math.min(worst, 2 * sign * scaled(quarter) - best);
  // Where three quarters are the same there is no distance to go by.
  const bound = wide > best ? wide : worst;
  const third = sign * scaled(quarter);
  const pale = third > best ? third : bound;
  const span = bound - best || Math.abs(best) / 10 || 1;
  const [from, to] = [sign * (best - ROOM * span), sign * (bound + ROOM * span)].sort((a, b) => a - b);
  const whole = shown === "share" ? [Math.max(0, from), Math.min(1, to)] : [from, to];
  return {
    objective,
    best: ordered[0],
    bound: bound === worst ? ordered[ordered.length - 1] : unscaled(sign * bound),
    beyond: sorted.filter((value) => value > bound).length,
    axis: {
      name: wordsOf(metric),
      domain: [unscaled(whole[0]), unscaled(whole[1])],
      logarithmic,
      format: formatOf(shown),
    },
    scaled,
    pale: pale === bound ? ordered[ordered.length - 1] : quarter,
    goodness: (value) => (pale === best ? 1 : (pale - Math.min(bound, sign * scaled(value))) / (pale - best)),
  };
}

/** A figure along an axis. */
function formatOf(shown: NonNullable<ReturnType<typeof metricOf>>["shown"] | undefined): ValueAxis["format"] {
  switch (shown) {
    case "share":
      return (value) => `${Number((100 * value).toPrecision(4))} %`;
    case "count":
      return (value) => value.toLocaleString("en-US", { notation: "compact" });
    case "milliseconds":
      return (value) => `${Number(value.toPrecision(3))} ms`;
    default:
      return (value) => String(Number(value.toPrecision(4)));
  }
}

/**
 * What is said below a figure in which some trials are drawn at the edge.
 * @param values of the trials of the figure
 */
export function beyondText({ bound, objective }: Range, values: readonly number[], how = "stand at the edge"): string {
  const { metric } = objective;
  const of = (value: number) => minimized(objective, { [metric]: value });
  const beyond = values.filter((value) => of(value) > of(bound)).length;
  if (beyond === 0) return "";
  const count = beyond === 1 ? "One trial that is" : `${beyond.toLocaleString("en-US")} trials that are`;
  return ` ${count} worse than ${shownMetric(metric, bound)} ${beyond === 1 ? how.replace(/^(\w+)/, "$1s") : how}.`;
}
