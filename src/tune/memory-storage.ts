import { UsageError } from "../core/index.ts";
import {
  type Ending,
  ended,
  type Lease,
  type NewTrial,
  type Report,
  type SpaceVersion,
  type StudyRecord,
  type StudySpec,
  type StudyStorage,
  type TrialRecord,
  type TrialState,
  type Wanted,
  type WorkerRecord,
} from "./storage.ts";

interface Kept {
  record: StudyRecord;
  wanted: Wanted;
  readonly trials: TrialRecord[];
  readonly reports: Map<number, Map<number, Report["metrics"]>>;
}

/** Studies of one process, which end with it. */
export class MemoryStorage implements StudyStorage {
  readonly #studies: Kept[] = [];
  readonly #workers = new Map<number, Map<string, WorkerRecord>>();

  async createStudy(spec: StudySpec, space: SpaceVersion): Promise<StudyRecord> {
    if (this.#studies.some(({ record }) => record.name === spec.name)) {
      throw new UsageError(spec.name, "there is a study of that name already", "choose another --name, or --resume it");
    }
    const record = { ...spec, id: this.#studies.length, created: Date.now(), spaces: [space] };
    this.#studies.push({ record, wanted: "run", trials: [], reports: new Map() });
    return record;
  }

  async study(name: string): Promise<StudyRecord | undefined> {
    return this.#studies.find(({ record }) => record.name === name)?.record;
  }

  async studies(): Promise<StudyRecord[]> {
    return this.#studies.map(({ record }) => record).reverse();
  }

  async addSpace(study: number, space: SpaceVersion): Promise<number> {
    const kept = this.#studies[study];
    kept.record = { ...kept.record, spaces: [...kept.record.spaces, space] };
    return kept.record.spaces.length - 1;
  }

  async addTrial(study: number, { outcome, ...trial }: NewTrial): Promise<TrialRecord | undefined> {
    const { trials } = this.#studies[study];
    if (trials[trial.number] !== undefined) return undefined;
    const now = Date.now();
    const record: TrialRecord = {
      ...trial,
      state: outcome?.state ?? "waiting",
      step: 0,
      metrics: outcome?.metrics ?? {},
      error: null,
      folder: null,
      token: 0,
      worker: null,
      leasedUntil: null,
      lost: 0,
      created: now,
      started: null,
      finished: outcome === undefined ? null : now,
    };
    trials[trial.number] = record;
    return record;
  }

  async trials(study: number, from = 0, numbers: readonly number[] = []): Promise<TrialRecord[]> {
    const { trials } = this.#studies[study];
    const earlier = numbers.filter((number) => number < from).sort((a, b) => a - b);
    return [...earlier.map((number) => trials[number]), ...trials.slice(from)].filter((trial) => trial !== undefined);
  }

  async reports(study: number, trials?: readonly number[]): Promise<Report[]> {
    const { reports } = this.#studies[study];
    return [...(trials ?? reports.keys())]
      .sort((a, b) => a - b)
      .flatMap((trial) => {
        const steps = [...(reports.get(trial) ?? [])].sort(([a], [b]) => a - b);
        return steps.map(([step, metrics]) => ({ trial, step, metrics }));
      });
  }

  #change(study: number, trial: number, change: Partial<TrialRecord>): TrialRecord {
    const { trials } = this.#studies[study];
    trials[trial] = { ...trials[trial], ...change };
    return trials[trial];
  }

  async claim(study: number, trial: number, worker: string, leaseMs: number, folder: string) {
    const found = this.#studies[study].trials[trial];
    if (found?.state !== "waiting") return undefined;
    const now = Date.now();
    const { token, started } = found;
    const taken = { state: "running", token: token + 1, worker, folder, leasedUntil: now + leaseMs } as const;
    return this.#change(study, trial, { ...taken, started: started ?? now });
  }

  #holds({ study, trial, token }: Lease): boolean {
    const found = this.#studies[study].trials[trial];
    return found?.state === "running" && found.token === token;
  }

  async renew(lease: Lease, leaseMs: number): Promise<boolean> {
    if (!this.#holds(lease)) return false;
    this.#change(lease.study, lease.trial, { leasedUntil: Date.now() + leaseMs });
    return true;
  }

  async report(lease: Lease, step: number, metrics: Report["metrics"]): Promise<boolean> {
    if (!this.#holds(lease)) return false;
    const { reports } = this.#studies[lease.study];
    const own = reports.get(lease.trial) ?? new Map<number, Report["metrics"]>();
    reports.set(lease.trial, own.set(step, metrics));
    this.#change(lease.study, lease.trial, { step: Math.max(...reports.get(lease.trial)!.keys()) });
    return true;
  }

  async end(lease: Lease, { state, metrics, error }: Ending): Promise<boolean> {
    if (!this.#holds(lease)) return false;
    const finished = ended.has(state) ? Date.now() : null;
    this.#change(lease.study, lease.trial, {
      ...{ state, leasedUntil: null, finished, error: error ?? null },
      ...(metrics === undefined ? {} : { metrics }),
    });
    return true;
  }

  async promote(study: number, trial: number, toStep: number): Promise<boolean> {
    if (this.#studies[study].trials[trial]?.state !== "paused") return false;
    this.#change(study, trial, { state: "waiting", toStep });
    return true;
  }

  async prunePaused(study: number): Promise<void> {
    for (const { number, state } of this.#studies[study].trials) {
      if (state === "paused") this.#change(study, number, { state: "pruned", finished: Date.now() });
    }
  }

  async release(study: number, mostLost: number, workers: readonly string[] = []) {
    const released: { waiting: number[]; stale: number[] } = { waiting: [], stale: [] };
    for (const { number, state, leasedUntil, worker, lost } of this.#studies[study].trials) {
      if (state !== "running") continue;
      if ((leasedUntil ?? 0) > Date.now() && !workers.includes(worker ?? "")) continue;
      const next: TrialState & keyof typeof released = lost >= mostLost ? "stale" : "waiting";
      const finished = next === "stale" ? Date.now() : null;
      this.#change(study, number, { state: next, lost: lost + 1, leasedUntil: null, finished });
      released[next].push(number);
    }
    return released;
  }

  async beat(study: number, name: string, slots: number): Promise<void> {
    const workers = this.#workers.get(study) ?? new Map<string, WorkerRecord>();
    this.#workers.set(study, workers);
    if (slots <= 0) workers.delete(name);
    else workers.set(name, { name, slots, seen: Date.now() });
  }

  async workers(study: number, withinMs: number): Promise<WorkerRecord[]> {
    const alive = [...(this.#workers.get(study)?.values() ?? [])].filter(({ seen }) => seen >= Date.now() - withinMs);
    return alive.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async want(study: number, wanted: Wanted): Promise<void> {
    this.#studies[study].wanted = wanted;
  }

  async wanted(study: number): Promise<Wanted> {
    return this.#studies[study].wanted;
  }

  async close(): Promise<void> {}
}
