import { UsageError } from "../../core/index.ts";
import type { Dataset, Source } from "../../data/index.ts";
import { isNumbers, openSource } from "../../data/node/index.ts";
import type { Plan, Recipe, TrainEvent } from "../../train/index.ts";
import { trainInWorker } from "../../train/node/index.ts";
import type { Run, Settings, TrainOptions } from "../options.ts";
import { resolve } from "../resolve.ts";
import { withModel } from "../settle-model.ts";
import { Alive } from "./alive.ts";
import { type Checkpoint, fingerprintOf } from "./checkpoint-file.ts";
import { type Ending, type Finished, finish } from "./finish.ts";
import { firstBatchPng } from "./first-batch.ts";
import { Keeper } from "./keeper.ts";
import { prepare } from "./prepare.ts";
import { EpochRecords } from "./records/index.ts";
import { Reporter } from "./reporter.ts";
import { RunFolder } from "./run-folder.ts";
import { WriteQueue } from "./write-queue.ts";

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
  return (await trainOn(await openData(options), options, finish)).run;
}

export async function openData({ data, depth }: Pick<TrainOptions, "data" | "depth">): Promise<Source> {
  return typeof data === "string" ? await openSource(data, { depth }) : data;
}

/** Whether data are numbers and no pictures, without reading all of them. */
export async function holdsNumbers(data: TrainOptions["data"]): Promise<boolean> {
  return typeof data === "string" ? await isNumbers(data) : data.numbers !== undefined;
}

/**
 * One training.
 * @param finishing judges it
 * @param given data that is loaded and split already
 */
export async function trainOn<T = Finished>(
  source: Source,
  asked: TrainOptions,
  finishing: (ending: Ending) => Promise<T>,
  given?: Dataset,
): Promise<T> {
  const { options, chosen } = await withModel(source, asked);
  const settings = resolve(options, source);
  const folder = options.folder === undefined ? undefined : await RunFolder.create(options.folder, settings);
  const writes = new WriteQueue();
  const report = new Reporter(options.onEvent ?? (() => {}), folder, writes);
  if (chosen) report.send({ type: "model", model: chosen.model.name, why: chosen.why });
  const prepared = await prepare(source, settings, options, folder, report, given).catch(async (error) => {
    await writes.settled().catch(() => {});
    await folder?.discard();
    throw error;
  });
  if (options.command !== undefined) await folder?.appendCommand(options.command);
  if (!source.numbers) await folder?.writeFirstBatch(await firstBatchPng(prepared.plan));
  return await runPlan({ ...prepared, settings, options, folder, writes, report, from: undefined }, finishing);
}

/** A plan that is ready to run, and everything that is told of it. */
interface ReadyPlan {
  readonly settings: Settings;
  readonly options: Pick<TrainOptions, "folder" | "report" | "records" | "signal">;
  readonly dataset: Dataset;
  readonly recipe: Recipe;
  readonly plan: Plan;
  readonly folder: RunFolder | undefined;
  readonly writes: WriteQueue;
  readonly report: Reporter;
  /** What an earlier part of the run has left. */
  readonly from: Checkpoint | undefined;
}

/** Trains as a plan says, keeps what is learned, and judges it. */
export async function runPlan<T>(ready: ReadyPlan, finishing: (ending: Ending) => Promise<T>): Promise<T> {
  const { settings, options, dataset, recipe, plan, folder, writes, report, from } = ready;
  const fingerprint = fingerprintOf(dataset, recipe);
  const records =
    folder === undefined || options.records === false
      ? undefined
      : await EpochRecords.open(folder.path, plan, recipe, from?.history.at(-1)?.epoch ?? (from && 0));
  const keeper = new Keeper({ plan, folder, records, writes, fingerprint, threads: plan.threads ?? 1, from });
  await keeper.start();
  const started = performance.now();
  const alive = folder && Alive.begin(folder.path);
  const worker = trainInWorker(
    plan,
    (event) => {
      if (event.type === "progress") alive?.tell(event);
      keeper.watch(event, report, { settings, recipe, folder: options.folder });
    },
    options.signal,
  );
  try {
    const last = await Promise.race([worker.ended, writes.failed]);
    await writes.settled();
    const seconds = (from?.standing?.seconds ?? 0) + (performance.now() - started) / 1000;
    if (last.type === "diverged") throw diverged(last, plan.learningRate, options.folder);
    const interrupted = last.type === "interrupted";
    return await finishing({
      settings,
      recipe,
      dataset,
      keeper,
      worker,
      folder,
      seconds,
      interrupted,
      path: options.folder ?? null,
      wantsReport: options.report ?? process.env.ARGMIN_REPORT !== "none",
      warn: (text) => {
        report.send({ type: "warning", text });
        return writes.settled();
      },
    });
  } catch (error) {
    await alive?.end();
    if (!keeper.began) await folder?.discard();
    throw error;
  } finally {
    await alive?.end();
    await worker.close();
  }
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
