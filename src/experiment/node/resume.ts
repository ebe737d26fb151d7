import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../core/index.ts";
import type { Dataset } from "../../data/index.ts";
import { type Plan, type Position, type StateValues, weightsOf } from "../../train/index.ts";
import type { Run, Settings, TrainOptions } from "../options.ts";
import { resolve } from "../resolve.ts";
import { type Checkpoint, fingerprintOf, readCheckpoint } from "./checkpoint-file.ts";
import { readConfig } from "./config-file.ts";
import { type Ending, finish } from "./finish.ts";
import { firstBatchPng } from "./first-batch.ts";
import { prepare } from "./prepare.ts";
import { Reporter } from "./reporter.ts";
import { RunFolder, readPositions } from "./run-folder.ts";
import { openData, runPlan } from "./train.ts";
import { WriteQueue } from "./write-queue.ts";

/** What may be said anew of a run that goes on; everything else is as its `config.yaml` says. */
export interface ResumeOptions
  extends Pick<
    TrainOptions,
    "epochs" | "steps" | "time" | "patience" | "cache" | "command" | "report" | "records" | "onEvent" | "signal"
  > {
  /** Where the data is now, or an opened source; where the configuration says, unless said. */
  readonly data?: TrainOptions["data"];
}

/**
 * Goes on with a run that was interrupted, killed, or is to be longer, from its last checkpoint. With the same length it ends
 * bit for bit where the undisturbed run would have ended, on the same kind of processor. A longer one (`epochs`) goes on by
 * the schedule of the longer run.
 *
 * @param folder of the run
 * @example
 * const run = await resume("runs/photos-cnn", { epochs: 40 });
 *
 * @throws UsageError when the folder is not that of a training, the data has changed, or the run is already longer than asked
 */
export async function resume(folder: string, options: ResumeOptions = {}): Promise<Run> {
  return (await resumeOn(folder, options, finish)).run;
}

/**
 * The rest of a training.
 * @param finishing judges it
 * @param given data that is loaded and split already
 */
export async function resumeOn<T>(
  folder: string,
  options: ResumeOptions,
  finishing: (ending: Ending) => Promise<T>,
  given?: Dataset,
): Promise<T> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new UsageError(folder, "there is no such run folder", "give runs/<name>");
  const checkpoint = await readCheckpoint(folder);
  const all = await optionsOf(folder, options, checkpoint);
  const source = await openData(all);
  const settings = resolve(all, source);
  const writes = new WriteQueue();
  const emit = options.onEvent ?? (() => {});
  // What is said of the data stands in the folder already.
  const prepared = await prepare(source, settings, all, undefined, new Reporter(emit, undefined, writes), given);
  const { dataset, recipe } = prepared;
  if (checkpoint !== undefined && fingerprintOf(dataset, recipe) !== checkpoint.fingerprint) {
    throw new UsageError(
      settings.data,
      `its pictures are not those that ${folder} was trained on`,
      "bring back the pictures as they were, name where they are with --data, or train a new run",
      1,
    );
  }
  const { plan, from } = continued(prepared.plan, checkpoint, await readPositions(folder));
  refuseShorter(folder, settings, checkpoint);
  const runFolder = await RunFolder.reopen(folder, settings, from?.history ?? []);
  if (options.command !== undefined) await runFolder.appendCommand(options.command);
  if (from === undefined) {
    await runFolder.writeSplit(dataset, settings.seed);
    if (!source.numbers) await runFolder.writeFirstBatch(await firstBatchPng(plan));
  }
  const report = new Reporter(emit, runFolder, writes);
  const ready = { ...prepared, plan, settings, options: all, folder: runFolder, writes, report, from };
  return await runPlan(ready, finishing);
}

/** The options of the run, with what is said anew. */
async function optionsOf(
  folder: string,
  { epochs, steps, time, ...said }: ResumeOptions,
  checkpoint: Checkpoint | undefined,
): Promise<TrainOptions> {
  const config = await readConfig(join(folder, "config.yaml"));
  if (config.data === undefined) {
    throw new UsageError(join(folder, "config.yaml"), "names no data", "name it with --data");
  }
  const { epochs: _epochs, steps: _steps, time: _time, ...rest } = config;
  const anew = { epochs, steps, time };
  const length = Object.values(anew).some((value) => value !== undefined) ? anew : config;
  const given = Object.entries({ ...said, epochs: length.epochs, steps: length.steps, time: length.time });
  const known = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  const threads = checkpoint === undefined ? {} : { threads: checkpoint.threads };
  return { ...rest, ...known, ...threads, data: said.data ?? config.data, folder };
}

/** The plan from the checkpoint on. A run without a step behind it, and a solver's, begins anew. */
function continued(plan: Plan, checkpoint: Checkpoint | undefined, positions: readonly Position[]) {
  if (checkpoint === undefined) return { plan, from: undefined };
  const { standing, state, best, bestIsState, history } = checkpoint;
  if (standing === null) return { plan, from: undefined };
  const ended = history.map(({ trainLoss, validationLoss, validationAccuracy }) => ({
    trainLoss,
    validation: validationLoss === null ? null : { loss: validationLoss, accuracy: validationAccuracy! },
  }));
  const from: Checkpoint = {
    ...checkpoint,
    best: best && (bestIsState ? { ...best, weights: copied(weightsOf(plan, state)) } : best),
  };
  return { plan: { ...plan, initial: state, from: { standing, ended, positions } }, from };
}

/** The thread that trains takes over the state, and the best weights stay here. */
const copied = (weights: StateValues): StateValues =>
  Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, values.slice()]));

/** A run cannot be made shorter than it is. */
function refuseShorter(folder: string, { epochs, steps }: Settings, checkpoint: Checkpoint | undefined): void {
  if (checkpoint === undefined || checkpoint.standing === null) return;
  const { history, step } = checkpoint;
  const [unit, length, done] = epochs !== null ? ["epochs", epochs, history.length] : ["steps", steps ?? step, step];
  if (length >= done) return;
  throw new UsageError(unit, `is ${length}, but ${folder} has ${done} ${unit} behind it`, `give ${done} or more`);
}
