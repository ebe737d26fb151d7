import { existsSync } from "node:fs";
import { join } from "node:path";
import { choose, UsageError } from "../../../core/index.ts";
import { parseAddress } from "../../../store/address.ts";
import { type Named, pruners, type Searched, samplers, type TrialRecord } from "../../../tune/index.ts";
import type { Run, TrainOptions } from "../../options.ts";
import {
  allows,
  defaultSpace,
  firstTrials,
  knownParameters,
  parseConstraint,
  parseObjectives,
  pruneBy,
  usualPruner,
} from "../../tune/index.ts";
import { readSpaceFile } from "../space-file.ts";
import { writeStudyPage } from "../write-study-page.ts";
import { finishTrial, retrain } from "./best.ts";
import { createStudy, type OpenStudy, openStudy, search, type TrialEvent, wantToRun } from "./search.ts";
import { TrialTrainer } from "./trainer.ts";

const USUAL_TRIALS = 50;

/** What a search is about. Options of a training hold for every trial and are not searched. */
export interface TuneOptions
  extends Omit<TrainOptions, "steps" | "time" | "folder" | "command" | "report" | "records" | "onEvent"> {
  readonly data: string;
  /** Of the study; it has to be new, unless `resume` is true. */
  readonly name: string;
  /** Goes on with the study of that name. */
  readonly resume?: boolean;
  /** Trainings in all; 50 unless said, or as many as `time` allows. */
  readonly trials?: number;
  /** Seconds of the search. */
  readonly time?: number;
  /** `gp` unless said; with options of its own as `{ name, options }`. */
  readonly sampler?: string | Named;
  /** `median` unless said, and `none` with two objectives, or with one that no epoch reports. */
  readonly pruner?: string | Named;
  /** One metric or two; `["accuracy"]` unless said. */
  readonly objectives?: readonly string[];
  /** Such as `["parameters<=100k"]`. */
  readonly constraints?: readonly string[];
  /** A YAML file that narrows, widens or fixes what is searched. */
  readonly space?: string;
  /** Trials at the same time, which share the cores; 1 unless said. */
  readonly workers?: number;
  /** `sqlite:FILE` or `postgres://…`; `studies.db` in `runs` unless said. */
  readonly storage?: string;
  /** The folder below which the study's run folders are made; `runs` unless said. */
  readonly runs?: string;
  /** Trains the best on the validation pictures as well. */
  readonly retrain?: boolean;
  readonly onEvent?: (event: TrialEvent) => void;
}

export interface Tuned {
  readonly reason: Searched["reason"];
  /** Every trial, in the order in which they were begun. */
  readonly trials: readonly TrialRecord[];
  /** The best trial, or the Pareto front; empty where none has come to its end within the limits. */
  readonly best: readonly TrialRecord[];
  /** The run of the best, judged by the test pictures; null where there is none, or another machine has it. */
  readonly run: Run | null;
  /** Path of the study's page, `study.html`; null where it could not be written. */
  readonly page: string | null;
}

const named = (
  kind: string,
  catalogue: Readonly<Record<string, { readonly name: string }>>,
  asked: string | Named,
): Named => {
  const { name, options } = typeof asked === "string" ? { name: asked, options: {} } : asked;
  return { name: choose(kind, catalogue, name).name, options };
};

/**
 * Searches for the hyperparameters of a training.
 *
 * @example
 * const { best, run } = await tune({ data: "photos", name: "photos-tune", trials: 20 });
 * console.log(best[0].configuration, run?.test?.accuracy);
 *
 * @throws UsageError as `train` does, for a study that is there already (or is not, with `resume`), and for a space, a limit or a
 *   storage that cannot be
 */
export async function tune(options: TuneOptions): Promise<Tuned> {
  const { runs = "runs", storage: url = `sqlite:${join(runs, "studies.db")}`, signal, workers = 1 } = options;
  if (!Number.isInteger(workers) || workers < 1) {
    throw new UsageError("workers", `is ${workers}`, "give a whole number, 1 or more");
  }
  const begin = options.resume ? undefined : await planned(options, runs);
  // Only here, since a query builder is hundreds of modules, and this function is on the way of every training.
  const { openQueue, openStorage } = await import("../../../store/node/index.ts");
  const storage = await openStorage(url, { create: begin !== undefined });
  const queue = parseAddress(url).kind === "postgres" ? await openQueue(url) : undefined;
  const opening = { onEvent: () => {}, ...(signal ? { signal } : {}) };
  try {
    if (begin === undefined) await wantToRun(storage, options.name);
    const open = begin ? await begin(storage) : await openStudy(storage, options.name, opening, { data: options.data });
    const ending = new AbortController();
    const stop = () => ending.abort();
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    const clock = options.time === undefined ? undefined : setTimeout(stop, 1000 * options.time);
    try {
      const { reason } = await search(open, {
        ...{
          slots: workers,
          budget: options.trials ?? (options.time === undefined ? USUAL_TRIALS : null),
          signal: ending.signal,
        },
        ...(queue ? { queue } : {}),
        ...(options.onEvent ? { onTrial: options.onEvent } : {}),
      });
      return await tuned(open, reason, options);
    } finally {
      clearTimeout(clock);
      signal?.removeEventListener("abort", stop);
    }
  } finally {
    await queue?.close();
    await storage.close();
  }
}

/** Finds everything that can be wrong, and gives what makes the study. */
async function planned(options: TuneOptions, runs: string) {
  const objectives = parseObjectives((options.objectives ?? ["accuracy"]).join(","));
  const constraints = (options.constraints ?? []).map(parseConstraint);
  const sampler = named("sampler", samplers, options.sampler ?? "gp");
  const pruner = named("pruner", pruners, options.pruner ?? usualPruner(objectives));
  const trainer = await TrialTrainer.open(trainOptionsOf(options));
  const opening = { onEvent: () => {}, ...(options.signal ? { signal: options.signal } : {}) };
  const { settings, facts } = await trainer.data(opening.onEvent, options.signal);
  const { space, start } =
    options.space === undefined
      ? defaultSpace(trainer.options, facts)
      : await readSpaceFile(options.space, trainer.options, facts);
  const keeps = allows(space, constraints, trainer.options, facts);
  const first = firstTrials(space, start, keeps, {
    ...{ sampler, seed: settings.seed },
    known: knownParameters(trainer.options, facts),
    budget: options.trials ?? (options.time === undefined ? USUAL_TRIALS : undefined),
  });
  const folder = join(runs, options.name);
  return (storage: Parameters<typeof createStudy>[0]): Promise<OpenStudy> => {
    if (existsSync(folder)) {
      throw new UsageError(folder, "there is such a folder already", "choose another name, or move it away");
    }
    const spec = {
      ...{ name: options.name, seed: settings.seed, sampler, pruner, objectives, constraints, folder },
      ...{ pruneBy: pruneBy(objectives), steps: settings.epochs! },
    };
    const version = { parameters: space.parameters, fill: {} };
    return createStudy(storage, trainer, spec, version, first, opening);
  };
}

/** What each trial is trained with. */
function trainOptionsOf(options: TuneOptions): TrainOptions {
  const {
    name: _name,
    resume: _resume,
    trials: _trials,
    time: _time,
    sampler: _sampler,
    pruner: _pruner,
    ...rest
  } = options;
  const { objectives: _objectives, constraints: _constraints, space: _space, workers: _workers, ...others } = rest;
  const { storage: _storage, runs: _runs, retrain: _retrain, onEvent: _onEvent, signal: _signal, ...own } = others;
  return own;
}

async function tuned(open: OpenStudy, reason: Searched["reason"], options: TuneOptions): Promise<Tuned> {
  const { study, folder } = open;
  const best = study.best();
  const page = await writeStudyPage(study, folder).catch(() => null);
  const judging = options.signal ? { signal: options.signal } : {};
  const run =
    best.length === 0 || options.signal?.aborted || reason === "paused"
      ? undefined
      : options.retrain
        ? await retrain(open, best[0], judging)
        : await finishTrial(open, best[0], judging);
  return { reason, trials: [...study.trials], best, run: run ?? null, page };
}
