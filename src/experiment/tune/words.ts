/** Names and figures of a search as people read them. */
import type { ParameterValue } from "../../space/index.ts";
import { metricOf } from "./objectives.ts";

/** A share as per cent, a count with its thousands. */
export function shownMetric(name: string, value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "–";
  switch (metricOf(name)?.shown) {
    case "share":
      return `${(100 * value).toFixed(2)} %`;
    case "count":
      return Math.round(value).toLocaleString("en-US");
    case "milliseconds":
      return `${value.toFixed(2)} ms`;
    default:
      return value.toFixed(4);
  }
}

export const shownValue = (value: ParameterValue): string =>
  typeof value === "number" && !Number.isInteger(value) ? String(Number(value.toPrecision(3))) : String(value);

const apart = (name: string) => name.replaceAll(/([a-z]{2,})([A-Z0-9])/g, "$1 $2").toLowerCase();

/** adam.learningRate → learning rate, since its unit stands beside it anyway; l2.strength → l2, since that is all it has. */
export const wordsOf = (name: string): string => apart(name.replace(/\.strength$/, "").replace(/^.*\./, ""));

/** The same where nothing stands beside them: with the unit in front where two would have one name. */
export function labelsOf(names: readonly string[]): ReadonlyMap<string, string> {
  const shared = (name: string) => names.filter((other) => wordsOf(other) === wordsOf(name)).length > 1;
  return new Map(names.map((name) => [name, shared(name) ? apart(name.replaceAll(".", " ")) : wordsOf(name)]));
}
