import { nearest, UsageError } from "../core/index.ts";
import type { ChoiceParameter, Configuration, Parameter, ParameterValue } from "./parameter.ts";
import { countOf } from "./scale.ts";

/** Parameters by name, each behind the one that its condition asks. */
export class Space {
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** In the order in which they are decided. */
  readonly names: readonly string[];

  /**
   * @param parameters by name; the order is kept where conditions allow it
   * @throws UsageError for ranges that are empty, logarithms of what is not above 0, and conditions on what is not there
   */
  constructor(parameters: Readonly<Record<string, Parameter>>) {
    for (const [name, parameter] of Object.entries(parameters)) checkParameter(name, parameter);
    for (const [name, { when }] of Object.entries(parameters)) {
      if (when !== undefined) checkCondition(name, when.parameter, when.is, parameters);
    }
    this.names = ordered(parameters);
    this.parameters = Object.freeze({ ...parameters });
  }

  /** Whether a parameter counts, given the values of those before it: a condition on what does not count does not hold. */
  isActive(name: string, values: Configuration): boolean {
    const { when } = this.parameters[name];
    if (when === undefined) return true;
    return Object.hasOwn(values, when.parameter) && when.is.includes(values[when.parameter]);
  }

  /** The number of different configurations; infinite as soon as there is a float that can be chosen. */
  count(): number {
    const countFrom = (at: number, values: Configuration): number => {
      if (at === this.names.length) return 1;
      const name = this.names[at];
      const parameter = this.parameters[name];
      if (!this.isActive(name, values)) return countFrom(at + 1, values);
      // Only a choice decides what comes after it.
      if (parameter.kind !== "choice" || !this.#decides(name)) return countOf(parameter) * countFrom(at + 1, values);
      return parameter.choices.reduce<number>((sum, value) => sum + countFrom(at + 1, { ...values, [name]: value }), 0);
    };
    return countFrom(0, {});
  }

  #decides(name: string): boolean {
    return Object.values(this.parameters).some(({ when }) => when?.parameter === name);
  }

  /**
   * The same for equal configurations, whatever the order of their entries. Those of a study whose space has changed since need not
   * belong to it.
   */
  keyOf(values: Configuration): string {
    const known = this.names.filter((name) => Object.hasOwn(values, name));
    const others = Object.keys(values).filter((name) => !Object.hasOwn(this.parameters, name));
    return JSON.stringify([...known, ...others.sort()].map((name) => [name, values[name]]));
  }

  /**
   * A configuration, in the order of the space.
   * @throws UsageError for a value that is missing, unknown, outside its range, or given though its condition does not hold
   */
  checked(values: Configuration): Configuration {
    const result: Record<string, ParameterValue> = {};
    for (const name of this.names) {
      if (!this.isActive(name, result)) continue;
      if (!Object.hasOwn(values, name))
        throw new UsageError(name, "has no value", `give one: ${describe(this.parameters[name])}`);
      const value = values[name];
      if (!holds(this.parameters[name], value)) {
        throw new UsageError(name, `is ${JSON.stringify(value)}`, `give ${describe(this.parameters[name])}`);
      }
      result[name] = value;
    }
    for (const name of Object.keys(values)) {
      if (Object.hasOwn(result, name)) continue;
      if (!Object.hasOwn(this.parameters, name)) throw unknown(name, this.names);
      const { when } = this.parameters[name];
      const what = `is given, though it counts only where ${when!.parameter} is ${when!.is.join(" or ")}`;
      throw new UsageError(name, what, "leave it out");
    }
    return result;
  }
}

/** For people: what may be given. */
export function describe(parameter: Parameter): string {
  if (parameter.kind === "choice")
    return `one of ${parameter.choices.map((value) => JSON.stringify(value)).join(", ")}`;
  const what = parameter.kind === "int" ? "a whole number" : "a number";
  const steps = parameter.kind === "int" && (parameter.step ?? 1) !== 1 ? ` in steps of ${parameter.step}` : "";
  return `${what} from ${parameter.low} to ${parameter.high}${steps}`;
}

function holds(parameter: Parameter, value: ParameterValue): boolean {
  if (parameter.kind === "choice") return parameter.choices.includes(value);
  if (typeof value !== "number" || !(value >= parameter.low && value <= parameter.high)) return false;
  if (parameter.kind === "float") return true;
  return Number.isInteger((value - parameter.low) / (parameter.step ?? 1));
}

function unknown(name: string, names: readonly string[]): UsageError {
  const near = nearest(name, names);
  return new UsageError(
    name,
    "the space has no such parameter",
    near ? `did you mean ${near}?` : `it has ${names.join(", ")}`,
  );
}

function checkParameter(name: string, parameter: Parameter): void {
  if (parameter.kind === "choice") {
    if (parameter.choices.length === 0) throw new UsageError(name, "has no choices", "give at least one");
    const twice = parameter.choices.find((value, i) => parameter.choices.indexOf(value) !== i);
    if (twice !== undefined) throw new UsageError(name, `has ${JSON.stringify(twice)} twice`, "name each choice once");
    return;
  }
  const { kind, low, high, log } = parameter;
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    throw new UsageError(name, `goes from ${low} to ${high}`, "give two numbers");
  }
  if (low > high) throw new UsageError(name, `goes from ${low} down to ${high}`, "give the smaller one first");
  if (log && low <= 0) {
    throw new UsageError(name, `is on a logarithmic scale from ${low}`, "begin above 0, or leave the scale linear");
  }
  if (kind === "float") return;
  const { step = 1 } = parameter;
  if (!Number.isInteger(low) || !Number.isInteger(high)) {
    throw new UsageError(name, `goes from ${low} to ${high}, but holds whole numbers`, "give two whole numbers");
  }
  if (!Number.isInteger(step) || step < 1)
    throw new UsageError(name, `has a step of ${step}`, "give a whole number, 1 or more");
  if (log && step !== 1) throw new UsageError(name, "has a step on a logarithmic scale", "leave one of the two out");
}

function checkCondition(
  name: string,
  parent: string,
  is: readonly ParameterValue[],
  parameters: Readonly<Record<string, Parameter>>,
): void {
  if (!Object.hasOwn(parameters, parent)) {
    const near = nearest(parent, Object.keys(parameters));
    const fix = near ? `did you mean ${near}?` : `the space has ${Object.keys(parameters).join(", ")}`;
    throw new UsageError(name, `depends on ${parent}, which is not there`, fix);
  }
  const { kind } = parameters[parent];
  if (kind !== "choice") {
    throw new UsageError(name, `depends on ${parent}, which is of kind ${kind}`, "let it depend on a choice");
  }
  const { choices } = parameters[parent] as ChoiceParameter;
  const none = is.find((value) => !choices.includes(value));
  if (is.length > 0 && none === undefined) return;
  const what = none === undefined ? "no value" : JSON.stringify(none);
  throw new UsageError(
    name,
    `depends on ${parent} being ${what}`,
    `it may be ${choices.map((c) => JSON.stringify(c)).join(", ")}`,
  );
}

/** Parents before children, otherwise as given. */
function ordered(parameters: Readonly<Record<string, Parameter>>): string[] {
  const names: string[] = [];
  const place = (name: string, below: readonly string[]): void => {
    if (names.includes(name)) return;
    if (below.includes(name)) {
      throw new UsageError(name, `depends on itself: ${[...below, name].join(" → ")}`, "break the circle");
    }
    const parent = parameters[name].when?.parameter;
    if (parent !== undefined) place(parent, [...below, name]);
    names.push(name);
  };
  for (const name of Object.keys(parameters)) place(name, []);
  return names;
}
