import { type Choice, UsageError } from "../core/index.ts";
import { defaults, type Settings, type TrainOptions } from "./options.ts";

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new UsageError(name, `is ${value}`, `give a whole number, ${least} or more`);
}

function positive(name: string, value: number, orZero = false): number {
  if (Number.isFinite(value) && (value > 0 || (orZero && value === 0))) return value;
  throw new UsageError(name, `is ${value}`, `give a number above 0${orZero ? ", or 0" : ""}`);
}

/**
 * Fills in the defaults and checks the ranges of what was given.
 * @throws UsageError naming the option, its value and the range
 */
export function resolve(options: TrainOptions): Settings {
  const { schedule, ...optimizerOptions } = (options.optimizer ?? defaults.optimizer).options;
  const optimizer = { ...(options.optimizer ?? defaults.optimizer), options: optimizerOptions };
  if (optimizerOptions.learningRate !== undefined) positive("learning rate", optimizerOptions.learningRate as number);
  const regularizers = [options.regularizer ?? []].flat();
  for (const { name, options: own } of regularizers) positive(name, own.strength as number, true);
  return {
    data: typeof options.data === "string" ? options.data : options.data.name,
    model: options.model ?? defaults.model,
    loss: options.loss ?? defaults.loss,
    regularizers: regularizers.filter((regularizer) => regularizer.options.strength !== 0),
    optimizer,
    schedule: (schedule as Choice<"schedule"> | undefined) ?? defaults.schedule,
    epochs: wholeNumber("epochs", options.epochs ?? defaults.epochs, 1),
    batchSize: wholeNumber("batch size", options.batchSize ?? defaults.batchSize, 1),
    size: options.size === undefined ? null : wholeNumber("size", options.size, 4),
    seed: wholeNumber("seed", options.seed ?? defaults.seed, 0),
    device: options.device ?? "auto",
    threads: options.threads === undefined ? null : wholeNumber("threads", options.threads, 1),
  };
}
