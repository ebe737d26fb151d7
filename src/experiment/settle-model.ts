/** `auto()` as a model: what it means for the data of a run. */
import type { Source } from "../data/index.ts";
import { linear, type ModelChoice } from "../models/index.ts";
import { isSolver } from "../train/index.ts";
import { type ChosenModel, chooseModel } from "./choose-model.ts";
import { DEFAULT_SIZE, type TrainOptions } from "./options.ts";
import type { DataFacts } from "./tune/index.ts";

/**
 * Leaves the model to the data: the deepest network whose ten epochs fit into `time`, or into half an hour where no time is said.
 *
 * @example
 * const run = await train({ data: "photos", model: auto(), time: 600 });
 * console.log(run.settings.model.name);
 */
export const auto = (): ModelChoice => ({ kind: "model", name: "auto", options: {} });

export const isAuto = (model: ModelChoice | undefined): boolean => model?.name === "auto";

/** What a source says of its data before any of them are decoded, as a run with these options sees them. */
export async function factsOfSource(
  source: Source,
  { size, channels = "auto" }: Pick<TrainOptions, "size" | "channels">,
): Promise<DataFacts> {
  const about = { classes: source.classes.length, pictures: source.paths.length };
  if (source.numbers) return { numbers: true, height: 1, width: source.numbers.features.length, channels: 1, ...about };
  const grey =
    channels === "auto" ? source.uniform?.channels === 1 || (await source.isGrey?.()) === true : channels === 1;
  const own = size === undefined ? source.uniform : undefined;
  const { height, width } = own ?? { height: size ?? DEFAULT_SIZE, width: size ?? DEFAULT_SIZE };
  return { numbers: false, height, width, channels: grey ? 1 : 3, ...about };
}

/** The model that `auto` means for a run. */
export async function chooseFor(
  source: Source,
  options: Pick<TrainOptions, "optimizer" | "size" | "channels" | "time">,
): Promise<ChosenModel> {
  const optimizer = options.optimizer?.name;
  if (optimizer !== undefined && isSolver(optimizer)) {
    return { model: linear(), why: `linear, since ${optimizer} solves for nothing else` };
  }
  return chooseModel(await factsOfSource(source, options), options.time);
}

/**
 * Options with a model in place of `auto`.
 * @returns `chosen`, where there was something to choose
 */
export async function withModel<
  Options extends Pick<TrainOptions, "model" | "optimizer" | "size" | "channels" | "time">,
>(source: Source, options: Options): Promise<{ options: Options; chosen?: ChosenModel }> {
  if (!isAuto(options.model)) return { options };
  const chosen = await chooseFor(source, options);
  return { options: { ...options, model: chosen.model }, chosen };
}
