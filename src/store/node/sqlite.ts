import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { CompiledQuery, type DatabaseConnection, Kysely, SqliteDialect, SqliteDriver, sql } from "kysely";
import { UsageError } from "../../core/index.ts";
import { persist } from "../attempt.ts";
import type { Backend } from "../backend.ts";
import type { Tables } from "../tables.ts";

/** What libsql has and we use; it is made after better-sqlite3. */
interface Statement {
  readonly reader: boolean;
  all(parameters: readonly unknown[]): unknown[];
  run(parameters: readonly unknown[]): { changes: number; lastInsertRowid: number };
}
interface Database {
  prepare(text: string): Statement;
  exec(text: string): void;
  close(): void;
}

/** How long SQLite itself waits for another's write before it gives the event loop back. */
const BUSY_MS = 60;
const PATIENCE_MS = 30_000;

const MAGIC = "SQLite format 3\0";
/** Different statements are few; those that name many columns are worth preparing once. */
const MOST_PREPARED = 200;

const codeOf = (error: unknown) => String((error as { code?: unknown } | null)?.code ?? "");
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Transactions that hold the right to write from the start: one that only then wants to write after reading may be refused. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
}

class ImmediateDialect extends SqliteDialect {
  readonly #database: PreparedDatabase;
  constructor(database: PreparedDatabase) {
    super({ database: database as never });
    this.#database = database;
  }
  override createDriver() {
    return new ImmediateDriver({ database: this.#database as never });
  }
}

interface PreparedDatabase {
  prepare(text: string): Statement;
  close(): void;
}

/** Remembers prepared statements. */
function remembering(database: Database): PreparedDatabase {
  const prepared = new Map<string, Statement>();
  return {
    prepare(text) {
      const known = prepared.get(text);
      if (known !== undefined) return known;
      const statement = database.prepare(text);
      const kept = {
        // Asked of every statement each time, and always answered the same.
        reader: statement.reader,
        all: (parameters: readonly unknown[]) => statement.all(parameters),
        run: (parameters: readonly unknown[]) => statement.run(parameters),
      };
      if (prepared.size >= MOST_PREPARED) prepared.clear();
      prepared.set(text, kept);
      return kept;
    },
    close() {
      prepared.clear();
      database.close();
    },
  };
}

async function load(): Promise<new (path: string, options: { timeout: number }) => Database> {
  try {
    const { default: library } = await import("libsql");
    return library as never;
  } catch (error) {
    throw new UsageError(
      "SQLite",
      `libsql, which reads and writes its files, cannot be loaded (${messageOf(error).split("\n")[0]})`,
      "install it with npm install libsql, without --omit=optional; or keep studies in PostgreSQL: postgres://…",
      1,
    );
  }
}

/** @throws UsageError where the path is no place for a database */
function check(path: string, create: boolean): void {
  if (!existsSync(path)) {
    if (!create) throw new UsageError(path, "there is no such file", "check the path; `argmin tune` makes it", 1);
    return;
  }
  if (statSync(path).isDirectory()) throw new UsageError(path, "this is a folder", "name a file in it");
  const head = Buffer.alloc(MAGIC.length);
  let length = 0;
  try {
    const file = openSync(path, "r");
    try {
      length = readSync(file, head);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new UsageError(path, `it cannot be read (${codeOf(error)})`, "let this user read and write it", 1);
  }
  if (length > 0 && head.toString("latin1", 0, length) !== MAGIC) {
    throw new UsageError(path, "this file is no SQLite database", "name another file; this one was left as it is", 1);
  }
}

/** What an error of SQLite means for the user; others stay as they are. */
function explained(path: string, error: unknown): unknown {
  const [code, message] = [codeOf(error), messageOf(error)];
  const because = `${message}${code && !message.includes(code) ? `, ${code}` : ""}`;
  if (/READONLY|CANTOPEN|PERM|AUTH/.test(code) || /readonly|unable to open/.test(message)) {
    const fix = "let this user write the file and its folder";
    return new UsageError(path, `the database cannot be written (${because})`, fix, 1);
  }
  if (/CORRUPT|NOTADB/.test(code) || /malformed|not a database/.test(message)) {
    return new UsageError(path, `the database is damaged (${because})`, "take a copy of before, or another file", 1);
  }
  if (/FULL|IOERR/.test(code) || /disk I\/O|is full/.test(message)) {
    return new UsageError(path, `the database cannot be written (${because})`, "make room on the disk and go on", 1);
  }
  return error;
}

const isBusy = (error: unknown) =>
  /BUSY|LOCKED/.test(codeOf(error)) || /database (table )?is locked/.test(messageOf(error));

/** Opens a file, and makes it and its folder where it is missing. Nothing is written before it is known to be ours. */
export async function sqliteBackend(name: string, create: boolean): Promise<Backend & { writeAhead(): Promise<void> }> {
  const Library = await load();
  const path = resolve(name);
  check(path, create);
  let database: Database;
  try {
    mkdirSync(dirname(path), { recursive: true });
    database = new Library(path, { timeout: BUSY_MS });
  } catch (error) {
    const told = explained(path, error);
    if (told instanceof UsageError) throw told;
    throw new UsageError(
      path,
      `cannot be made (${messageOf(error)})`,
      "name a file in a folder that can be written",
      1,
    );
  }
  const db = new Kysely<Tables>({ dialect: new ImmediateDialect(remembering(database)) });

  const attempt = async <T>(work: (again: boolean) => Promise<T>): Promise<T> => {
    try {
      return await persist(work, isBusy, PATIENCE_MS, (_, seconds) => {
        const what = `another process has been writing to it for ${seconds} s`;
        return new UsageError(path, what, "end the program that holds it, and go on", 1);
      });
    } catch (error) {
      throw explained(path, error);
    }
  };
  return {
    kind: "sqlite",
    shown: path,
    db,
    now: sql<number>`cast(round(unixepoch('subsec') * 1000) as integer)`,
    among: (column, list) => sql`${sql.ref(column)} in (select value from json_each(${list}))`,
    list: (values) => JSON.stringify(values),
    attempt,
    tables: async (of) => {
      const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(of);
      return rows.map((row) => row.name).filter((table) => !table.startsWith("sqlite_"));
    },
    // A transaction holds the only right to write.
    lock: async () => {},
    prepare: async () => {},
    close: () => db.destroy(),
    /** Readers and one writer at a time do not wait for each other; a crash of the machine loses the last moments, not the file. */
    writeAhead: () =>
      attempt(async () => {
        for (const setting of ["journal_mode = wal", "synchronous = normal", "foreign_keys = on"]) {
          await sql`${sql.raw(`pragma ${setting}`)}`.execute(db);
        }
      }),
  };
}
