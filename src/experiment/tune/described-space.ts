import { nearest, UsageError } from "../../core/index.ts";
import { type ChoiceParameter, choice, type Parameter, type ParameterValue, type When } from "../../space/index.ts";
import { isSolver } from "../../train/index.ts";
import type { TrainOptions } from "../options.ts";
import { compose, type SearchSpace } from "./compose.ts";
import { type Chosen, wantedByDefault } from "./default-space.ts";
import { type Described, type Entry, rangeOf } from "./entry.ts";
import type { DataFacts } from "./facts.ts";
import { unknownName } from "./names.ts";
import { type KnownParameters, knownParameters, saidIn } from "./parameters.ts";

/**
 * The default space with what somebody has written down about some of its parameters, or of others: narrower or wider ranges, other
 * choices, fixed values. What catalogues may choose (`optimizer: [adam, lion]`) brings the parameters with which a search for each
 * unit begins. A name without a unit, such as `dropout`, means every unit that takes part and has it.
 * @param entries in the order in which they were written
 * @param said what stands on the command line, and must not be said twice
 * @throws UsageError with the place of the entry, what is wrong with it, and how to mend it
 */
export function describedSpace(
  entries: readonly Entry[],
  options: TrainOptions,
  facts: DataFacts,
  said: Iterable<string> = [],
): SearchSpace {
  const known = knownParameters(options, facts);
  const typed = new Set(said);
  const fixed = new Set([...saidIn(options, facts), ...typed]);
  const chosen = chosenIn(entries, known);
  for (const name of Object.keys(chosen)) refuseTwice(typed, name, entries);
  const left = entries.filter(({ name, value }) => value === null && Object.hasOwn(known, name));
  for (const { name } of left) fixed.add(name);
  const wanted = wantedByDefault(options, facts, known, fixed, chosen);
  const places = new Map<string, string>();
  for (const { name, where } of entries) if (Object.hasOwn(chosen, name)) places.set(name, `${where}, ${name}`);
  // What is said of all units first: what is said of one is meant to be another.
  const isOne = ({ name }: Entry) => Object.hasOwn(known, name);
  for (const entry of [...entries.filter((one) => !isOne(one)), ...entries.filter(isOne)]) {
    for (const [name, value] of meant(entry, known, wanted)) {
      const where = `${entry.where}, ${entry.name}`;
      refuseTwice(typed, name, [entry]);
      places.set(name, where);
      const range = value === null ? leftOut(name, known) : rangeOf(where, name, known[name], value);
      if (range === undefined) delete wanted[name];
      else wanted[name] = conditioned(where, name, range, value, known, wanted);
    }
  }
  return composed(wanted, known, places);
}

/** The catalogues and switches that are written down, with what they may be. */
function chosenIn(entries: readonly Entry[], known: KnownParameters): Chosen {
  const chosen: Record<string, readonly ParameterValue[]> = {};
  for (const { name, value, where } of entries) {
    if (value === null) continue;
    if (known[name]?.role === "catalogue") chosen[name] = unitsIn(`${where}, ${name}`, name, value, known);
    else if (known[name]?.role === "switch") chosen[name] = switchIn(value);
  }
  return chosen;
}

/** The units that an entry of a catalogue names. */
function unitsIn(
  where: string,
  kind: string,
  value: Exclude<Described, null>,
  known: KnownParameters,
): readonly ParameterValue[] {
  if (conditionIn(where, value, known) !== undefined) {
    throw new UsageError(where, "has a condition, and a run always has one", 'leave "when" out');
  }
  const solver = [value].flat().find((one) => typeof one === "string" && isSolver(one));
  if (kind === "optimizer" && solver !== undefined) {
    const what = `${solver} solves a convex problem, and has neither rate nor batches to search`;
    throw new UsageError(where, what, `leave it out, or search for it alone: --model linear --optimizer ${solver}`);
  }
  return (rangeOf(where, kind, known[kind], value) as ChoiceParameter).choices;
}

/** Whether a unit may be there: what is no yes or no is its first option's, of which 0 is none at all. */
function switchIn(value: Exclude<Described, null>): readonly ParameterValue[] {
  const values = [value].flat() as readonly ParameterValue[];
  return isYesOrNo(values) ? values.map((one) => one === true) : [true];
}

/** Of a switch: that it is on or off, and nothing of its option; 0 is off. */
const isYesOrNo = (values: readonly unknown[]) =>
  values.every((one) => typeof one === "boolean") || (values.length === 1 && values[0] === 0);

/** The parameters that an entry means, with what it says of each; those of `chosen` are done already. */
function* meant(
  entry: Entry,
  known: KnownParameters,
  wanted: Readonly<Record<string, Parameter>>,
): Generator<readonly [string, Described]> {
  const { name, value, where } = entry;
  const role = known[name]?.role;
  if (role === "catalogue") return;
  if (role === "switch") {
    if (value === null || isYesOrNo([value].flat())) return;
    yield [Object.keys(known).find((one) => one.startsWith(`${name}.`))!, value];
    return;
  }
  if (Object.hasOwn(known, name)) {
    yield [name, value];
    return;
  }
  const shared = name.includes(".") ? [] : Object.keys(known).filter((one) => one.endsWith(`.${name}`));
  const active = shared.filter((one) => mayCount(one, known, wanted));
  if (shared.length > 0 && active.length === 0) {
    const [first] = shared;
    const { parameter, is } = known[first].when!;
    const fix = `let ${parameter} be ${is[0]}, or leave it out`;
    throw new UsageError(`${where}, ${name}`, `nothing that is searched has it, but ${shared.join(", ")}`, fix);
  }
  if (shared.length === 0) throw unknownName(where, name, known, anywhere());
  for (const one of active) yield [one, value];
}

/** The parameters of pictures, and of optimizers that take steps: all that there are. */
const anywhere = () =>
  knownParameters({ data: "" }, { numbers: false, height: 32, width: 32, channels: 3, classes: 2, pictures: 1 });

/** Whether the condition of a parameter can hold. */
function mayCount(name: string, known: KnownParameters, wanted: Readonly<Record<string, Parameter>>): boolean {
  const when = known[name]?.when;
  if (when === undefined) return true;
  const parent = wanted[when.parameter];
  const values = parent?.kind === "choice" ? parent.choices : [known[when.parameter]?.usual];
  return when.is.some((value) => values.includes(value)) && mayCount(when.parameter, known, wanted);
}

/** What is left of a parameter that is not to be searched: nothing, but where other parts of the same list need it. */
function leftOut(name: string, known: KnownParameters): Parameter | undefined {
  const { role, usual, when } = known[name];
  return role === "part" && usual !== undefined ? { ...choice(usual), ...(when ? { when } : {}) } : undefined;
}

/** The range with its condition: the one that it has by nature, or the one that is written down. */
function conditioned(
  where: string,
  name: string,
  range: Parameter,
  value: Described,
  known: KnownParameters,
  wanted: Readonly<Record<string, Parameter>>,
): Parameter {
  const nature = known[name].when;
  const given = conditionIn(where, value, known);
  if (given === undefined) return nature ? { ...range, when: nature } : range;
  if (nature === undefined) return { ...range, when: given };
  if (given.parameter === nature.parameter) {
    const is = given.is.filter((one) => nature.is.includes(one));
    if (is.length > 0) return { ...range, when: { ...given, is } };
  } else if (alwaysHolds(nature, known, wanted)) {
    return { ...range, when: given };
  }
  throw new UsageError(
    where,
    `counts only where ${nature.parameter} is ${nature.is.join(" or ")}, and a parameter has one condition`,
    `leave "when" out, or fix ${nature.parameter}`,
  );
}

function alwaysHolds(when: When, known: KnownParameters, wanted: Readonly<Record<string, Parameter>>): boolean {
  const parent = wanted[when.parameter];
  if (parent === undefined) return when.is.includes(known[when.parameter].usual!);
  return parent.kind === "choice" && parent.when === undefined && parent.choices.every((one) => when.is.includes(one));
}

/** `when: {optimizer: adam}`, or a list of values. */
function conditionIn(where: string, value: Described, known: KnownParameters): When | undefined {
  if (value === null || typeof value !== "object" || !("when" in value) || value.when === undefined) return undefined;
  const pairs = Object.entries(value.when);
  if (pairs.length !== 1) {
    throw new UsageError(where, `has ${pairs.length} conditions`, 'give one, such as "when: {optimizer: adam}"');
  }
  const [[parameter, is]] = pairs;
  if (!Object.hasOwn(known, parameter)) {
    const near = nearest(parameter, Object.keys(known));
    const fix = near ? `did you mean ${near}?` : "let it depend on a choice, such as optimizer";
    throw new UsageError(where, `depends on ${parameter}, which is not there`, fix);
  }
  const values = Array.isArray(is) ? is : [is];
  for (const one of values) {
    try {
      known[parameter].check(one);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(where, `depends on ${parameter} being ${JSON.stringify(one)}`, error.fix);
    }
  }
  return { parameter, is: values };
}

/** @throws UsageError where the command line says it, too */
function refuseTwice(typed: ReadonlySet<string>, name: string, entries: readonly Entry[]): void {
  // A penalty that is said comes with its strength.
  if (!typed.has(name) && !typed.has(name.split(".", 1)[0])) return;
  const entry = entries.find((one) => one.name === name) ?? entries[0];
  throw new UsageError(`${entry.where}, ${entry.name}`, `${name} is said on the command line, too`, "say it once");
}

/** The space, with the place in front of what is wrong with a parameter. */
function composed(
  wanted: Readonly<Record<string, Parameter>>,
  known: KnownParameters,
  places: ReadonlyMap<string, string>,
): SearchSpace {
  try {
    return compose(wanted, known, (name, { parameter, is }, found) => {
      const where = places.get(name);
      if (where === undefined) return;
      const what = `counts only where ${parameter} is ${is.join(" or ")}`;
      const but = found === undefined ? "which it never is" : `and ${parameter} is ${found}`;
      const fix = `let ${parameter} choose it, as in "${parameter}: [${[found, is[0]].filter((one) => one !== undefined).join(", ")}]", or leave it out`;
      throw new UsageError(where, `${what}, ${but}: it would never count`, fix);
    });
  } catch (error) {
    if (!(error instanceof UsageError) || !places.has(error.where)) throw error;
    throw new UsageError(places.get(error.where)!, error.what, error.fix, error.exitCode);
  }
}
