import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { UsageError } from "../../core/index.ts";
import { parseAddress } from "../../store/address.ts";
import { ended, minimized, Study, type StudyStorage, type TrialState } from "../../tune/index.ts";
import { Problem } from "../problem.ts";
import type { StudyShelf, StudyStart, StudyState, StudySummary } from "../study-shelf.ts";
import { Searches } from "./searches.ts";
import { curveColumns, trialColumns } from "./study-columns.ts";

export interface StoredStudiesOptions {
  /** The folder of run folders. */
  readonly runs: string;
  /** Where studies are kept: a file of SQLite or `postgres://…`. */
  readonly storage: string;
  /** That `argmin` is run by, with the program itself. */
  readonly command: readonly string[];
}

/** After how long a silence a worker does not count, in milliseconds: three of its beats. */
const GONE_MS = 12_000;

/** What is known of a study beside its trials. */
interface Standing {
  readonly state: StudyState;
  readonly version: string;
}

/** Studies of a storage. It need not be there yet: the first search makes it. */
export class StoredStudies implements StudyShelf {
  readonly #options: StoredStudiesOptions;
  readonly #searches: Searches;
  #storage: Promise<StudyStorage> | undefined;
  /** Those that were looked at: what has ended is not read again. */
  readonly #open = new Map<string, Study>();

  constructor(options: StoredStudiesOptions) {
    this.#options = options;
    this.#searches = new Searches(options.command, join(options.runs, ".studio"));
  }

  async close(): Promise<void> {
    await (await this.#storage)?.close();
  }

  /** undefined where nothing was ever kept. @throws Problem where it cannot be opened */
  async #opened(): Promise<StudyStorage | undefined> {
    const address = parseAddress(this.#options.storage);
    if (address.kind === "sqlite" && !existsSync(address.path)) return undefined;
    this.#storage ??= import("../../store/node/index.ts").then(({ openStorage }) =>
      openStorage(this.#options.storage, { create: false }),
    );
    try {
      return await this.#storage;
    } catch (error) {
      this.#storage = undefined;
      if (error instanceof UsageError) throw new Problem(500, `${error.where}: ${error.what}`, error.fix);
      throw error;
    }
  }

  async #fresh(name: string): Promise<Study> {
    const storage = await this.#opened();
    const record = await storage?.study(name);
    if (storage === undefined || record === undefined) {
      throw new Problem(404, `there is no study ${JSON.stringify(name)}`, "look at the list of studies");
    }
    const known = this.#open.get(name);
    // A space that was widened, or a study that was made anew, is read from its beginning.
    if (known?.record.id === record.id && known.record.spaces.length === record.spaces.length) {
      await known.refresh();
      return known;
    }
    const study = await Study.open(storage, name);
    this.#open.set(name, study);
    return study;
  }

  async #standing({ storage, record, trials }: Study): Promise<Standing> {
    const [wanted, workers] = await Promise.all([storage.wanted(record.id), storage.workers(record.id, GONE_MS)]);
    const process = this.#searches.of(record.name);
    const running = trials.filter(({ state }) => state === "running").length;
    const over = trials.filter(({ state }) => ended.has(state)).length;
    const steps = trials.reduce((sum, { step }) => sum + step, 0);
    const works = running > 0 || workers.length > 0 || process?.exit === null;
    const state: StudyState =
      wanted !== "run"
        ? running === 0
          ? "paused"
          : wanted === "pause"
            ? "pausing"
            : "stopping"
        : works
          ? "running"
          : over < trials.length || trials.length === 0
            ? "interrupted"
            : "ended";
    const version = [trials.length, over, running, steps, state, process?.exit ?? "", record.spaces.length].join(".");
    return { state, version };
  }

  async list(): Promise<StudySummary[]> {
    const storage = await this.#opened();
    const records = (await storage?.studies()) ?? [];
    const made = await Promise.all(records.map(({ name }) => this.#summary(name)));
    const known = new Set(records.map(({ name }) => name));
    const starting = this.#searches
      .all()
      .filter(({ study }) => !known.has(study))
      .map(({ study, began }): StudySummary => {
        const process = this.#searches.of(study);
        const state = process?.exit === null ? "starting" : "failed";
        return { name: study, created: began, state, counts: {}, objectives: [], sampler: "", best: null, process };
      });
    return [...starting.reverse(), ...made];
  }

  async #summary(name: string): Promise<StudySummary> {
    const study = await this.#fresh(name);
    const { record, trials } = study;
    const { state } = await this.#standing(study);
    const counts: Partial<Record<TrialState, number>> = {};
    for (const trial of trials) counts[trial.state] = (counts[trial.state] ?? 0) + 1;
    const [objective] = record.objectives;
    let best: number | null = null;
    for (const trial of trials) {
      const value = minimized(objective, trial.metrics);
      if (trial.state !== "complete" || !Number.isFinite(value) || !study.feasible(trial)) continue;
      if (best === null || value < minimized(objective, { [objective.metric]: best })) {
        best = trial.metrics[objective.metric];
      }
    }
    const { created, objectives, sampler } = record;
    return { name, created, state, counts, objectives, sampler: sampler.name, best, process: this.#searches.of(name) };
  }

  async study(name: string, from = 0) {
    const study = await this.#fresh(name);
    const { record, space } = study;
    const { created, seed, sampler, pruner, objectives, constraints, pruneBy, steps } = record;
    const { data } = (record.experiment as { options?: { data?: unknown } } | null)?.options ?? {};
    return {
      ...{ name, created, ...(await this.#standing(study)), process: this.#searches.of(name) },
      data: typeof data === "string" ? data : "",
      ...{ seed, sampler, pruner, objectives, constraints, pruneBy, steps, parameters: space.parameters },
      trials: trialColumns(study, from, this.#runNames(name), Date.now()),
    };
  }

  async curves(name: string, from = 0) {
    return curveColumns(await this.#fresh(name), from);
  }

  async version(name: string): Promise<string> {
    return (await this.#standing(await this.#fresh(name))).version;
  }

  /** Run folders as the page of runs knows them: those below the folder of runs that are there, looked up folder by folder. */
  #runNames(name: string): (folder: string) => string | null {
    const runs = resolve(this.#options.runs);
    const known = new Map<string, ReadonlySet<string>>();
    const isThere = (path: string) => {
      const parent = dirname(path);
      if (!known.has(parent)) known.set(parent, new Set(existsSync(parent) ? readdirSync(parent) : []));
      return known.get(parent)!.has(basename(path));
    };
    return (folder) => {
      // A search of another folder, or another machine, may have named it otherwise.
      for (const path of [resolve(folder), join(runs, name, basename(folder))]) {
        if (path.startsWith(runs + sep) && isThere(path)) return relative(runs, path).split(sep).join("/");
      }
      return null;
    };
  }

  #places(): string[] {
    const { runs, storage } = this.#options;
    return [`--runs=${runs}`, `--storage=${storage}`];
  }

  async start({ data, name, constraints = [], ...rest }: StudyStart): Promise<number> {
    const storage = await this.#opened();
    if ((await storage?.study(name)) !== undefined || existsSync(join(this.#options.runs, name))) {
      throw new Problem(409, `there is a study or a run ${JSON.stringify(name)} already`, "choose another name");
    }
    const flags = Object.entries(rest).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}=${value}`]));
    const limits = constraints.map((limit) => `--constraint=${limit}`);
    return this.#searches.start(name, [
      ...["tune", `--name=${name}`, ...flags, ...limits, ...this.#places()],
      // Behind the dashes nothing is taken for a flag.
      ...["--", data],
    ]);
  }

  async resume(name: string, trials?: number): Promise<number> {
    const { storage, record, trials: known } = await this.#fresh(name);
    const process = this.#searches.of(name);
    if (process?.exit === null) {
      // It finishes what runs before it would have paused.
      await storage.want(record.id, "run");
      return process.id;
    }
    // A budget is kept by the trials that were asked for under it.
    const budget = trials ?? known.findLast(({ seen }) => seen !== null)?.seen?.budget ?? undefined;
    const more = budget === undefined ? [] : [`--trials=${budget}`];
    // Before the process begins, which takes a second: a pause in that second is a later wish.
    await storage.want(record.id, "run");
    return this.#searches.start(name, ["tune", `--resume=${name}`, "--as-wanted", ...more, ...this.#places()]);
  }

  async want(name: string, wanted: "pause" | "stop"): Promise<void> {
    const known = await (await this.#opened())?.study(name);
    if (known === undefined && this.#searches.interrupt(name)) return;
    const { storage, record } = await this.#fresh(name);
    await storage.want(record.id, wanted);
  }
}
