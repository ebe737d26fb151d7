import { type Choice, checkOptions, choose, chosen, UsageError } from "../core/index.ts";
import {
  type AugmentationChoice,
  checkTargets,
  checkWeights,
  mixes,
  type Source,
  settleAugment,
} from "../data/index.ts";
import { type LossChoice, losses } from "../losses/index.ts";
import { linear, type Model, mlp, models } from "../models/index.ts";
import { optimizers } from "../optimizers/index.ts";
import { type Fit, fits } from "../preprocess/index.ts";
import { regularizers as catalogue, type RegularizerChoice } from "../regularizers/index.ts";
import { schedules } from "../schedules/index.ts";
import { solvers } from "../solvers/index.ts";
import { isSolver, refuseUnfit, refuseUnsolvable, ways } from "../train/index.ts";
import { type Balance, balances, DEFAULT_SIZE, defaults, type Settings, type TrainOptions } from "./options.ts";
import { unknownShare } from "./unknown.ts";

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
  depth: true,
  model: true,
  loss: true,
  regularizer: true,
  optimizer: true,
  epochs: true,
  steps: true,
  time: true,
  patience: true,
  checkpointSeconds: true,
  batchSize: true,
  accumulate: true,
  warmUp: true,
  classWeights: true,
  balance: true,
  clipNorm: true,
  clipValue: true,
  averageWeights: true,
  augment: true,
  size: true,
  channels: true,
  fit: true,
  split: true,
  groupBy: true,
  unknown: true,
  seed: true,
  device: true,
  threads: true,
  cache: true,
  pictureMemory: true,
  folder: true,
  command: true,
  report: true,
  records: true,
  onEvent: true,
  signal: true,
};

/**
 * Pictures in one step unless said: small sets get small batches, since what they lack is steps (64-pixel photographs of
 * hands, 2,062 of them, cnn, 10 epochs: 0.97 with batches of 32, 0.95 with 64, medians of three seeds).
 */
export const autoBatchSize = (pictures: number) => (pictures < 6000 ? 32 : 64);

/** Weights and targets that the data brings, and the classes' weights, held against the data. */
function checkImportance(
  { name, paths, classes, weights, targets }: Source,
  options: TrainOptions,
  loss: string,
): void {
  const { classWeights } = options;
  if (classWeights !== undefined) {
    checkWeights("class weights", classWeights, classes.length, `classes (${classes.join(", ")})`);
  }
  if (weights !== undefined) checkWeights(`${name}, weights`, weights, paths.length, "pictures");
  if (targets === undefined) return;
  checkTargets(`${name}, targets`, targets, paths.length, classes.length);
  refuseUnfit(loss);
}

/** @throws UsageError where something else says how much the classes count, or nothing is drawn */
function balanceOf({ balance = "none", classWeights }: TrainOptions, solver: string | undefined): Balance {
  choose("balance", balances, balance);
  if (balance === "weights" && classWeights !== undefined) {
    throw new UsageError("balance", "is weights, and class weights are given, too", "leave one of them out");
  }
  if (balance === "sample" && solver !== undefined) {
    throw new UsageError("balance", `is sample, but ${solver} draws no pictures`, "balance by weights");
  }
  return balance;
}

/** @throws UsageError for an empty text */
function textOr(name: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (typeof text === "string" && text.trim() !== "") return text;
  throw new UsageError(name, "is empty", "write something, or leave it out");
}

/** @throws UsageError for an unknown augmentation, for a solver, and for a loss that cannot take what mixing makes of classes */
function augmentOf({ augment = "none" }: TrainOptions, solver: string | undefined, loss: string): AugmentationChoice[] {
  const choices = settleAugment(augment);
  if (solver !== undefined && choices.length > 0) {
    const fix = "leave it out, or choose an optimizer, such as adam";
    throw new UsageError("augment", `${solver} solves for the pictures as they are, once and for all`, fix);
  }
  if (mixes(choices)) refuseUnfit(loss, "mixup and cutmix make it a distribution over the classes");
  return choices;
}

/** @throws UsageError unless it is 0, or above 0 and over before the run is */
function warmUpWithin(epochs: number | null, warmUp: number): number {
  positive("warm-up", warmUp, true);
  if (epochs === null || warmUp < epochs) return warmUp;
  throw new UsageError("warm-up", `takes ${warmUp} of ${epochs} epochs`, "give fewer epochs than the run has");
}

/** @throws UsageError where each step sees all pictures anyway */
function accumulation(optimizer: string, batches: number): number {
  wholeNumber("accumulate", batches, 1);
  if (batches > 1 && (isSolver(optimizer) || choose("optimizer", optimizers, optimizer).fullBatch)) {
    throw new UsageError(
      "accumulate",
      `is ${batches}, but ${optimizer} sees all pictures in each step`,
      "leave it out",
    );
  }
  return batches;
}

/**
 * How long the run is.
 * @throws UsageError where it is said twice
 */
function lengthOf({ epochs, steps, time }: TrainOptions): Pick<Settings, "epochs" | "steps" | "time"> {
  const said = Object.entries({ epochs, steps, time }).filter(([, value]) => value !== undefined);
  if (said.length > 1) {
    const [[first, a], [second, b]] = said as [[string, number], [string, number]];
    throw new UsageError(
      second,
      `is ${b}, and ${first} is ${a}: both say how long the run is`,
      "leave one of them out",
    );
  }
  return {
    epochs: steps === undefined && time === undefined ? wholeNumber("epochs", epochs ?? defaults.epochs, 1) : null,
    steps: steps === undefined ? null : wholeNumber("steps", steps, 1),
    time: time === undefined ? null : positive("time", time),
  };
}

/** The dual has no other form than one that holds the bias like a weight. */
const withBiases = (regularizer: RegularizerChoice): RegularizerChoice => ({
  ...regularizer,
  options: { ...regularizer.options, biases: true },
});

function channelsOf(channels: "auto" | 1 | 3): "auto" | 1 | 3 {
  if (["auto", 1, 3].includes(channels)) return channels;
  throw new UsageError("channels", `is ${channels}`, "give 1 for grey, 3 for colour, or auto");
}

function share(name: string, value: number): number {
  if (value > 0 && value < 1) return value;
  throw new UsageError(name, `is ${value}`, "give a number above 0 and below 1, such as 0.999");
}

/**
 * What only pictures have, refused for data that are numbers. What a configuration says by default passes.
 * @throws UsageError
 */
function refusePictures(name: string, unit: Model, { augment, size, channels, fit }: TrainOptions): void {
  if (unit.picturesOnly) {
    const fitting = Object.values(models).flatMap((one) => (one.picturesOnly ? [] : [one.name]));
    const what = `it needs pictures, and ${name} holds numbers`;
    throw new UsageError(`model ${unit.name}`, what, `choose ${fitting.join(" or ")}`);
  }
  const given = {
    augment: augment !== undefined && settleAugment(augment).length > 0,
    size: size !== undefined,
    channels: channels !== undefined && channels !== "auto",
    fit: fit !== undefined && fit !== "letterbox",
  };
  const [option] = Object.entries(given).find(([, said]) => said) ?? [];
  if (option === undefined) return;
  throw new UsageError(option, `it is for pictures, and ${name} holds numbers`, "leave it out");
}

/** The model of a run that names none. */
export function usualModel({ optimizer = defaults.optimizer }: Pick<TrainOptions, "optimizer">, numbers: boolean) {
  if (isSolver(optimizer.name)) return linear();
  return numbers ? mlp() : defaults.model;
}

/** The loss of a run that names none. */
export function usualLoss({ optimizer = defaults.optimizer }: Pick<TrainOptions, "optimizer">): LossChoice {
  if (!isSolver(optimizer.name)) return defaults.loss;
  return chosen("loss", choose("loss", losses, solvers[optimizer.name].usual));
}

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
  const solver = isSolver(optimizer.name) ? solvers[optimizer.name] : undefined;
  const model = options.model ?? usualModel(options, source.numbers !== undefined);
  const loss = options.loss ?? usualLoss(options);
  const unit = choose("model", models, model.name);
  if (source.numbers) refusePictures(source.name, unit, options);
  checkOptions("model", unit, model.options);
  checkOptions("loss", choose("loss", losses, loss.name), loss.options);
  checkOptions("optimizer", choose("optimizer", ways, optimizer.name), optimizerOptions);
  if (schedule) {
    const { name, options: own } = schedule as Choice<"schedule">;
    checkOptions("schedule", choose("schedule", schedules, name), own);
  }
  if (solver) refuseUnsolvable({ optimizer, model, loss, regularizers });
  checkImportance(source, options, loss.name);
  const length = lengthOf(options);
  const { classWeights, clipNorm, clipValue, averageWeights } = options;
  return {
    data: source.name,
    depth: options.depth === undefined ? null : wholeNumber("depth", options.depth, 1),
    model: unit.settle ? { ...model, options: { ...unit.settle(model.options, picture) } } : model,
    loss,
    regularizers: regularizers
      .filter((regularizer) => regularizer.options.strength !== 0)
      .map((regularizer) => (solver?.needsL2 ? withBiases(regularizer) : regularizer)),
    optimizer,
    schedule: (schedule as Choice<"schedule"> | undefined) ?? defaults.schedule,
    ...length,
    patience: options.patience === undefined ? null : wholeNumber("patience", options.patience, 1),
    checkpointSeconds: positive("checkpoint seconds", options.checkpointSeconds ?? defaults.checkpointSeconds),
    batchSize: wholeNumber("batch size", options.batchSize ?? autoBatchSize(source.paths.length), 1),
    accumulate: accumulation(optimizer.name, options.accumulate ?? 1),
    warmUp: warmUpWithin(length.epochs, options.warmUp ?? 0),
    classWeights: classWeights === undefined ? null : [...classWeights],
    balance: balanceOf(options, solver && optimizer.name),
    clipNorm: clipNorm === undefined ? null : positive("clip norm", clipNorm),
    clipValue: clipValue === undefined ? null : positive("clip value", clipValue),
    averageWeights: averageWeights === undefined ? null : share("average weights", averageWeights),
    augment: augmentOf(options, solver && optimizer.name, loss.name),
    size,
    channels: channelsOf(options.channels ?? "auto"),
    fit: choose("fit", fits as Readonly<Record<string, Fit>>, options.fit ?? "letterbox"),
    split: textOr("split", options.split),
    groupBy: textOr("group by", options.groupBy),
    unknown: options.unknown === undefined ? null : unknownShare(options.unknown),
    seed: wholeNumber("seed", options.seed ?? defaults.seed, 0),
    device: options.device ?? "auto",
    threads: options.threads === undefined ? null : wholeNumber("threads", options.threads, 1),
    cache: options.cache ?? null,
    pictureMemory: options.pictureMemory === undefined ? null : positive("picture memory", options.pictureMemory),
  };
}
