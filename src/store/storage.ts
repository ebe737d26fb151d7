import type { QueryResult, Transaction } from "kysely";
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
  type Wanted,
  type WorkerRecord,
} from "../tune/index.ts";
import type { Backend } from "./backend.ts";
import {
  checkName,
  newTrialRow,
  pack,
  packMetrics,
  reportsOf,
  studyRecord,
  type TrialRow,
  trialRecord,
} from "./records.ts";
import { statements } from "./statements.ts";
import type { Tables } from "./tables.ts";

/** No database counts further. */
const MOST = 2 ** 31 - 1;

const anyRow = (result: QueryResult<unknown>) => (result.numAffectedRows ?? 0n) > 0n;

/**
 * The one implementation. Whatever decides something is one statement, or a transaction that begins by writing, so that of several
 * who want the same thing one gets it. A call whose answer was lost is made again: those that could not be made twice find out by
 * their mark whether they had been heard.
 */
export class SqlStorage implements StudyStorage {
  readonly #backend: Backend;
  readonly #say: ReturnType<typeof statements>;
  readonly #self = `${crypto.randomUUID().slice(0, 13)}-`;
  #calls = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#say = statements(backend);
  }

  async createStudy(spec: StudySpec, space: SpaceVersion): Promise<StudyRecord> {
    const { name, ...rest } = spec;
    const where = `study ${JSON.stringify(checkName("study", name))}`;
    const [packed, content, mark] = [pack(where, rest), pack(where, space), this.#mark()];
    const { attempt, now } = this.#backend;
    await attempt(() =>
      this.#together(async (db) => {
        const made = await db
          .insertInto("studies")
          .values({ name, created: now, spec: packed, spaces: 1, mark })
          .onConflict((conflict) => conflict.column("name").doNothing())
          .returning("id")
          .executeTakeFirst();
        if (made !== undefined) {
          await db.insertInto("spaces").values({ study: made.id, position: 0, content, mark }).execute();
          return;
        }
        const there = await db.selectFrom("studies").select("mark").where("name", "=", name).executeTakeFirst();
        if (there?.mark === mark) return;
        throw new UsageError(
          where,
          `${this.#backend.shown} has one of that name already`,
          "choose another --name, or --resume it",
        );
      }),
    );
    return (await this.study(name))!;
  }

  async study(name: string): Promise<StudyRecord | undefined> {
    return (await this.#studies(name))[0];
  }

  async studies(): Promise<StudyRecord[]> {
    return this.#studies();
  }

  async #studies(name?: string): Promise<StudyRecord[]> {
    const rows = await this.#backend.attempt(() => {
      const all = this.#backend.db
        .selectFrom("studies")
        .innerJoin("spaces", "spaces.study", "studies.id")
        .selectAll("studies")
        .select("spaces.content as content")
        .orderBy("studies.id", "desc")
        .orderBy("spaces.position");
      return (name === undefined ? all : all.where("studies.name", "=", name)).execute();
    });
    const byId = new Map<number, typeof rows>();
    for (const row of rows) byId.set(row.id, [...(byId.get(row.id) ?? []), row]);
    return [...byId.values()].map((of) =>
      studyRecord(
        of[0],
        of.map((row) => row.content),
      ),
    );
  }

  async addSpace(study: number, space: SpaceVersion): Promise<number> {
    const [content, mark] = [pack(`study ${study}`, space), this.#mark()];
    return this.#backend.attempt((again) =>
      this.#together(async (db) => {
        const own = db.selectFrom("spaces").select("position").where("study", "=", study).where("mark", "=", mark);
        const heard = again ? await own.executeTakeFirst() : undefined;
        if (heard !== undefined) return heard.position;
        const { spaces } = await db
          .updateTable("studies")
          .set((is) => ({ spaces: is("spaces", "+", 1) }))
          .where("id", "=", study)
          .returning("spaces")
          .executeTakeFirstOrThrow();
        await db
          .insertInto("spaces")
          .values({ study, position: spaces - 1, content, mark })
          .execute();
        return spaces - 1;
      }),
    );
  }

  async addTrial(study: number, trial: NewTrial): Promise<TrialRecord | undefined> {
    const row = newTrialRow(study, trial, this.#mark());
    return this.#changes(row, () => this.#say.addTrial(row));
  }

  async trials(study: number, from = 0, numbers: readonly number[] = []): Promise<TrialRecord[]> {
    const { attempt, list } = this.#backend;
    const { rows } = await attempt(() =>
      numbers.length === 0
        ? this.#say.trialsFrom({ study, from })
        : this.#say.trialsFromAnd({ study, from, list: list(numbers) }),
    );
    return rows.map(trialRecord);
  }

  async reports(study: number, trials?: readonly number[]): Promise<Report[]> {
    const { attempt, list } = this.#backend;
    const { rows } = await attempt(() =>
      trials === undefined ? this.#say.reports({ study }) : this.#say.reportsOf({ study, list: list(trials) }),
    );
    return rows.flatMap(reportsOf);
  }

  async claim(study: number, trial: number, worker: string, leaseMs: number, folder: string) {
    const claim = { study, trial, worker, folder, leaseMs, mark: this.#mark() };
    return this.#changes(claim, () => this.#say.claim(claim));
  }

  async renew(lease: Lease, leaseMs: number): Promise<boolean> {
    return anyRow(await this.#backend.attempt(() => this.#say.renew({ ...lease, leaseMs })));
  }

  async report(lease: Lease, step: number, metrics: Readonly<Record<string, number>>): Promise<boolean> {
    const kept = { ...lease, step, metrics: packMetrics(metrics) };
    return anyRow(await this.#backend.attempt(() => this.#say.report(kept)));
  }

  async end(lease: Lease, { state, metrics, error }: Ending): Promise<boolean> {
    const ending = {
      ...lease,
      state,
      over: ended.has(state) ? (1 as const) : (0 as const),
      metrics: metrics === undefined ? null : packMetrics(metrics),
      error: error === undefined ? null : JSON.stringify(error),
      mark: this.#mark(),
    };
    return this.#changed(ending, () => this.#say.end(ending));
  }

  async promote(study: number, trial: number, toStep: number): Promise<boolean> {
    const promotion = { study, trial, toStep, mark: this.#mark() };
    return this.#changed(promotion, () => this.#say.promote(promotion));
  }

  async prunePaused(study: number): Promise<void> {
    await this.#backend.attempt(() => this.#say.prunePaused({ study, mark: this.#mark() }));
  }

  async release(study: number, mostLost: number, workers: readonly string[] = []) {
    const { attempt, list } = this.#backend;
    const [mark, most] = [this.#mark(), Math.min(mostLost, MOST)];
    const { rows } = await attempt(async (again) => {
      const released = await this.#say.release({ study, most, workers: list(workers), mark });
      return again ? this.#say.released({ study, mark }) : released;
    });
    const of = (state: string) =>
      rows.flatMap((row) => (row.state === state ? [row.number] : [])).sort((a, b) => a - b);
    return { waiting: of("waiting"), stale: of("stale") };
  }

  async beat(study: number, worker: string, slots: number): Promise<void> {
    const name = checkName("worker", worker);
    await this.#backend.attempt<unknown>(() =>
      slots <= 0 ? this.#say.leave({ study, name }) : this.#say.beat({ study, name, slots }),
    );
  }

  async workers(study: number, withinMs: number): Promise<WorkerRecord[]> {
    const { rows } = await this.#backend.attempt(() => this.#say.workers({ study, withinMs }));
    // Databases differ in what comes first in an alphabet.
    return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async want(study: number, wanted: Wanted): Promise<void> {
    await this.#backend.attempt(() => this.#say.want({ study, wanted }));
  }

  async wanted(study: number): Promise<Wanted> {
    const { rows } = await this.#backend.attempt(() => this.#say.wanted({ study }));
    return rows[0].wanted;
  }

  close(): Promise<void> {
    return this.#backend.close();
  }

  #mark(): string {
    return this.#self + this.#calls++;
  }

  /** The trial that a call changed; where an earlier attempt may have been heard, the one that it changed. */
  async #changes(of: { study: number; mark: string }, call: () => Promise<QueryResult<TrialRow>>) {
    const row = await this.#backend.attempt(
      async (again) => (await call()).rows[0] ?? (again ? (await this.#say.trialMarked(of)).rows[0] : undefined),
    );
    return row && trialRecord(row);
  }

  async #changed(of: { study: number; mark: string }, call: () => Promise<QueryResult<unknown>>): Promise<boolean> {
    return this.#backend.attempt(
      async (again) => anyRow(await call()) || (again && (await this.#say.trialMarked(of)).rows.length > 0),
    );
  }

  #together<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T> {
    return this.#backend.db.transaction().execute(work);
  }
}
