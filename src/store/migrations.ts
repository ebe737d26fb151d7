import { type Kysely, sql } from "kysely";
import { UsageError, VERSION } from "../core/index.ts";
import type { Backend } from "./backend.ts";
import type { Tables } from "./tables.ts";

/** One step of the schema. It is never changed once studies have been kept with it; another is added behind it. */
export type Migration = (db: Kysely<Tables>, kind: Backend["kind"]) => Promise<void>;

const first: Migration = async (db, kind) => {
  const { schema } = db;
  const study = (table: string) => schema.createTable(table).addColumn("study", "integer", (c) => c.notNull());
  const clustered = kind === "sqlite" ? sql`without rowid` : sql``;

  await schema
    .createTable("studies")
    .addColumn("id", kind === "sqlite" ? "integer" : "serial", (c) =>
      kind === "sqlite" ? c.primaryKey().autoIncrement() : c.primaryKey(),
    )
    .addColumn("name", "text", (c) => c.notNull().unique())
    .addColumn("created", "double precision", (c) => c.notNull())
    .addColumn("spec", "text", (c) => c.notNull())
    .addColumn("spaces", "integer", (c) => c.notNull())
    .addColumn("mark", "text", (c) => c.notNull())
    .execute();
  await study("spaces")
    .addColumn("position", "integer", (c) => c.notNull())
    .addColumn("content", "text", (c) => c.notNull())
    .addColumn("mark", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("spaces_key", ["study", "position"])
    .addForeignKeyConstraint("spaces_study", ["study"], "studies", ["id"])
    .execute();
  await study("trials")
    .addColumn("number", "integer", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("configuration", "text", (c) => c.notNull())
    .addColumn("space", "integer", (c) => c.notNull())
    .addColumn("origin", "text", (c) => c.notNull())
    .addColumn("seen", "text")
    .addColumn("seed", "double precision", (c) => c.notNull())
    .addColumn("to_step", "integer", (c) => c.notNull())
    .addColumn("metrics", "text", (c) => c.notNull())
    .addColumn("error", "text")
    .addColumn("folder", "text")
    .addColumn("token", "integer", (c) => c.notNull())
    .addColumn("worker", "text")
    .addColumn("leased_until", "double precision")
    .addColumn("lost", "integer", (c) => c.notNull())
    .addColumn("created", "double precision", (c) => c.notNull())
    .addColumn("started", "double precision")
    .addColumn("finished", "double precision")
    .addColumn("mark", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("trials_key", ["study", "number"])
    .addForeignKeyConstraint("trials_space", ["study", "space"], "spaces", ["study", "position"])
    .execute();
  await schema.createIndex("trials_by_state").on("trials").columns(["study", "state"]).execute();
  await study("reports")
    .addColumn("trial", "integer", (c) => c.notNull())
    .addColumn("step", "integer", (c) => c.notNull())
    .addColumn("metrics", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("reports_key", ["study", "trial", "step"])
    .addForeignKeyConstraint("reports_trial", ["study", "trial"], "trials", ["study", "number"])
    .modifyEnd(clustered)
    .execute();
  await study("workers")
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("slots", "integer", (c) => c.notNull())
    .addColumn("seen", "double precision", (c) => c.notNull())
    .addPrimaryKeyConstraint("workers_key", ["study", "name"])
    .addForeignKeyConstraint("workers_study", ["study"], "studies", ["id"])
    .execute();
};

/** What is wanted of a study, so that it can be paused from elsewhere. */
const second: Migration = async ({ schema }) => {
  await schema
    .alterTable("studies")
    .addColumn("wanted", "text", (c) => c.notNull().defaultTo("run"))
    .execute();
};

export const migrations: readonly Migration[] = [first, second];

/** What is there: 0 where there is nothing yet. */
async function versionOf({ db, tables, shown }: Backend, transaction: Kysely<Tables>): Promise<number> {
  const names = await tables(transaction);
  if (names.length === 0) return 0;
  if (!names.includes("schema_version") || !names.includes("trials")) {
    throw new UsageError(
      shown,
      `this database belongs to another program: it has the table ${names[0]}, and none of a study`,
      "name a file or a database of its own",
    );
  }
  const row = await (transaction ?? db).selectFrom("schema_version").select("version").executeTakeFirstOrThrow();
  return row.version;
}

/**
 * Brings a database to the newest schema, in one transaction, while others may be about to do the same.
 * @param create whether a database without studies becomes one for them
 * @throws UsageError where the database is newer than this program, or of another one; then nothing was changed
 */
export async function migrate(backend: Backend, create: boolean, steps = migrations): Promise<void> {
  const check = (version: number) => {
    if (version > steps.length) {
      throw new UsageError(
        backend.shown,
        `this database is too new: its schema is version ${version}, and argmin ${VERSION} knows ${steps.length}`,
        "update argmin: npm install argmin@latest",
      );
    }
    if (version === 0 && !create) {
      throw new UsageError(
        backend.shown,
        "no study was ever kept here",
        "check the address; `argmin tune` makes it",
        1,
      );
    }
    return version;
  };
  if (check(await backend.attempt(() => versionOf(backend, backend.db))) === steps.length) return;
  await backend.attempt(() =>
    backend.db.transaction().execute(async (transaction) => {
      await backend.lock(transaction);
      const version = check(await versionOf(backend, transaction));
      if (version === steps.length) return;
      if (version === 0) {
        await backend.prepare(transaction);
        await transaction.schema
          .createTable("schema_version")
          .addColumn("version", "integer", (c) => c.notNull())
          .execute();
        await transaction.insertInto("schema_version").values({ version: 0 }).execute();
      }
      for (const step of steps.slice(version)) await step(transaction, backend.kind);
      await transaction.updateTable("schema_version").set({ version: steps.length }).execute();
    }),
  );
}
