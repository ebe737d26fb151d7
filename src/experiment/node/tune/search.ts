import { randomUUID } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { availableParallelism, hostname } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../../core/index.ts";
import type { Configuration } from "../../../space/index.ts";
import {
  coordinate,
  type Left,
  type Rules,
  type Searched,
  type SpaceVersion,
  Study,
  type StudySpec,
  type StudyStorage,
  type TrialQueue,
  type TrialRecord,
  work,
} from "../../../tune/index.ts";
import type { ExperimentEvent, TrainOptions } from "../../options.ts";
import { allows, computedMetrics, type DataFacts } from "../../tune/index.ts";
import { TrialTrainer } from "./trainer.ts";

/** What a study keeps of its experiment: enough for a worker on another machine. */
export interface TuneExperiment {
  /** Of every trial, where its configuration says nothing else. */
  readonly options: TrainOptions;
  /** Below which each trial has its run folder. */
  readonly folder: string;
}

/** A study with what it takes to run its trials. */
export interface OpenStudy {
  readonly study: Study;
  readonly trainer: TrialTrainer;
  readonly folder: string;
}

const rulesOf = ({ options }: TrialTrainer, facts: DataFacts): Rules => ({
  computed: Object.keys(computedMetrics),
  allows: (space, constraints) => allows(space, constraints, options, facts),
});

const wantsLatency = ({ objectives, constraints }: Pick<StudySpec, "objectives" | "constraints">) =>
  [...objectives, ...constraints].some(({ metric }) => metric === "latencyMs");

/** Told while the data are read, before the first trial. */
interface Opening {
  readonly onEvent: (event: ExperimentEvent) => void;
  readonly signal?: AbortSignal;
}

/**
 * A new study.
 * @param first configurations that are tried first, such as what a training without a search would do
 * @throws UsageError where there is one of that name, and for data that cannot be used
 */
export async function createStudy(
  storage: StudyStorage,
  trainer: TrialTrainer,
  spec: Omit<StudySpec, "fingerprint" | "experiment"> & { readonly folder: string },
  space: SpaceVersion,
  first: readonly Configuration[],
  opening: Opening,
): Promise<OpenStudy> {
  const { folder, ...rest } = spec;
  const { fingerprint, facts } = await trainer.data(opening.onEvent, opening.signal);
  trainer.latency = wantsLatency(spec);
  const experiment: TuneExperiment = { options: trainer.options, folder };
  const study = await Study.create(storage, { ...rest, fingerprint, experiment }, space, {
    ...rulesOf(trainer, facts),
    first,
  });
  return { study, trainer, folder };
}

/**
 * Says that a study is to go on: whoever resumes one that was paused wants that. Said before its data are read, it takes back no later
 * pause. Of a study that is not there nothing is said.
 */
export async function wantToRun(storage: StudyStorage, name: string): Promise<void> {
  const record = await storage.study(name);
  if (record !== undefined) await storage.want(record.id, "run");
}

/**
 * A study that is there already.
 * @param moved where the data and the run folders are now, when they are elsewhere
 * @throws UsageError where there is none of that name, or the data are not those that it was begun with
 */
export async function openStudy(
  storage: StudyStorage,
  name: string,
  opening: Opening,
  moved: { readonly data?: string; readonly folder?: string; readonly cache?: string } = {},
): Promise<OpenStudy> {
  const { record } = await Study.open(storage, name);
  const { options, folder } = record.experiment as TuneExperiment;
  const { data = options.data, cache = options.cache } = moved;
  const trainer = await TrialTrainer.open({ ...options, data, ...(cache === undefined ? {} : { cache }) });
  trainer.latency = wantsLatency(record);
  const { fingerprint, settings, facts } = await trainer.data(opening.onEvent, opening.signal);
  if (fingerprint !== record.fingerprint) {
    const what = `its pictures are not those that the study ${name} was begun with`;
    throw new UsageError(
      settings.data,
      what,
      "bring back the pictures as they were, or name where they are: --data",
      1,
    );
  }
  return { study: await Study.open(storage, name, rulesOf(trainer, facts)), trainer, folder: moved.folder ?? folder };
}

/** Something that happened to a trial here. */
export type TrialEvent =
  | { readonly type: "report"; readonly trial: number; readonly step: number; readonly metrics: TrialRecord["metrics"] }
  | { readonly type: "left"; readonly trial: number; readonly left: Left };

export interface RunTrialsOptions {
  /** How many trials run here at the same time; the cores are shared out among them. */
  readonly slots: number;
  /** What hands the work out to many machines; trials run here alone without it. */
  readonly queue?: TrialQueue;
  /** Ends everything here; what runs goes on another time. */
  readonly signal: AbortSignal;
  readonly leaseMs?: number;
  /** Keep checkpoints and models of all trials, and not of the best alone. */
  readonly keepAll?: boolean;
  readonly onTrial?: (event: TrialEvent) => void;
  /** After each look at the study. */
  readonly onLook?: (study: Study) => void;
}

/** How often a worker says that it is there, and after how long a silence it does not count. */
const BEAT_MS = 4000;
const GONE_MS = 3 * BEAT_MS;

/** `host:process:random`, so that two with one number, after a restart, are told apart. */
const workerName = () => `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;

/** Of the workers that have trials, those that were processes of this machine and are no more. */
function deadHere({ trials }: Study): string[] {
  const names = new Set(trials.flatMap(({ state, worker }) => (state === "running" && worker ? [worker] : [])));
  return [...names].filter((name) => {
    const [, host, pid] = /^(.*):(\d+):[^:]*$/.exec(name) ?? [];
    if (host !== hostname() || Number(pid) === process.pid) return false;
    try {
      process.kill(Number(pid), 0);
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ESRCH";
    }
  });
}

/** Runs trials of one study in this process. */
class Bench {
  readonly worker = workerName();
  readonly active = new Map<number, Promise<void>>();
  readonly #open: OpenStudy;
  readonly #options: RunTrialsOptions;
  #leaving = new AbortController();
  /** What stopped a trial that is no fault of the trial's: the storage cannot be reached. */
  broken: unknown;
  #wake: () => void = () => {};
  changed: Promise<void>;

  constructor(open: OpenStudy, options: RunTrialsOptions) {
    this.#open = open;
    this.#options = options;
    this.changed = this.#next();
    open.trainer.threads = Math.max(1, Math.floor(availableParallelism() / options.slots));
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #signalChange(): void {
    const wake = this.#wake;
    this.changed = this.#next();
    wake();
  }

  start(number: number): Promise<void> {
    const { study, trainer, folder } = this.#open;
    const { leaseMs, onTrial, keepAll } = this.#options;
    const signal = AbortSignal.any([this.#options.signal, this.#leaving.signal]);
    const running = work(study, number, {
      ...{ worker: this.worker, perform: trainer.perform, signal },
      folderOf: (trial) => join(folder, `trial-${String(trial).padStart(4, "0")}`),
      ...(leaseMs === undefined ? {} : { leaseMs }),
      onReport: (trial, step, metrics) => onTrial?.({ type: "report", trial, step, metrics }),
    })
      .then(async (left) => {
        if (left === undefined) return;
        if (!keepAll) await tidy(study, number, left);
        onTrial?.({ type: "left", trial: number, left });
      })
      .catch((error) => {
        this.broken ??= error;
      })
      .finally(() => {
        this.active.delete(number);
        this.#signalChange();
      });
    this.active.set(number, running);
    return running;
  }

  /** Gives back what runs here. */
  leave(): void {
    this.#leaving.abort();
    this.#leaving = new AbortController();
  }

  async idle(): Promise<void> {
    await Promise.all(this.active.values());
  }

  /** Tells the storage that this process is there, for as long as the work takes. */
  async present<T>(work: () => Promise<T>): Promise<T> {
    const { study } = this.#open;
    const { id } = study.record;
    const { slots } = this.#options;
    await study.storage.beat(id, this.worker, slots);
    const look = async () => {
      await study.storage.beat(id, this.worker, slots);
      if ((await study.storage.wanted(id)) === "stop") this.leave();
    };
    const timer = setInterval(() => look().catch(() => {}), BEAT_MS);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      await study.storage.beat(id, this.worker, 0).catch(() => {});
    }
  }
}

/** A trial that is not the best leaves its curves and its configuration; checkpoints and models of many would fill the disk. */
async function tidy(study: Study, number: number, left: Left): Promise<void> {
  await study.refresh();
  const { folder: own } = study.trials[number];
  const best = new Set(study.best().map((trial) => trial.number));
  if (own !== null && (left === "pruned" || left === "failed" || (left === "complete" && !best.has(number)))) {
    await forget(own);
  }
  if (!best.has(number)) return;
  // It has taken the place of others, whose files may be here as well.
  for (const { number: other, state, folder } of study.trials) {
    if (state === "complete" && folder !== null && !best.has(other)) await forget(folder);
  }
}

async function forget(folder: string): Promise<void> {
  const found = await readdir(folder).catch(() => []);
  for (const name of found.filter((one) => one === "checkpoints" || one === "model.onnx")) {
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => {});
  }
}

/** Searches: asks for trials and runs them here, or hands them out to all workers there are. */
export async function search(
  open: OpenStudy,
  options: RunTrialsOptions & { readonly budget: number | null },
): Promise<Searched> {
  const { study } = open;
  const { slots, queue, signal, budget, onLook } = options;
  const bench = new Bench(open, options);
  const over = new AbortController();
  const serving =
    queue === undefined || slots === 0 ? undefined : serve(bench, open, queue, slots, signal, over.signal);
  const { id } = study.record;
  const present = slots === 0 ? <T>(work: () => Promise<T>) => work() : bench.present.bind(bench);
  return await present(async () => {
    try {
      const searched = await coordinate(study, {
        slots: async () => {
          if (bench.broken !== undefined) throw bench.broken;
          if (queue !== undefined) {
            return (await study.storage.workers(id, GONE_MS)).reduce((sum, worker) => sum + worker.slots, 0);
          }
          // What other processes run takes no slot of this one.
          const elsewhere = study.trials.filter(({ state, worker }) => state === "running" && worker !== bench.worker);
          return slots + elsewhere.length;
        },
        send: async (trial) => {
          if (queue === undefined) bench.start(trial);
          else await queue.send(id, trial);
        },
        ...{ budget, signal, onLook: () => onLook?.(study) },
        dead: () => deadHere(study),
        change: () => bench.changed,
      });
      if (searched.reason === "paused") bench.leave();
      return searched;
    } finally {
      over.abort();
      await bench.idle();
      await serving;
      await study.refresh().catch(() => {});
      onLook?.(study);
    }
  });
}

/** How long a worker waits for work before it looks whether it is still wanted. */
const FETCH_MS = 1000;

/** Takes trials from the queue until it is told to stop; those that run are finished, unless `signal` says otherwise. */
async function serve(
  bench: Bench,
  { study }: OpenStudy,
  queue: TrialQueue,
  slots: number,
  signal: AbortSignal,
  over: AbortSignal,
): Promise<void> {
  const { id } = study.record;
  const loop = async () => {
    while (!signal.aborted && !over.aborted) {
      const job = await queue.fetch(id, FETCH_MS);
      if (job === undefined) continue;
      if ((await study.storage.wanted(id)) !== "run") {
        // The trial waits, and whoever lets the search go on sends it again.
        await queue.done(job);
        continue;
      }
      const running = bench.start(job.trial);
      await queue.done(job);
      await running;
    }
  };
  await Promise.all(Array.from({ length: slots }, loop));
}

/** Works for a study that is coordinated elsewhere, until `signal` is aborted. */
export async function workFor(
  open: OpenStudy,
  options: RunTrialsOptions & { readonly queue: TrialQueue },
): Promise<void> {
  const bench = new Bench(open, options);
  await bench.present(() => serve(bench, open, options.queue, options.slots, options.signal, options.signal));
  if (bench.broken !== undefined) throw bench.broken;
}
