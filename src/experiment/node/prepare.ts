import { availableParallelism } from "node:os";
import { sizeOf, UsageError } from "../../core/index.ts";
import {
  balanceWeights,
  type ChannelStatistics,
  channelStatistics,
  type Dataset,
  exampleWeights,
  featureStatistics,
  type Pictures,
  type Source,
} from "../../data/index.ts";
import { openRows } from "../../data/node/index.ts";
import { makePlan, network, type Plan, type Recipe } from "../../train/index.ts";
import type { Settings, TrainOptions } from "../options.ts";
import { loadDataset } from "./load-dataset.ts";
import type { Reporter } from "./reporter.ts";
import type { RunFolder } from "./run-folder.ts";

/** A deviation below half a byte's step is a channel that never changes; dividing by it would only blow up noise. */
const SMALLEST_DEVIATION = 0.5 / 255;

/**
 * All that comes before the first step.
 * @param given data that is loaded and split already
 */
export async function prepare(
  source: Source,
  settings: Settings,
  options: TrainOptions,
  folder: RunFolder | undefined,
  report: Reporter,
  given?: Dataset,
) {
  const dataset = given ?? (await loadDataset(source, settings, (event) => report.send(event), options.signal));
  refuseUncalibrated(settings, dataset);
  const recipe = recipeOf(settings, dataset);
  refuseTooLarge(recipe);
  await folder?.writeSplit(dataset, settings.seed);
  report.data(dataset);
  return { dataset, recipe, plan: planOf(settings, recipe, dataset) };
}

/** @throws UsageError where there is nothing to calibrate the threshold of "unknown" on; better said now than after hours */
function refuseUncalibrated({ unknown, data }: Settings, { split }: Dataset): void {
  if (unknown === null || split.validation.length > 0) return;
  const what = `its threshold is chosen on validation pictures, and ${data} has none`;
  throw new UsageError("unknown", what, "put some pictures into a validation split, or leave it out", 1);
}

/** A model file is one protobuf message, which cannot be longer; better said now than after hours of training. */
const LARGEST_MODEL_BYTES = 2 ** 31;

function refuseTooLarge(recipe: Recipe): void {
  const weights = network(recipe, 1).parameters.reduce((total, { shape }) => total + sizeOf(shape), 0);
  if (4 * weights < LARGEST_MODEL_BYTES) return;
  throw new UsageError(
    `model ${recipe.model.name}`,
    `it has ${weights} weights of 4 bytes, and a model file holds less than 2 GiB`,
    "choose smaller layers, or smaller pictures with --size",
  );
}

/** A deviation below this share of the mean is what float32 makes of a feature that never changes. */
const SMALLEST_SHARE = 1e-7;

/** Deviations to divide by: 1 for a feature that never changes, which then is 0. */
const deviationsOf = ({ mean, standardDeviation }: ChannelStatistics) =>
  standardDeviation.map((value, k) => (value > SMALLEST_SHARE * Math.abs(mean[k]) ? value : 1));

function statisticsOf(pictures: Pictures, train: Int32Array): ChannelStatistics {
  const rows = openRows(pictures);
  try {
    return (pictures.kind === "numbers" ? featureStatistics : channelStatistics)(pictures, train, rows);
  } finally {
    rows.close();
  }
}

/** The network and what it learns by, with the numbers that the training data give it. */
export function recipeOf(settings: Settings, { pictures, split, classes }: Dataset): Recipe {
  const statistics = statisticsOf(pictures, split.train);
  const { mean, standardDeviation } = statistics;
  const { model, loss, regularizers, optimizer } = settings;
  const { kind, height, width, channels } = pictures;
  const deviation =
    kind === "numbers"
      ? deviationsOf(statistics)
      : standardDeviation.map((value) => Math.max(value, SMALLEST_DEVIATION));
  return {
    ...{ model, loss, regularizers, optimizer, normalization: { mean, deviation } },
    ...(kind ? { kind } : {}),
    ...{ height, width, channels, classes: classes.length },
  };
}

function planOf(settings: Settings, recipe: Recipe, { pictures, split, apart }: Dataset): Plan {
  const { schedule, seed, epochs, steps, time, patience, checkpointSeconds, batchSize, device, threads } = settings;
  const { accumulate, warmUp, balance, clipNorm, clipValue, averageWeights, augment } = settings;
  const { store, labels, targets, kind, height, width, channels } = pictures;
  const balancing = balance === "weights" ? balanceWeights(split.train, labels, recipe.classes) : undefined;
  const weights = exampleWeights(labels, pictures.weights, settings.classWeights ?? balancing);
  return makePlan({
    recipe,
    schedule,
    seed,
    epochs: epochs ?? 0,
    ...(steps === null ? {} : { maxSteps: steps }),
    ...(time === null ? {} : { seconds: time }),
    ...(patience === null ? {} : { patience }),
    checkpointSeconds,
    batchSize,
    accumulate,
    warmUp,
    augment,
    device,
    ...(balance === "sample" ? { balanced: true } : {}),
    ...(clipNorm === null ? {} : { clipNorm }),
    ...(clipValue === null ? {} : { clipValue }),
    ...(averageWeights === null ? {} : { averageWeights }),
    // Said, so that a run that is resumed on another machine sums in the same order.
    threads: threads ?? availableParallelism(),
    pictures: {
      store,
      labels,
      ...(weights === undefined ? {} : { weights }),
      ...(targets === undefined ? {} : { targets }),
      ...(kind ? { kind } : {}),
      height,
      width,
      channels,
    },
    train: split.train,
    validation: split.validation,
    test: split.test,
    ...(apart ? { apart } : {}),
  });
}
