import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, describe, expect, test } from "vitest";
import { space, spec } from "../../../test/storage-conformance.ts";
import { UsageError } from "../../core/index.ts";
import { type Migration, migrate, migrations } from "../migrations.ts";
import { SqlStorage } from "../storage.ts";
import { openStorage } from "./index.ts";
import { checkServer } from "./postgres.ts";
import { sqliteBackend } from "./sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "argmin-open-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const fresh = () => join(folder, `${files++}.db`);

async function failure(url: string, options = {}): Promise<string> {
  const error = await openStorage(url, options).then(
    (storage) => storage.close(),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UsageError);
  return (error as UsageError).message;
}

describe("an address", () => {
  test("of a file is made with its folder, and found again", async () => {
    const path = join(folder, "a", "b", "studies.sqlite");
    const made = await openStorage(path);
    await made.createStudy(spec("one"), space);
    await made.close();
    for (const url of [path, `sqlite:${path}`, `sqlite:///${path}`]) {
      const storage = await openStorage(url, { create: false });
      expect((await storage.studies()).map((study) => study.name)).toEqual(["one"]);
      await storage.close();
    }
  });

  test("that leads nowhere is refused, and no password shown", async () => {
    expect(await failure("mysql://me:opensesame@host/db")).toBe(
      'mysql://…@host/db: studies are kept in SQLite and PostgreSQL, not in "mysql"; write a file ending in .db or .sqlite, ' +
        "sqlite:PATH, or postgres://USER:PASSWORD@HOST:PORT/DATABASE",
    );
    expect(await failure("studies")).toMatch(
      /^"studies": is neither a file of SQLite by its name nor an address of Post/,
    );
    expect(await failure("sqlite:")).toMatch(/names no file/);
    expect(await failure("sqlite::memory:")).toMatch(/nothing of this would be left/);
    for (const secret of ["open#sesame", "open/sesame", "open?sesame", "open@sesame", "open%sesame", "a:b@c/d"]) {
      const told = await failure(`postgres://me:${secret}@127.0.0.1:1/db`);
      expect(told).not.toMatch(/sesame|a:b|c\/d/);
    }
    expect(await failure("postgres://me:open#sesame@127.0.0.1/db")).toMatch(/%23 for #/);
  });
});

describe("a file", () => {
  test("that is missing is not made where it was told not to", async () => {
    const path = join(folder, "nobody", "made.db");
    expect(await failure(path, { create: false })).toBe(
      `${path}: there is no such file; check the path; \`argmin tune\` makes it`,
    );
    expect(existsSync(join(folder, "nobody"))).toBe(false);
  });

  test("that is no database, or a folder, is left as it is", async () => {
    const [text, directory] = [fresh(), fresh()];
    writeFileSync(text, "loss,accuracy\n0.5,0.9\n");
    mkdirSync(directory);
    expect(await failure(text)).toMatch(/is no SQLite database; name another file/);
    expect(readFileSync(text, "utf8")).toBe("loss,accuracy\n0.5,0.9\n");
    expect(await failure(directory)).toMatch(/this is a folder/);
  });

  test("whose folder cannot be made is refused", async () => {
    const file = fresh();
    writeFileSync(file, "");
    expect(await failure(join(file, "inside", "studies.db"))).toMatch(/cannot be made \(.*(ENOTDIR|EEXIST)/);
  });

  test("that belongs to another program is left as it is", async () => {
    const path = fresh();
    const theirs = new Database(path);
    theirs.exec("create table trials (trial_id integer); create table studies (study_id integer)");
    theirs.close();
    const before = readFileSync(path);
    expect(await failure(path)).toMatch(
      /belongs to another program: it has the table \w+, and none of a study; name a/,
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("that is damaged is told as damaged", async () => {
    const path = fresh();
    writeFileSync(path, `SQLite format 3\0${"x".repeat(5000)}`);
    expect(await failure(path)).toMatch(/the database is damaged/);
  });

  test("that is newer than the program is left as it is", async () => {
    const path = fresh();
    await openStorage(path).then((storage) => storage.close());
    const later = new Database(path);
    later.exec("update schema_version set version = 7; drop table reports");
    later.close();
    const before = readFileSync(path);
    expect(await failure(path)).toMatch(
      /is too new: its schema is version 7, and argmin \S+ knows \d; update argmin: npm/,
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("is written ahead of itself, so that it can be read while somebody writes", async () => {
    const path = fresh();
    const storage = await openStorage(path);
    const looking = new Database(path);
    expect(looking.prepare("pragma journal_mode").all([])).toEqual([{ journal_mode: "wal" }]);
    looking.close();
    await storage.close();
  });
});

describe("migrations", () => {
  const further: Migration = async (db) => {
    await db.schema.alterTable("studies").addColumn("note", "text").execute();
  };
  const broken: Migration = async (db, kind) => {
    await further(db, kind);
    throw new Error("out of luck");
  };
  const columns = (path: string) => {
    const database = new Database(path);
    const names = database.prepare("select name from pragma_table_info('studies')").all([]) as { name: string }[];
    const [{ version }] = database.prepare("select version from schema_version").all([]) as { version: number }[];
    database.close();
    return { version, note: names.some((column) => column.name === "note") };
  };
  async function old(): Promise<string> {
    const path = fresh();
    const storage = await openStorage(path);
    await storage.createStudy(spec("of before"), space);
    await storage.close();
    return path;
  }

  test("bring an older database to what the program knows, with all that is in it", async () => {
    const path = await old();
    const backend = await sqliteBackend(path, false);
    await migrate(backend, false, [...migrations, further]);
    expect(await new SqlStorage(backend).study("of before")).toMatchObject({ name: "of before", spaces: [space] });
    await backend.close();
    expect(columns(path)).toEqual({ version: migrations.length + 1, note: true });
  });

  test("that fail leave the database as it was", async () => {
    const path = await old();
    const backend = await sqliteBackend(path, false);
    await expect(migrate(backend, false, [...migrations, broken])).rejects.toThrow("out of luck");
    await backend.close();
    expect(columns(path)).toEqual({ version: migrations.length, note: false });
    const empty = fresh();
    const first = await sqliteBackend(empty, true);
    await expect(migrate(first, true, [...migrations, broken])).rejects.toThrow("out of luck");
    await first.close();
    expect(new Database(empty).prepare("select name from sqlite_master").all([])).toEqual([]);
  });

  test("are made once, however many open the database", async () => {
    const path = fresh();
    const backends = await Promise.all([1, 2, 3].map(() => sqliteBackend(path, true)));
    await Promise.all(backends.map((backend) => migrate(backend, true, [...migrations, further])));
    await Promise.all(backends.map((backend) => backend.close()));
    expect(columns(path)).toEqual({ version: migrations.length + 1, note: true });
  });
});

test("a server that is too old is refused, with both versions", () => {
  expect(() => checkServer("postgres://host/db", 90_624, "UTF8")).toThrow(
    "postgres://host/db: this PostgreSQL is too old: version 9.6, older than 13; use a server of version 13 or newer",
  );
  expect(() => checkServer("postgres://host/db", 120_017, "UTF8")).toThrow("version 12, older than 13");
  expect(() => checkServer("postgres://host/db", 130_000, "UTF8")).not.toThrow();
});
