import {
  balanceWeights,
  type ChannelStatistics,
  channelStatistics,
  type Dataset,
  exampleWeights,
  featureStatistics,
  type PixelRows,
} from "../data/index.ts";
import type { Device } from "../runtime/index.ts";
import { makePlan, type Plan, type Recipe } from "../train/index.ts";
import type { Settings } from "./options.ts";

/** A deviation below half a byte's step is a channel that never changes; dividing by it would only blow up noise. */
const SMALLEST_DEVIATION = 0.5 / 255;

/** A deviation below this share of the mean is what float32 makes of a feature that never changes. */
const SMALLEST_SHARE = 1e-7;

/** Deviations to divide by: 1 for a feature that never changes, which then is 0. */
const deviationsOf = ({ mean, standardDeviation }: ChannelStatistics) =>
  standardDeviation.map((value, k) => (value > SMALLEST_SHARE * Math.abs(mean[k]) ? value : 1));

/**
 * The network and what it learns by, with the numbers that the training data give it.
 * @param rows of the pictures
 */
export function recipeOf(settings: Settings, { pictures, split, classes }: Dataset, rows: PixelRows): Recipe {
  const measure = pictures.kind === "numbers" ? featureStatistics : channelStatistics;
  const statistics = measure(pictures, split.train, rows);
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

/**
 * All that a worker needs.
 * @param threads of the processor, where the settings do not say it
 * @param devices where it may be run; all of them unless said
 */
export function planOf(
  settings: Settings,
  recipe: Recipe,
  { pictures, split, apart }: Dataset,
  threads: number,
  devices?: readonly Device[],
): Plan {
  const { schedule, seed, epochs, steps, time, patience, checkpointSeconds, batchSize, device } = settings;
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
    ...(devices === undefined ? {} : { devices }),
    ...(balance === "sample" ? { balanced: true } : {}),
    ...(clipNorm === null ? {} : { clipNorm }),
    ...(clipValue === null ? {} : { clipValue }),
    ...(averageWeights === null ? {} : { averageWeights }),
    // Said, so that a run that is resumed on another machine sums in the same order.
    threads: settings.threads ?? threads,
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
