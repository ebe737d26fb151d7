import { choose, UsageError } from "../../core/index.ts";
import { type ChoiceParameter, choice, type Parameter, type ParameterValue, Space } from "../../space/index.ts";
import type { Known } from "./parameters.ts";

/** A range that is written down; what it does not say is as the catalogue has it. */
export interface DescribedRange {
  readonly low?: number;
  readonly high?: number;
  readonly log?: boolean;
  readonly step?: number;
  readonly choices?: readonly ParameterValue[];
  /** One parameter, with the value or the values that it is to have. */
  readonly when?: Readonly<Record<string, ParameterValue | readonly ParameterValue[]>>;
}

/** A value fixes a parameter, a list is a choice, null leaves it as a run has it. */
export type Described = null | ParameterValue | readonly ParameterValue[] | DescribedRange;

/** What is written down about a parameter, and where. */
export interface Entry {
  readonly name: string;
  readonly value: Described;
  readonly where: string;
}

const isRange = (value: Described): value is DescribedRange =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/**
 * What a parameter is chosen from, without its condition.
 * @throws UsageError for a range that is none, and for values that its unit does not take
 */
export function rangeOf(where: string, name: string, known: Known, value: Exclude<Described, null>): Parameter {
  const range = isRange(value) ? fromRange(where, known, value) : choice(...([value].flat() as ParameterValue[]));
  try {
    // Alone, so that what is wrong with the range itself is said first.
    new Space({ [name]: range });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const inherited =
      isRange(value) && value.log === undefined && range.kind !== "choice" && range.log && range.low <= 0;
    throw new UsageError(where, error.what, inherited ? `${error.fix} with log: false` : error.fix);
  }
  for (const one of range.kind === "choice" ? range.choices : [range.low, range.high]) check(where, known, one);
  return range;
}

/** @throws UsageError for a value that a parameter cannot have, with the nearest one */
function check(where: string, known: Known, value: ParameterValue): void {
  const words = wordsOf(known);
  if (words && typeof value === "string") choose(where, Object.fromEntries(words.map((word) => [word, word])), value);
  if (words && typeof value !== "string") {
    throw new UsageError(where, `is ${JSON.stringify(value)}`, `give one of ${words.join(", ")}, or a list of them`);
  }
  try {
    known.check(value);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(where, error.what, error.fix);
  }
}

/** The words that a parameter is one of. */
function wordsOf({ range, usual }: Known): readonly string[] | undefined {
  if (typeof usual !== "string" || range?.kind !== "choice") return undefined;
  const { choices } = range satisfies ChoiceParameter;
  return choices.every((one) => typeof one === "string") ? choices : undefined;
}

function fromRange(where: string, known: Known, given: DescribedRange): Parameter {
  const { low, high, log, step, choices } = given;
  if (choices !== undefined) {
    if ([low, high, log, step].some((one) => one !== undefined)) {
      throw new UsageError(where, "has choices and a range", "give one of them");
    }
    return choice(...choices);
  }
  const usual = known.range;
  const words = wordsOf(known);
  const own = [low, high, log, step].some((one) => one !== undefined);
  if (!own) {
    if (usual !== undefined) return free(usual);
    throw new UsageError(where, "says neither a range nor choices", "give low and high, or a list");
  }
  if (words || typeof known.usual === "boolean") {
    throw new UsageError(
      where,
      "is a range, and this is no number",
      `give a list of ${words?.join(", ") ?? "true, false"}`,
    );
  }
  const numbers = usual?.kind === "choice" ? undefined : usual;
  const [from, to] = [low ?? numbers?.low, high ?? numbers?.high];
  if (from === undefined || to === undefined) {
    throw new UsageError(where, `has no ${from === undefined ? "low" : "high"}`, "give low and high");
  }
  const whole = usual?.kind === "int" || (usual?.kind === "choice" && usual.choices.every(Number.isInteger));
  const scale = (log ?? (numbers?.log === true && step === undefined)) ? { log: true } : {};
  if (whole) return { kind: "int", low: from, high: to, ...scale, ...(step === undefined ? {} : { step }) };
  if (step !== undefined) {
    throw new UsageError(where, `has a step of ${step}`, "leave it out: steps are for whole numbers; or give a list");
  }
  return { kind: "float", low: from, high: to, ...scale };
}

function free({ when: _, ...range }: Parameter): Parameter {
  return range as Parameter;
}
