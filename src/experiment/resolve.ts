import { type Choice, checkOptions, choose, UsageError } from "../core/index.ts";
import type { Source } from "../data/index.ts";
import { losses } from "../losses/index.ts";
import { models } from "../models/index.ts";
import { optimizers } from "../optimizers/index.ts";
import { regularizers as catalogue } from "../regularizers/index.ts";
import { schedules } from "../schedules/index.ts";
import { DEFAULT_SIZE, defaults, type Settings, type TrainOptions } from "./options.ts";

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new UsageError(name, `is ${value}`, `give a whole number, ${least} or more`);
}

function positive(name: string, value: number, orZero = false): number {
  if (Number.isFinite(value) && (value > 0 || (orZero && value === 0))) return value;
  throw new UsageError(name, `is ${value}`, `give a number above 0${orZero ? ", or 0" : ""}`);
}

/** Every option, so that a slip of the finger in a program without types is not passed over. */
const known: Readonly<Record<keyof TrainOptions, true>> = {
  data: true,
  model: true,
  loss: true,
  regularizer: true,
  optimizer: true,
  epochs: true,
  batchSize: true,
  size: true,
  seed: true,
  device: true,
  threads: true,
  folder: true,
  onEvent: true,
  signal: true,
};

/**
 * Pictures in one step unless said: small sets get small batches, since what they lack is steps (64-pixel photographs of
 * hands, 2,062 of them, cnn, 10 epochs: 0.97 with batches of 32, 0.95 with 64, medians of three seeds).
 */
const autoBatchSize = (pictures: number) => (pictures < 6000 ? 32 : 64);

/**
 * Fills in the defaults, some of which depend on the data, and checks the ranges of what was given.
 * @throws UsageError naming the option, its value and the range
 */
export function resolve(options: TrainOptions, source: Source): Settings {
  for (const name of Object.keys(options)) choose("train", known, name);
  const { schedule, ...optimizerOptions } = (options.optimizer ?? defaults.optimizer).options;
  const optimizer = { ...(options.optimizer ?? defaults.optimizer), options: optimizerOptions };
  if (optimizerOptions.learningRate !== undefined) positive("learning rate", optimizerOptions.learningRate as number);
  const regularizers = [options.regularizer ?? []].flat();
  for (const { name, options: own } of regularizers) {
    checkOptions("regularizer", choose("regularizer", catalogue, name), own);
  }
  const size = options.size === undefined ? null : wholeNumber("size", options.size, 4);
  const picture =
    size === null && source.uniform ? source.uniform : { height: size ?? DEFAULT_SIZE, width: size ?? DEFAULT_SIZE };
  const model = options.model ?? defaults.model;
  const loss = options.loss ?? defaults.loss;
  const unit = choose("model", models, model.name);
  checkOptions("model", unit, model.options);
  checkOptions("loss", choose("loss", losses, loss.name), loss.options);
  checkOptions("optimizer", choose("optimizer", optimizers, optimizer.name), optimizerOptions);
  if (schedule) {
    const { name, options: own } = schedule as Choice<"schedule">;
    checkOptions("schedule", choose("schedule", schedules, name), own);
  }
  return {
    data: source.name,
    model: unit.settle ? { ...model, options: { ...unit.settle(model.options, picture) } } : model,
    loss,
    regularizers: regularizers.filter((regularizer) => regularizer.options.strength !== 0),
    optimizer,
    schedule: (schedule as Choice<"schedule"> | undefined) ?? defaults.schedule,
    epochs: wholeNumber("epochs", options.epochs ?? defaults.epochs, 1),
    batchSize: wholeNumber("batch size", options.batchSize ?? autoBatchSize(source.paths.length), 1),
    size,
    seed: wholeNumber("seed", options.seed ?? defaults.seed, 0),
    device: options.device ?? "auto",
    threads: options.threads === undefined ? null : wholeNumber("threads", options.threads, 1),
  };
}
