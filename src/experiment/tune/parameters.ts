/** Every parameter that a search may choose: all catalogues, and the options of a run that belong to no unit. */
import { checkOptions, UsageError } from "../../core/index.ts";
import { presets } from "../../data/index.ts";
import { losses } from "../../losses/index.ts";
import type { Model } from "../../models/index.ts";
import { optimizers } from "../../optimizers/index.ts";
import { type Configuration, choice, float, logInt, type Parameter, type ParameterValue } from "../../space/index.ts";
import { balances, defaults, type TrainOptions } from "../options.ts";
import { autoBatchSize } from "../resolve.ts";
import type { DataFacts } from "./facts.ts";
import {
  chosenOf,
  type Kind,
  presetOf,
  type SwitchKind,
  scheduleSaid,
  solverOf,
  spaceOf,
  switchesOf,
  type Unit,
  unitsOf,
  valuesOf,
} from "./units.ts";

/** A parameter that a search may choose. */
export interface Known {
  /** What people choose from; absent where a unit recommends nothing. Its condition names a parameter that is known, too. */
  readonly range?: Parameter;
  /** The condition that holds whatever it is chosen from. */
  readonly when?: Parameter["when"];
  /** What a run has unless told otherwise; absent where that is no number, word or yes or no. */
  readonly usual?: ParameterValue;
  /**
   * Of which unit of a catalogue a run has; whether it has a unit; an option of a unit, or a part of one that is a list; or an option
   * of the run itself.
   */
  readonly role: "catalogue" | "switch" | "option" | "part" | "run";
  /** A search begins with it, where its unit takes part. */
  readonly first: boolean;
  /** From what it chooses then, where that is less than `range`. */
  readonly firstRange?: Parameter;
  /** @throws UsageError for a value that makes no sense */
  check(value: ParameterValue): void;
}

export type KnownParameters = Readonly<Record<string, Known>>;

export const kinds: readonly Kind[] = ["model", "loss", "optimizer", "schedule"];
const switchKinds: readonly SwitchKind[] = ["regularizer", "augmentation"];

/** All of them, by name, for a run of these options on such data. */
export function knownParameters(options: TrainOptions, facts: DataFacts): KnownParameters {
  return Object.fromEntries([
    ...kinds.flatMap((kind) => ofKind(kind, options, facts)),
    ...switchKinds.flatMap((kind) => ofSwitches(kind, options, facts)),
    ...Object.entries(ofRun(options, facts)),
  ]);
}

type Entry = readonly [string, Known];

/** One of several values, and nothing else. */
function oneOf(name: string, values: readonly ParameterValue[]): Known["check"] {
  return (value) => {
    if (!values.includes(value)) {
      throw new UsageError(name, `is ${JSON.stringify(value)}`, `give ${values.join(" or ")}`);
    }
  };
}

function ofKind(kind: Kind, options: TrainOptions, facts: DataFacts): Entry[] {
  const units = unitsOf(kind, options, facts);
  const names = Object.keys(units);
  if (names.length === 0) return [];
  const { name: usual, options: said } = chosenOf(kind, options, facts.numbers);
  const known: Known = { range: choice(...names), usual, role: "catalogue", first: false, check: oneOf(kind, names) };
  return [
    [kind, known],
    ...names.flatMap((name) => ofUnit(kind, units[name], name === usual ? said : {}, { kind, is: name }, facts)),
  ];
}

function ofSwitches(kind: SwitchKind, options: TrainOptions, facts: DataFacts): Entry[] {
  const said = (kind === "regularizer" ? [options.regularizer ?? []].flat() : [options.augment ?? []].flat()).filter(
    (one) => typeof one !== "string",
  );
  return Object.values(switchesOf(kind, options, facts)).flatMap((unit): Entry[] => {
    const own = said.find(({ name }) => name === unit.name);
    const mixes = (unit as { readonly stage?: string }).stage === "mix";
    const soft = Object.values(losses).flatMap(({ name, perTarget }) => (perTarget ? [name] : []));
    const when = mixes ? { when: { parameter: "loss", is: soft } } : {};
    const known: Known = {
      range: { ...choice(false, true), ...when },
      ...when,
      usual: own !== undefined,
      role: "switch",
      first: false,
      check: oneOf(unit.name, [false, true]),
    };
    return [[unit.name, known], ...ofUnit(kind, unit, own?.options ?? {}, { kind: unit.name, is: true }, facts)];
  });
}

/** The options of a unit, and the names that it has for the parts of a list. */
function ofUnit(
  kind: string,
  unit: Unit,
  given: object,
  chosen: { readonly kind: string; readonly is: ParameterValue },
  facts: DataFacts,
): Entry[] {
  const space = spaceOf(unit, facts);
  const values = valuesOf(unit, given, facts);
  const names = [...new Set([...Object.keys(space), ...Object.keys(values)])];
  return names.map((own): Entry => {
    const inner = space[own]?.when;
    const when = inner
      ? { parameter: `${unit.name}.${inner.parameter}`, is: inner.is }
      : { parameter: chosen.kind, is: [chosen.is] };
    const name = `${unit.name}.${own}`;
    const few = (unit as Partial<Model>).firstChoices?.[own];
    const check = (value: ParameterValue) => checkValue(kind, unit, name, own, value);
    return [
      name,
      {
        ...(space[own] === undefined ? {} : { range: { ...space[own], when } }),
        ...(few === undefined ? {} : { firstRange: { ...choice(...few), when } }),
        when,
        ...(values[own] === undefined ? {} : { usual: values[own] }),
        role: Object.hasOwn(unit.defaults, own) ? "option" : "part",
        first: space[own] !== undefined && (unit.searchFirst?.includes(own) ?? true),
        check,
      },
    ];
  });
}

/** @throws UsageError for a value that is no option's, or makes no option of a list */
function checkValue(kind: string, unit: Unit, name: string, own: string, value: ParameterValue): void {
  if (Object.hasOwn(unit.defaults, own)) {
    checkOptions(kind, unit, { [own]: value });
    return;
  }
  const { fromSpace, toSpace } = unit as Partial<Model>;
  if (!Number.isInteger(value) || (value as number) < 1) {
    throw new UsageError(name, `is ${JSON.stringify(value)}`, "give whole numbers, 1 or more");
  }
  const usual = toSpace?.(unit.defaults) ?? {};
  checkOptions(kind, unit, { ...fromSpace?.({ ...usual, [own]: value }, unit.defaults) });
}

/** Numbers above a least one. */
function atLeast(name: string, least: number, whole: boolean): Known["check"] {
  return (value) => {
    if (typeof value === "number" && value >= least && (!whole || Number.isInteger(value))) return;
    const what = `${whole ? "whole numbers" : "numbers"}, ${least} or more`;
    throw new UsageError(name, `is ${JSON.stringify(value)}`, `give ${what}`);
  };
}

const share = (value: ParameterValue) => {
  if (typeof value === "number" && value >= 0 && value < 1) return;
  throw new UsageError("averageWeights", `is ${JSON.stringify(value)}`, "give 0 for none, or shares such as 0.999");
};

/** What belongs to no unit. */
function ofRun(options: TrainOptions, facts: DataFacts): Record<string, Known> {
  const solver = solverOf(options);
  const ways = [balances.none, ...(options.classWeights ? [] : [balances.weights]), balances.sample].filter(
    (way) => !(solver && way === balances.sample),
  );
  const balance: Known = {
    range: choice(...ways),
    usual: options.balance ?? balances.none,
    role: "run",
    first: false,
    check: oneOf("balance", ways),
  };
  if (solver) return { balance };
  const usualSize = options.batchSize ?? autoBatchSize(facts.pictures);
  const auto = autoBatchSize(facts.pictures);
  // Two thousand steps an epoch at most: smaller batches take long. Larger ones want more epochs, and none is half of a small set.
  const smallest = Math.min(auto / 2, Math.max(8, 2 ** Math.ceil(Math.log2(facts.pictures / 2000))));
  const largest = Math.max(auto, Math.min(4 * auto, Math.floor(facts.pictures / 8)));
  const stepwise = Object.values(optimizers).flatMap(({ name, fullBatch }) => (fullBatch ? [] : [name]));
  const when = { parameter: "optimizer", is: stepwise };
  const epochs = options.epochs ?? (options.steps || options.time ? 4 : defaults.epochs);
  return {
    balance,
    batchSize: {
      range: { ...logInt(smallest, largest), when },
      when,
      usual: usualSize,
      role: "run",
      first: true,
      check: atLeast("batchSize", 1, true),
    },
    accumulate: {
      range: { ...choice(1, 2, 4), when },
      when,
      usual: options.accumulate ?? 1,
      role: "run",
      first: false,
      check: atLeast("accumulate", 1, true),
    },
    // A quarter of the run at most.
    warmUp: {
      range: float(0, Math.min(3, epochs / 4)),
      usual: options.warmUp ?? 0,
      role: "run",
      first: false,
      check: atLeast("warmUp", 0, false),
    },
    clipNorm: {
      range: choice(0, 1, 5),
      usual: options.clipNorm ?? 0,
      role: "run",
      first: false,
      check: atLeast("clipNorm", 0, false),
    },
    clipValue: {
      range: choice(0, 0.1, 1),
      usual: options.clipValue ?? 0,
      role: "run",
      first: false,
      check: atLeast("clipValue", 0, false),
    },
    averageWeights: {
      range: choice(0, 0.99, 0.999),
      usual: options.averageWeights ?? 0,
      role: "run",
      first: false,
      check: share,
    },
    ...(facts.numbers
      ? {}
      : {
          augment: {
            range: choice(...Object.keys(presets)),
            usual: presetOf(options) ?? "none",
            role: "run",
            first: true,
            check: oneOf("augment", Object.keys(presets)),
          },
        }),
  };
}

/** The parameters that the user has fixed by saying them: a unit's name, and each option that is not its default. */
export function saidIn(options: TrainOptions, facts: DataFacts): Set<string> {
  const said = new Set<string>();
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const addUnit = (unit: Unit, given: Readonly<Record<string, unknown>>) => {
    for (const [option, value] of Object.entries(given)) {
      if (!Object.hasOwn(unit.defaults, option)) continue;
      if (same(value, (unit.defaults as Readonly<Record<string, unknown>>)[option])) continue;
      for (const name of partsOf(unit, option, facts)) said.add(name);
    }
  };
  for (const kind of kinds) {
    const given = kind === "schedule" ? scheduleSaid(options) : options[kind];
    if (given === undefined) continue;
    // An optimizer with nothing but a schedule says that schedule, whatever the optimizer.
    if (kind === "optimizer" && Object.keys(given.options).join() === "schedule") continue;
    said.add(kind);
    const unit = unitsOf(kind, options, facts)[given.name];
    if (unit !== undefined) addUnit(unit, given.options);
  }
  // A penalty comes with its strength: whoever names it has said how much.
  for (const one of [options.regularizer ?? []].flat()) {
    said.add(one.name);
    for (const option of Object.keys(one.options)) said.add(`${one.name}.${option}`);
  }
  if (options.augment !== undefined) {
    said.add("augment");
    for (const unit of Object.values(switchesOf("augmentation", options, facts))) said.add(unit.name);
  }
  for (const name of Object.keys(ofRun(options, facts))) {
    if (options[name as keyof TrainOptions] !== undefined) said.add(name);
  }
  return said;
}

/** The parameters that an option is chosen by: itself, or what its unit makes of a list. */
export function partsOf(unit: Unit, option: string, facts: DataFacts): string[] {
  const space = spaceOf(unit, facts);
  const own = Object.keys(space).filter((name) => !Object.hasOwn(unit.defaults, name));
  const list = typeof (unit.defaults as Readonly<Record<string, unknown>>)[option] === "object";
  const auto = (unit.defaults as Readonly<Record<string, unknown>>)[option] === "auto";
  return (list || auto ? own : [option]).map((name) => `${unit.name}.${name}`);
}

/** What a run has of every parameter unless a search says otherwise. */
export function usualConfiguration(known: KnownParameters): Configuration {
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, { usual }]) => (usual === undefined ? [] : [[name, usual]])),
  ) as Configuration;
}
