import { type ExpressionBuilder, type Kysely, sql } from "kysely";
import type { Lease, TrialState, Wanted } from "../tune/index.ts";
import type { Backend } from "./backend.ts";
import { prepared } from "./prepared.ts";
import type { NewTrialRow } from "./records.ts";
import type { Tables } from "./tables.ts";

type Trials = ExpressionBuilder<Tables, "trials">;

interface OfTrial {
  readonly study: number;
  readonly trial: number;
}

/** The last step that was reported of a trial: reports say it themselves, so that a report is one write. */
const lastStep = (is: Trials) =>
  is.fn
    .coalesce(
      is
        .selectFrom("reports")
        .select((of) => of.fn.max("reports.step").as("step"))
        .whereRef("reports.study", "=", "trials.study")
        .whereRef("reports.trial", "=", "trials.number"),
      sql.lit(0),
    )
    .as("step");

/** Whether a lease is (still) good. */
const isHeld =
  ({ study, trial, token }: Lease) =>
  (is: Trials) =>
    is.and({ "trials.study": study, number: trial, token, state: "running" });

/** What is said to a database again and again, and decides what nobody else may: each is one statement. */
export function statements({ db, now, among, kind }: Backend) {
  const statement = <Values extends object, Row>(build: Parameters<typeof prepared<Values, Row>>[1]) =>
    prepared(db as Kysely<never>, build);
  const trials = db.selectFrom("trials").selectAll().select(lastStep);
  // A row for each trial, not for each report: most of the time of reading many is spent on rows.
  const reports = db
    .selectFrom("reports")
    .select((is) => [
      "trial",
      is.fn
        .agg<string>("string_agg", [is.cast("step", "text"), sql.lit(",")])
        .orderBy("step")
        .as("steps"),
      is.fn
        .agg<string>("string_agg", ["metrics", sql.lit(",")])
        .orderBy("step")
        .as("metrics"),
    ])
    .groupBy("trial")
    .orderBy("trial");

  return {
    addTrial: statement((row: NewTrialRow) =>
      db
        .insertInto("trials")
        .values((is) => ({
          study: row.study,
          number: row.number,
          state: row.state,
          configuration: row.configuration,
          space: row.space,
          origin: row.origin,
          seen: row.seen,
          seed: row.seed,
          to_step: row.to_step,
          metrics: row.metrics,
          token: sql.lit(0),
          lost: sql.lit(0),
          created: now,
          finished: is
            .case()
            .when(is.cast(is.val(row.state), "text"), "=", "waiting")
            .then(null)
            .else(now)
            .end(),
          mark: row.mark,
        }))
        .onConflict((conflict) => conflict.columns(["study", "number"]).doNothing())
        .returningAll()
        .returning(lastStep),
    ),

    trialsFrom: statement(({ study, from }: { study: number; from: number }) =>
      trials.where("study", "=", study).where("number", ">=", from).orderBy("number"),
    ),
    trialsFromAnd: statement(({ study, from, list }: { study: number; from: number; list: unknown }) =>
      trials
        .where("study", "=", study)
        .where("number", "<", from)
        .where(among("number", list))
        .unionAll(trials.where("study", "=", study).where("number", ">=", from))
        .orderBy("number"),
    ),
    /** The trial that a call with that mark changed, unless another has changed it since. */
    trialMarked: statement(({ study, mark }: { study: number; mark: string }) =>
      trials.where("study", "=", study).where("mark", "=", mark),
    ),

    claim: statement(
      ({
        study,
        trial,
        worker,
        folder,
        leaseMs,
        mark,
      }: OfTrial & {
        worker: string;
        folder: string;
        leaseMs: number;
        mark: string;
      }) =>
        db
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
          .returning(lastStep),
    ),
    renew: statement((lease: Lease & { leaseMs: number }) =>
      db
        .updateTable("trials")
        .set((is) => ({ leased_until: is(now, "+", lease.leaseMs) }))
        .where(isHeld(lease)),
    ),
    end: statement(
      (lease: Lease & { state: TrialState; over: 0 | 1; metrics: string | null; error: string | null; mark: string }) =>
        db
          .updateTable("trials")
          .set((is) => ({
            state: lease.state,
            metrics: is.fn.coalesce(is.val(lease.metrics), "metrics"),
            error: lease.error,
            leased_until: null,
            finished: is
              .case()
              .when(is.cast(is.val(lease.over), "integer"), "=", 1)
              .then(now)
              .else(null)
              .end(),
            mark: lease.mark,
          }))
          .where(isHeld(lease)),
    ),
    promote: statement(({ study, trial, toStep, mark }: OfTrial & { toStep: number; mark: string }) =>
      db
        .updateTable("trials")
        .set({ state: "waiting", to_step: toStep, mark })
        .where("study", "=", study)
        .where("number", "=", trial)
        .where("state", "=", "paused"),
    ),
    prunePaused: statement(({ study, mark }: { study: number; mark: string }) =>
      db
        .updateTable("trials")
        .set({ state: "pruned", finished: now, mark })
        .where("study", "=", study)
        .where("state", "=", "paused"),
    ),
    release: statement(
      ({ study, most, workers, mark }: { study: number; most: number; workers: unknown; mark: string }) =>
        db
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
          .where((is) => is.or([is("leased_until", "<", now), among("worker", workers)]))
          .returning(["number", "state"]),
    ),
    released: statement(({ study, mark }: { study: number; mark: string }) =>
      db.selectFrom("trials").select(["number", "state"]).where("study", "=", study).where("mark", "=", mark),
    ),

    report: statement((of: Lease & { step: number; metrics: string }) => {
      const held = db
        .selectFrom("trials")
        .select((is) => [
          "study",
          "number",
          is.cast(is.val(of.step), "integer").as("step"),
          is.val(of.metrics).as("metrics"),
        ])
        .where(isHeld(of));
      return (
        db
          .insertInto("reports")
          .columns(["study", "trial", "step", "metrics"])
          // Nobody takes the trial away meanwhile; in SQLite nobody writes beside a statement that does.
          .expression(kind === "postgres" ? held.forShare() : held)
          .onConflict((conflict) =>
            conflict.columns(["study", "trial", "step"]).doUpdateSet((is) => ({ metrics: is.ref("excluded.metrics") })),
          )
      );
    }),
    reportsOf: statement(({ study, list }: { study: number; list: unknown }) =>
      reports.where("study", "=", study).where(among("trial", list)),
    ),
    reports: statement(({ study }: { study: number }) => reports.where("study", "=", study)),

    want: statement(({ study, wanted }: { study: number; wanted: Wanted }) =>
      db.updateTable("studies").set({ wanted }).where("id", "=", study),
    ),
    wanted: statement(({ study }: { study: number }) =>
      db.selectFrom("studies").select("wanted").where("id", "=", study),
    ),

    beat: statement(({ study, name, slots }: { study: number; name: string; slots: number }) =>
      db
        .insertInto("workers")
        .values({ study, name, slots, seen: now })
        .onConflict((conflict) =>
          conflict
            .columns(["study", "name"])
            .doUpdateSet((is) => ({ slots: is.ref("excluded.slots"), seen: is.ref("excluded.seen") })),
        ),
    ),
    leave: statement(({ study, name }: { study: number; name: string }) =>
      db.deleteFrom("workers").where("study", "=", study).where("name", "=", name),
    ),
    workers: statement(({ study, withinMs }: { study: number; withinMs: number }) =>
      db
        .selectFrom("workers")
        .select(["name", "slots", "seen"])
        .where("study", "=", study)
        .where((is) => is("seen", ">=", is(now, "-", withinMs))),
    ),
  };
}
