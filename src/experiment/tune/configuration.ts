import { type Choice, choose, chosen, nearest, UsageError } from "../../core/index.ts";
import { type AugmentationChoice, augmentations, type PresetName } from "../../data/index.ts";
import { losses } from "../../losses/index.ts";
import { type Model, models } from "../../models/index.ts";
import { optimizers } from "../../optimizers/index.ts";
import { type RegularizerChoice, regularizers } from "../../regularizers/index.ts";
import { schedules } from "../../schedules/index.ts";
import type { Configuration } from "../../space/index.ts";
import type { TrainOptions } from "../options.ts";
import { chosenOf, scheduleSaid, type Unit } from "./units.ts";

/** Options of a run that a search sets by their own names; of `zeroIsNone` 0 means that there is none. */
export const runOptions = ["batchSize", "accumulate", "warmUp", "balance"] as const;
export const zeroIsNone = ["clipNorm", "clipValue", "averageWeights"] as const;

type Units = Readonly<Record<string, Unit>>;

const optionOf = (name: string) => name.slice(name.indexOf(".") + 1);

/**
 * Whether a parameter is of a unit. Units of two catalogues may have one name, such as a linear model and a linear schedule; only
 * those that read their values themselves know more names than their options.
 */
function isOf(unit: Unit, name: string): boolean {
  if (!name.startsWith(`${unit.name}.`)) return false;
  return (unit as Partial<Model>).fromSpace !== undefined || Object.hasOwn(unit.defaults, optionOf(name));
}

/** A configuration that is taken apart: what is never asked for is a mistake. */
class Values {
  readonly #values: Configuration;
  readonly #left: Set<string>;

  constructor(values: Configuration) {
    this.#values = values;
    this.#left = new Set(Object.keys(values));
  }

  take<T>(name: string): T | undefined {
    this.#left.delete(name);
    return this.#values[name] as T | undefined;
  }

  /** The values of a unit, by its own names. */
  takeOf(unit: Unit): Configuration {
    const own = Object.keys(this.#values).filter((name) => isOf(unit, name));
    return Object.fromEntries(own.map((name) => [optionOf(name), this.take(name)])) as Configuration;
  }

  /** @throws UsageError for a name that means nothing here */
  refuseOthers(): void {
    const [name] = this.#left;
    if (name === undefined) return;
    const near = nearest(
      name,
      Object.keys(this.#values).filter((one) => !this.#left.has(one)),
    );
    throw new UsageError(name, "says nothing of this run", near ? `did you mean ${near}?` : "leave it out");
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

function augmentWith(values: Values, { augment = "none" }: TrainOptions): readonly (PresetName | AugmentationChoice)[] {
  const before = [augment].flat() as readonly (PresetName | AugmentationChoice)[];
  const presets = before.filter((one) => typeof one === "string");
  const preset = values.take<PresetName>("augment");
  const units = before.filter((one): one is AugmentationChoice => typeof one !== "string");
  return [...(preset === undefined ? presets : [preset]), ...switched("augmentation", augmentations, values, units)];
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
  const named = (kind: string, catalogue: Units) =>
    Object.keys(configuration).some((name) => {
      const unit = catalogue[name.split(".", 1)[0]];
      return name === kind || (unit !== undefined && (name === unit.name || isOf(unit, name)));
    });
  const result: { -readonly [Name in keyof TrainOptions]: TrainOptions[Name] | undefined } = { ...options };
  // Only what is named is touched; which model is usual depends on the data.
  if (named("model", models)) result.model = unitWith("model", models, values, chosenOf("model", options, false));
  if (named("loss", losses)) result.loss = unitWith("loss", losses, values, chosenOf("loss", options, false));
  const scheduling = named("schedule", schedules);
  if (named("optimizer", optimizers) || scheduling) {
    const optimizer = unitWith("optimizer", optimizers, values, chosenOf("optimizer", options, false));
    const schedule = scheduling
      ? unitWith("schedule", schedules, values, chosenOf("schedule", options, false))
      : scheduleSaid(options);
    result.optimizer = schedule ? { ...optimizer, options: { ...optimizer.options, schedule } } : optimizer;
  }
  if (named("regularizer", regularizers)) {
    const before = [options.regularizer ?? []].flat() as readonly RegularizerChoice[];
    result.regularizer = switched("regularizer", regularizers, values, before);
  }
  if (named("augment", augmentations)) result.augment = augmentWith(values, options);
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
