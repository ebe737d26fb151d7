import { sizeOf, UsageError } from "../../core/index.ts";
import { channelStatistics, type Dataset, exampleWeights, type Source } from "../../data/index.ts";
import { openSource } from "../../data/node/index.ts";
import { makePlan, network, type Plan, type Recipe, type TrainEvent } from "../../train/index.ts";
import { trainInWorker } from "../../train/node/index.ts";
import type { Run, Settings, TrainOptions } from "../options.ts";
import { resolve } from "../resolve.ts";
import { finish } from "./finish.ts";
import { Keeper } from "./keeper.ts";
import { loadDataset } from "./load-dataset.ts";
import { Reporter } from "./reporter.ts";
import { RunFolder } from "./run-folder.ts";
import { WriteQueue } from "./write-queue.ts";

/** A deviation below half a byte's step is a channel that never changes; dividing by it would only blow up noise. */
const SMALLEST_DEVIATION = 0.5 / 255;

/**
 * Trains a classifier on pictures, and tests it once on pictures that it has not seen.
 *
 * @example
 * const run = await train({ data: "builtin:shapes", model: cnn(), epochs: 5 });
 * console.log(run.test?.accuracy);
 *
 * @throws UsageError for data that cannot be used, an option out of range, a run folder that exists, a full disk, or a
 *   loss that stops being a number
 */
export async function train(options: TrainOptions): Promise<Run> {
  const emit = options.onEvent ?? (() => {});
  const source = typeof options.data === "string" ? await openSource(options.data) : options.data;
  const settings = resolve(options, source);
  const folder = options.folder === undefined ? undefined : await RunFolder.create(options.folder, settings);
  const writes = new WriteQueue();
  const report = new Reporter(emit, folder, writes);
  const { dataset, recipe, plan } = await prepare(source, settings, options, folder, report).catch(async (error) => {
    await writes.settled().catch(() => {});
    await folder?.discard();
    throw error;
  });
  const keeper = new Keeper(plan, folder, writes);
  await keeper.start();
  const started = performance.now();
  const worker = trainInWorker(
    plan,
    (event) => keeper.watch(event, report, { settings, recipe, folder: options.folder }),
    options.signal,
  );
  try {
    const last = await Promise.race([worker.ended, writes.failed]);
    await writes.settled();
    const seconds = (performance.now() - started) / 1000;
    if (last.type === "diverged") throw diverged(last, plan.learningRate, options.folder);
    const interrupted = last.type === "interrupted";
    return await finish({
      settings,
      recipe,
      dataset,
      keeper,
      worker,
      folder,
      seconds,
      interrupted,
      path: options.folder ?? null,
    });
  } catch (error) {
    if (!keeper.began) await folder?.discard();
    throw error;
  } finally {
    await worker.close();
  }
}

/** All that comes before the first step. */
async function prepare(
  source: Source,
  settings: Settings,
  options: TrainOptions,
  folder: RunFolder | undefined,
  report: Reporter,
) {
  const dataset = await loadDataset(source, settings, (event) => report.send(event), options.signal);
  const recipe = recipeOf(settings, dataset);
  refuseTooLarge(recipe);
  await folder?.writeSplit(dataset, settings.seed);
  report.data(dataset);
  return { dataset, recipe, plan: planOf(settings, recipe, dataset) };
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

function recipeOf(settings: Settings, { pictures, split, classes }: Dataset): Recipe {
  const { mean, standardDeviation } = channelStatistics(pictures, split.train);
  const { model, loss, regularizers, optimizer } = settings;
  const { height, width, channels } = pictures;
  const normalization = { mean, deviation: standardDeviation.map((value) => Math.max(value, SMALLEST_DEVIATION)) };
  return { model, loss, regularizers, optimizer, normalization, height, width, channels, classes: classes.length };
}

function planOf(settings: Settings, recipe: Recipe, { pictures, split }: Dataset): Plan {
  const { schedule, seed, epochs, batchSize, device, threads } = settings;
  const { accumulate, warmUp, classWeights, clipNorm, clipValue, averageWeights } = settings;
  const { pixels, labels, targets, height, width, channels } = pictures;
  const weights = exampleWeights(labels, pictures.weights, classWeights ?? undefined);
  return makePlan({
    recipe,
    schedule,
    seed,
    epochs,
    batchSize,
    accumulate,
    warmUp,
    device,
    ...(clipNorm === null ? {} : { clipNorm }),
    ...(clipValue === null ? {} : { clipValue }),
    ...(averageWeights === null ? {} : { averageWeights }),
    ...(threads === null ? {} : { threads }),
    pictures: {
      pixels,
      labels,
      ...(weights === undefined ? {} : { weights }),
      ...(targets === undefined ? {} : { targets }),
      height,
      width,
      channels,
    },
    train: split.train,
    validation: split.validation,
    test: split.test,
  });
}

function diverged(
  { epoch, step, learningRate, loss }: Extract<TrainEvent, { type: "diverged" }>,
  given: number,
  folder: string | undefined,
): UsageError {
  const kept = folder === undefined ? "" : `; the last good checkpoint is in ${folder}/checkpoints`;
  return new UsageError(
    `step ${step}`,
    `the loss became ${loss} in epoch ${epoch} at learning rate ${learningRate.toPrecision(3)}`,
    `try a tenth of the rate: --learning-rate ${Number((given / 10).toPrecision(2))}${kept}`,
    1,
  );
}
