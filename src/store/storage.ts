import type { Transaction } from "kysely";
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
  type WorkerRecord,
} from "../tune/index.ts";
import type { Backend } from "./backend.ts";
import { checkName, newTrialRow, pack, packMetrics, report, studyRecord, trialRecord } from "./records.ts";
import type { Tables } from "./tables.ts";

/** No database counts further. */
const MOST = 2 ** 31 - 1;

/**
 * The one implementation. Whatever decides something is one statement, or a transaction that begins by writing, so that of several
 * who want the same thing one gets it. A call whose answer was lost is made again: those that could not be made twice find out by
 * their mark whether they had been heard.
 */
export class SqlStorage implements StudyStorage {
  readonly #backend: Backend;
  readonly #self = `${crypto.randomUUID().slice(0, 13)}-`;
  #calls = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
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
          "choose another name, or go on with that one",
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
    const { attempt, db, now } = this.#backend;
    const row = newTrialRow(study, trial, this.#mark());
    const finished = trial.outcome === undefined ? null : now;
    const added = await attempt(
      async (again) =>
        (await db
          .insertInto("trials")
          .values({ ...row, created: now, finished })
          .onConflict((conflict) => conflict.columns(["study", "number"]).doNothing())
          .returningAll()
          .executeTakeFirst()) ?? (again ? this.#heard(study, row.mark) : undefined),
    );
    return added && trialRecord(added);
  }

  async trials(study: number, from = 0, numbers: readonly number[] = []): Promise<TrialRecord[]> {
    const { attempt, db, among } = this.#backend;
    const rows = await attempt(() => {
      const of = db.selectFrom("trials").selectAll().where("study", "=", study);
      const later = of.where("number", ">=", from);
      if (numbers.length === 0) return later.orderBy("number").execute();
      const some = of.where("number", "<", from).where(among("number", numbers));
      return some.unionAll(later).orderBy("number").execute();
    });
    return rows.map(trialRecord);
  }

  async reports(study: number, trials?: readonly number[]): Promise<Report[]> {
    const { attempt, db, among } = this.#backend;
    const rows = await attempt(() => {
      const all = db.selectFrom("reports").select(["trial", "step", "metrics"]).where("study", "=", study);
      const some = trials === undefined ? all : all.where(among("trial", trials));
      return some.orderBy("trial").orderBy("step").execute();
    });
    return rows.map(report);
  }

  async claim(study: number, trial: number, worker: string, leaseMs: number, folder: string) {
    const { attempt, db, now } = this.#backend;
    const mark = this.#mark();
    const claimed = await attempt(
      async (again) =>
        (await db
          .updateTable("trials")
          .set((is) => ({
            state: "running",
            token: is("token", "+", 1),
            worker,
            folder,
            leased_until: is(now, "+", leaseMs),
            started: is.fn.coalesce("started", now),
            mark,
          }))
          .where("study", "=", study)
          .where("number", "=", trial)
          .where("state", "=", "waiting")
          .returningAll()
          .executeTakeFirst()) ?? (again ? this.#heard(study, mark) : undefined),
    );
    return claimed && trialRecord(claimed);
  }

  async renew(lease: Lease, leaseMs: number): Promise<boolean> {
    const { attempt, now } = this.#backend;
    const renewed = await attempt(() =>
      this.#leased(lease)
        .set((is) => ({ leased_until: is(now, "+", leaseMs) }))
        .executeTakeFirst(),
    );
    return renewed.numUpdatedRows > 0n;
  }

  async report({ study, trial, token }: Lease, step: number, metrics: Readonly<Record<string, number>>) {
    const { attempt, db, ifChanges } = this.#backend;
    const packed = packMetrics(metrics);
    const held = this.#leased({ study, trial, token }).set({ step });
    const kept = db
      .insertInto("reports")
      .values({ study, trial, step, metrics: packed })
      .onConflict((conflict) => conflict.columns(["study", "trial", "step"]).doUpdateSet({ metrics: packed }));
    return attempt(() => ifChanges(held, kept));
  }

  async end(lease: Lease, { state, metrics, error }: Ending): Promise<boolean> {
    const { attempt, now } = this.#backend;
    const mark = this.#mark();
    return attempt(async (again) => {
      const changed = await this.#leased(lease)
        .set({
          state,
          ...(metrics === undefined ? {} : { metrics: packMetrics(metrics) }),
          error: error === undefined ? null : JSON.stringify(error),
          leased_until: null,
          finished: ended.has(state) ? now : null,
          mark,
        })
        .executeTakeFirst();
      return changed.numUpdatedRows > 0n || (again && (await this.#heard(lease.study, mark)) !== undefined);
    });
  }

  async promote(study: number, trial: number, toStep: number): Promise<boolean> {
    const { attempt, db } = this.#backend;
    const mark = this.#mark();
    return attempt(async (again) => {
      const promoted = await db
        .updateTable("trials")
        .set({ state: "waiting", to_step: toStep, mark })
        .where("study", "=", study)
        .where("number", "=", trial)
        .where("state", "=", "paused")
        .executeTakeFirst();
      return promoted.numUpdatedRows > 0n || (again && (await this.#heard(study, mark)) !== undefined);
    });
  }

  async prunePaused(study: number): Promise<void> {
    const { attempt, db, now } = this.#backend;
    await attempt(() =>
      db
        .updateTable("trials")
        .set({ state: "pruned", finished: now, mark: this.#mark() })
        .where("study", "=", study)
        .where("state", "=", "paused")
        .execute(),
    );
  }

  async release(study: number, mostLost: number, workers: readonly string[] = []) {
    const { attempt, db, now, among } = this.#backend;
    const [mark, most] = [this.#mark(), Math.min(mostLost, MOST)];
    const released = await attempt(async (again) => {
      const rows = await db
        .updateTable("trials")
        .set((is) => ({
          state: is
            .case()
            .when("lost", ">=", most)
            .then("stale" as const)
            .else("waiting" as const)
            .end(),
          finished: is.case().when("lost", ">=", most).then(now).else(null).end(),
          lost: is("lost", "+", 1),
          leased_until: null,
          mark,
        }))
        .where("study", "=", study)
        .where("state", "=", "running")
        .where((is) => {
          const late = is("leased_until", "<", now);
          return workers.length === 0 ? late : is.or([late, among("worker", workers)]);
        })
        .returning(["number", "state"])
        .execute();
      if (!again) return rows;
      const marked = db.selectFrom("trials").select(["number", "state"]).where("study", "=", study);
      return marked.where("mark", "=", mark).execute();
    });
    const of = (state: string) =>
      released.flatMap((row) => (row.state === state ? [row.number] : [])).sort((a, b) => a - b);
    return { waiting: of("waiting"), stale: of("stale") };
  }

  async beat(study: number, worker: string, slots: number): Promise<void> {
    const { attempt, db, now } = this.#backend;
    const name = checkName("worker", worker);
    await attempt<unknown>(() =>
      slots <= 0
        ? db.deleteFrom("workers").where("study", "=", study).where("name", "=", name).execute()
        : db
            .insertInto("workers")
            .values({ study, name, slots, seen: now })
            .onConflict((conflict) => conflict.columns(["study", "name"]).doUpdateSet({ slots, seen: now }))
            .execute(),
    );
  }

  async workers(study: number, withinMs: number): Promise<WorkerRecord[]> {
    const { attempt, db, now } = this.#backend;
    const rows = await attempt(() =>
      db
        .selectFrom("workers")
        .select(["name", "slots", "seen"])
        .where("study", "=", study)
        .where((is) => is("seen", ">=", is(now, "-", withinMs)))
        .execute(),
    );
    // Databases differ in what comes first in an alphabet.
    return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  close(): Promise<void> {
    return this.#backend.close();
  }

  #mark(): string {
    return this.#self + this.#calls++;
  }

  /** The trial that a call with that mark changed, unless another has changed it since. */
  #heard(study: number, mark: string) {
    const trials = this.#backend.db.selectFrom("trials").selectAll();
    return trials.where("study", "=", study).where("mark", "=", mark).executeTakeFirst();
  }

  #leased({ study, trial, token }: Lease) {
    return this.#backend.db
      .updateTable("trials")
      .where("study", "=", study)
      .where("number", "=", trial)
      .where("token", "=", token)
      .where("state", "=", "running");
  }

  #together<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T> {
    return this.#backend.db.transaction().execute(work);
  }
}
