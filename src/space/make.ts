import type { ChoiceParameter, FloatParameter, IntParameter, ParameterValue } from "./parameter.ts";

/** Any number from `low` to `high`. */
export const float = (low: number, high: number): FloatParameter => ({ kind: "float", low, high });

/** The same where the order of magnitude is what matters; `low` is above 0. */
export const logFloat = (low: number, high: number): FloatParameter => ({ kind: "float", low, high, log: true });

/** Whole numbers from `low` to `high`. */
export const int = (low: number, high: number): IntParameter => ({ kind: "int", low, high });

/** The same on a logarithmic scale; `low` is above 0. */
export const logInt = (low: number, high: number): IntParameter => ({ kind: "int", low, high, log: true });

/** One of several values. */
export const choice = (...choices: readonly ParameterValue[]): ChoiceParameter => ({ kind: "choice", choices });
