import { type Choice, choose, chosen, UsageError } from "../../core/index.ts";
import { type AugmentationChoice, augmentations, type PresetName } from "../../data/index.ts";
import { losses } from "../../losses/index.ts";
import { type Model, models } from "../../models/index.ts";
import { optimizers } from "../../optimizers/index.ts";
import { type RegularizerChoice, regularizers } from "../../regularizers/index.ts";
import { schedules } from "../../schedules/index.ts";
import type { Configuration } from "../../space/index.ts";
import type { TrainOptions } from "../options.ts";
import { chosenOf, presetOf, scheduleSaid, type Unit } from "./units.ts";

/** Options of a run that a search sets by their own names; of `zeroIsNone` 0 means that there is none. */
export const runOptions = ["batchSize", "accumulate", "warmUp", "balance"] as const;
export const zeroIsNone = ["clipNorm", "clipValue", "averageWeights"] as const;

type Units = Readonly<Record<string, Unit>>;

/** A configuration that is taken apart: what is never asked for is a mistake. */
class Values {
  readonly #values: Configuration;
  readonly #left: Set<string>;
  /** Names behind the dot, by what stands before it. */
  readonly #options = new Map<string, string[]>();

  constructor(values: Configuration) {
    this.#values = values;
    this.#left = new Set(Object.keys(values));
    for (const name of this.#left) {
      const dot = name.indexOf(".");
      if (dot < 0) continue;
      const unit = name.slice(0, dot);
      this.#options.set(unit, [...(this.#options.get(unit) ?? []), name.slice(dot + 1)]);
    }
  }

  take<T>(name: string): T | undefined {
    this.#left.delete(name);
    return this.#values[name] as T | undefined;
  }

  /**
   * The names of a unit's values. Units of two catalogues may have one name, such as a linear model and a linear schedule; only those
   * that read their values themselves know more names than their options.
   */
  #own(unit: Unit): string[] {
    const names = this.#options.get(unit.name) ?? [];
    return (unit as Partial<Model>).fromSpace ? names : names.filter((option) => Object.hasOwn(unit.defaults, option));
  }

  /** Whether a catalogue is named, or a unit of it. */
  names(kind: string, catalogue: Units): boolean {
    if (Object.hasOwn(this.#values, kind)) return true;
    for (const name of this.#options.keys()) {
      if (Object.hasOwn(catalogue, name) && this.#own(catalogue[name]).length > 0) return true;
    }
    return Object.keys(catalogue).some((name) => Object.hasOwn(this.#values, name));
  }

  /** The values of a unit, by its own names. */
  takeOf(unit: Unit): Configuration {
    const own = this.#own(unit).map((option) => [option, this.take(`${unit.name}.${option}`)]);
    return Object.fromEntries(own) as Configuration;
  }

  /** @throws UsageError for a name that means nothing here */
  refuseOthers(): void {
    for (const name of this.#left) throw new UsageError(name, "says nothing of this run", "leave it out");
  }
}

/** A unit with what it had before, unless another is chosen, and the values of a configuration. */
function unitWith<Kind extends string>(kind: Kind, catalogue: Units, values: Values, before: Choice): Choice<Kind> {
  const unit = choose(kind, catalogue, values.take<string>(kind) ?? before.name);
  const options = { ...unit.defaults, ...(unit.name === before.name ? before.options : {}) };
  const own = values.takeOf(unit);
  const { fromSpace } = unit as Partial<Model>;
  return chosen(kind, unit, fromSpace ? fromSpace(own, options) : { ...options, ...own });
}

/** Units that are switched on or off, or are there because a value of theirs is. */
function switched<Kind extends string>(
  kind: Kind,
  catalogue: Units,
  values: Values,
  before: readonly Choice<Kind>[],
): Choice<Kind>[] {
  const names = [...new Set([...before.map(({ name }) => name), ...Object.keys(catalogue)])];
  return names.flatMap((name) => {
    const unit = choose(kind, catalogue, name);
    const said = before.find((one) => one.name === name);
    const on = values.take<boolean>(name);
    const own = values.takeOf(unit);
    if (!(on ?? (said !== undefined || Object.keys(own).length > 0))) return [];
    return [chosen(kind, unit, { ...said?.options, ...own })];
  });
}

/** Another preset takes the place of the one before; augmentations that stand beside it stay. */
function augmentWith(values: Values, { augment = "none" }: TrainOptions): readonly (PresetName | AugmentationChoice)[] {
  const before = [augment].flat() as readonly (PresetName | AugmentationChoice)[];
  const named = before.filter((one) => typeof one === "string");
  const units = before.filter((one): one is AugmentationChoice => typeof one !== "string");
  const preset = values.take<PresetName>("augment");
  const spelled = named.length === 0 && presetOf({ augment }) !== undefined;
  const kept = preset !== undefined && spelled ? [] : units;
  return [...(preset === undefined ? named : [preset]), ...switched("augmentation", augmentations, values, kept)];
}

/**
 * The options of a run of one configuration: what the configuration names, and everything else as `options` has it.
 * @param configuration of a space of `defaultSpace` or of a space file, whose parameters are named like options of a run
 *   (`batchSize`), like the catalogues of which one unit is chosen (`optimizer`), like units that are there or not (`l2`,
 *   `flip`), and like a unit with its option (`adam.learningRate`)
 * @throws UsageError for a name that means nothing
 */
export function configurationToOptions(configuration: Configuration, options: TrainOptions): TrainOptions {
  const values = new Values(configuration);
  const result: { -readonly [Name in keyof TrainOptions]: TrainOptions[Name] | undefined } = { ...options };
  // Only what is named is touched; which model is usual depends on the data.
  if (values.names("model", models))
    result.model = unitWith("model", models, values, chosenOf("model", options, false));
  if (values.names("loss", losses)) result.loss = unitWith("loss", losses, values, chosenOf("loss", options, false));
  const scheduling = values.names("schedule", schedules);
  if (values.names("optimizer", optimizers) || scheduling) {
    const optimizer = unitWith("optimizer", optimizers, values, chosenOf("optimizer", options, false));
    const schedule = scheduling
      ? unitWith("schedule", schedules, values, chosenOf("schedule", options, false))
      : scheduleSaid(options);
    result.optimizer = schedule ? { ...optimizer, options: { ...optimizer.options, schedule } } : optimizer;
  }
  if (values.names("regularizer", regularizers)) {
    const before = [options.regularizer ?? []].flat() as readonly RegularizerChoice[];
    result.regularizer = switched("regularizer", regularizers, values, before);
  }
  if (values.names("augment", augmentations)) result.augment = augmentWith(values, options);
  for (const name of runOptions) {
    const value = values.take<never>(name);
    if (value !== undefined) result[name] = value;
  }
  for (const name of zeroIsNone) {
    const value = values.take<number>(name);
    if (value !== undefined) result[name] = value === 0 ? undefined : value;
  }
  values.refuseOthers();
  return Object.fromEntries(
    Object.entries(result).filter(([, value]) => value !== undefined),
  ) as unknown as TrainOptions;
}
