import { choose } from "../core/index.ts";
import { pruners } from "./pruners/index.ts";
import type { Ending, TrialRecord } from "./storage.ts";
import type { Study } from "./study.ts";

type Metrics = Readonly<Record<string, number>>;

/** One trial, as whoever runs it gets it. */
export interface Task {
  readonly trial: TrialRecord;
  /** Where it keeps its checkpoints; where there is one, the trial goes on from it. */
  readonly folder: string;
  /** Aborted when the trial is to end early, for whatever reason; what it has learned is to be kept in its folder. */
  readonly signal: AbortSignal;
  /** To be called after each step, in their order. Of a step that comes again the same is expected. */
  report(step: number, metrics: Metrics): void;
}

/** Runs a trial to its last step, or until it is aborted. @returns its final figures; whatever, where it was aborted */
export type Perform = (task: Task) => Promise<Metrics>;

export interface WorkOptions {
  /** The name of who works, unique among all who work at the same time. */
  readonly worker: string;
  readonly perform: Perform;
  readonly folderOf: (trial: number) => string;
  /** The work is to be given back: it goes on another time, or elsewhere. */
  readonly signal?: AbortSignal;
  /** How long a worker that is not heard of keeps its trial. */
  readonly leaseMs?: number;
  readonly onReport?: (trial: number, step: number, metrics: Metrics) => void;
}

/** Time enough for a worker whose machine stalls, and short enough to wait for. */
export const LEASE_MS = 20_000;

/** How a trial was left. `lost`: it is another's now, and nothing that came of it counts. */
export type Left = Ending["state"] | "lost";

/**
 * Takes a trial and runs it.
 * @returns undefined where somebody else has it
 */
export async function work(study: Study, number: number, options: WorkOptions): Promise<Left | undefined> {
  const { worker, perform, folderOf, leaseMs = LEASE_MS } = options;
  const { storage, record } = study;
  const folder = folderOf(number);
  const trial = await storage.claim(record.id, number, worker, leaseMs, folder);
  if (trial === undefined) return undefined;
  const lease = { study: record.id, trial: number, token: trial.token };
  const stop = new AbortController();
  let verdict: "paused" | "pruned" | "lost" | "waiting" | undefined;
  const leave = (why: NonNullable<typeof verdict>) => {
    verdict ??= why;
    stop.abort();
  };
  const giveBack = () => leave("waiting");
  options.signal?.addEventListener("abort", giveBack);
  if (options.signal?.aborted) giveBack();
  const beat = setInterval(() => {
    // A storage that does not answer now may do so before the lease is over.
    storage.renew(lease, leaseMs).then(
      (mine) => mine || leave("lost"),
      () => {},
    );
  }, leaseMs / 4);
  let last: Metrics = {};
  let reported: Promise<void> = Promise.resolve();
  let broken: unknown;
  const tell = async (step: number, metrics: Metrics) => {
    // What comes with the end of the work is a step that need not be taken again; what comes after a verdict is beside it.
    if (verdict !== undefined && verdict !== "waiting") return;
    if (!(await storage.report(lease, step, metrics))) return leave("lost");
    last = metrics;
    options.onReport?.(number, step, metrics);
    if (step >= record.steps || verdict !== undefined) return;
    if (step >= trial.toStep) return leave("paused");
    if (await judged(study, number)) leave("pruned");
  };
  const report = (step: number, metrics: Metrics) => {
    reported = reported
      .then(() => tell(step, metrics))
      .catch((error) => {
        broken ??= error;
        leave("lost");
      });
  };
  try {
    let ending: Ending;
    try {
      const metrics = await perform({ trial, folder, signal: stop.signal, report });
      ending = { state: "complete", metrics };
    } catch (error) {
      ending = { state: "failed", error: error instanceof Error ? error.message : String(error) };
    }
    await reported;
    if (broken !== undefined) throw broken;
    if (verdict === "lost") return "lost";
    if (verdict === "pruned") ending = { state: "pruned", metrics: last };
    else if (verdict !== undefined) ending = { state: verdict };
    return (await storage.end(lease, ending)) ? ending.state : "lost";
  } finally {
    clearInterval(beat);
    options.signal?.removeEventListener("abort", giveBack);
  }
}

/** Whether the pruner has seen enough of a trial. */
async function judged(study: Study, number: number): Promise<boolean> {
  const { name, options } = study.record.pruner;
  if (name === "none") return false;
  await study.refresh();
  const race = study.race(true);
  const own = race.trials[number];
  const { prunes, defaults } = choose("pruner", pruners, name);
  return prunes(own, race, { ...defaults, ...options });
}
