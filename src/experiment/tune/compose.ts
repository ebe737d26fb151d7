import {
  type ChoiceParameter,
  type Configuration,
  type Parameter,
  type ParameterValue,
  Space,
  valueAt,
} from "../../space/index.ts";
import { type KnownParameters, usualConfiguration } from "./parameters.ts";

/** What a study searches, and what it tries first. */
export interface SearchSpace {
  readonly space: Space;
  /** What a run has without a search, as near as the space has it. */
  readonly start: Configuration;
  /** What a run without a search has in every parameter that there is, in the space or not. */
  readonly usual: Configuration;
}

type Parameters = Readonly<Record<string, Parameter>>;

/** A condition that can never hold: why. */
export type Never = (name: string, when: NonNullable<Parameter["when"]>, found: ParameterValue | undefined) => void;

/**
 * Makes a space of parameters whose conditions may name some that are not searched. What these are decides: a condition that
 * always holds falls away, and what can never be is left out.
 * @param never is told of what is left out
 */
export function compose(wanted: Parameters, known: KnownParameters, never: Never = () => {}): SearchSpace {
  const usual = usualConfiguration(known);
  const parameters: Record<string, Parameter> = {};
  const decided = new Map<string, boolean>();
  const decide = (name: string, below: readonly string[]): boolean => {
    const before = decided.get(name);
    // A circle of conditions is refused by the space itself.
    if (before !== undefined || below.includes(name)) return before ?? true;
    const { when, ...free } = wanted[name];
    const holds = when === undefined ? true : conditionOf(name, when, [...below, name]);
    if (holds === true) parameters[name] = free as Parameter;
    else if (holds !== false) parameters[name] = { ...wanted[name], when: holds };
    decided.set(name, holds !== false);
    return holds !== false;
  };
  const conditionOf = (
    name: string,
    when: NonNullable<Parameter["when"]>,
    below: readonly string[],
  ): boolean | NonNullable<Parameter["when"]> => {
    const parent = wanted[when.parameter];
    if (parent === undefined || !decide(when.parameter, below)) {
      const found = parent === undefined ? usual[when.parameter] : undefined;
      if (found !== undefined && when.is.includes(found)) return true;
      never(name, when, found);
      return false;
    }
    if (parent.kind !== "choice") return when;
    const is = when.is.filter((value) => parent.choices.includes(value));
    if (is.length === 0) {
      never(name, when, parent.choices.length === 1 ? parent.choices[0] : undefined);
      return false;
    }
    // Of a parent that is always there and always says yes there is nothing to ask.
    return is.length === parent.choices.length && parameters[when.parameter].when === undefined
      ? true
      : { ...when, is };
  };
  for (const name of Object.keys(wanted)) decide(name, []);
  const ordered = Object.keys(wanted).filter((name) => Object.hasOwn(parameters, name));
  const space = new Space(Object.fromEntries(ordered.map((name) => [name, parameters[name]])));
  return { space, start: nearestTo(space, usual), usual };
}

/** The configuration of a space that is nearest to some values: what it has not is its first choice, or the middle of its range. */
export function nearestTo(space: Space, values: Configuration): Configuration {
  const result: Record<string, ParameterValue> = {};
  for (const name of space.names) {
    if (space.isActive(name, result)) result[name] = fitted(space.parameters[name], values[name]);
  }
  return space.checked(result);
}

function fitted(parameter: Parameter, value: ParameterValue | undefined): ParameterValue {
  if (parameter.kind === "choice") {
    const { choices }: ChoiceParameter = parameter;
    return value !== undefined && choices.includes(value) ? value : choices[0];
  }
  if (typeof value !== "number") return valueAt(parameter, 0.5);
  const { low, high } = parameter;
  const inside = Math.min(high, Math.max(low, value));
  if (parameter.kind === "float") return inside;
  const step = parameter.step ?? 1;
  const steps = Math.min(Math.floor((high - low) / step), Math.round((inside - low) / step));
  return low + steps * step;
}
