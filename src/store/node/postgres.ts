import { Kysely, PostgresDialect, type PostgresPoolClient, sql } from "kysely";
import type { Pool, PoolClient } from "pg";
import { UsageError } from "../../core/index.ts";
import { persist } from "../attempt.ts";
import type { Backend } from "../backend.ts";
import type { Tables } from "../tables.ts";

/** The schema that holds our tables, so that a database may hold others' too. */
export const SCHEMA = "argmin";
export const PATIENCE_MS = 60_000;
const CONNECT_MS = 10_000;
/** A machine that vanished answers no more, and no error comes. */
const QUERY_MS = 60_000;
const CONNECTIONS = 4;
const OLDEST = 13;

/** SQLSTATE of what a server says that is going down, coming up or full, and of a transaction that lost against another. */
const PASSING = /^(08\w{3}|57P0[123]|53300|40001|40P01|25006)$/;
const BROKEN = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND|ECONNABORTED)$/;
const GONE =
  /^(Connection terminated|timeout expired|timeout exceeded when|Query read timeout)|is not queryable|been discarded/;

const codeOf = (error: unknown) => String((error as { code?: unknown } | null)?.code ?? "");
const messageOf = (error: unknown) => (error instanceof Error && error.message !== "" ? error.message : codeOf(error));

/** What the server says has a code of its own; a connection that is gone says it in words. */
const connectionBroke = (error: unknown) =>
  BROKEN.test(codeOf(error)) || (codeOf(error) === "" && GONE.test(messageOf(error)));
/** Whether the same may work a moment later. */
export const passes = (error: unknown) => PASSING.test(codeOf(error)) || connectionBroke(error);

/** What an error says, without what it may have quoted of the address. */
function explained(shown: string, error: unknown): unknown {
  const [code, message] = [codeOf(error), messageOf(error)];
  const tell = (what: string, fix: string) => new UsageError(shown, what, fix, 1);
  if (code === "28P01" || code === "28000" || /password must be a string|no password/i.test(message)) {
    return tell(
      `the server refuses this user or password (${message})`,
      "mend user and password: postgres://USER:PASSWORD@…",
    );
  }
  if (code === "3D000") {
    return tell(`the server has no such database (${message})`, "make it with createdb, or name another");
  }
  if (code === "42501") {
    const fix = "let an administrator say: grant create on database DATABASE to USER";
    return tell(`this user may not do that (${message})`, fix);
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return tell(`there is no such host (${message})`, "mend the host in the address");
  }
  if (code === "57P03" || code === "53300") {
    return tell(`the server takes no connection (${message})`, "wait until it is up, or let it take more connections");
  }
  if (connectionBroke(error)) {
    return tell(`no server answers (${code || message})`, "start PostgreSQL, or mend host and port in the address");
  }
  if (/SSL/i.test(message) || /CERT/.test(code)) {
    return tell(`no secure connection could be made (${message})`, "mend sslmode in the address");
  }
  return error;
}

/** @throws UsageError where the server is too old, or cannot keep every character */
export function checkServer(shown: string, version: number, encoding: string): void {
  if (version < OLDEST * 10_000) {
    const older = version < 100_000 ? `${Math.floor(version / 10_000)}.${Math.floor(version / 100) % 100}` : undefined;
    throw new UsageError(
      shown,
      `this PostgreSQL is too old: version ${older ?? Math.floor(version / 10_000)}, older than ${OLDEST}`,
      `use a server of version ${OLDEST} or newer`,
      1,
    );
  }
  if (!["UTF8", "SQL_ASCII"].includes(encoding)) {
    throw new UsageError(
      shown,
      `this database keeps text as ${encoding}, which lacks characters that names and errors may have`,
      "make one that has them: createdb --encoding=UTF8 --template=template0 NAME",
      1,
    );
  }
}

const LOOK = `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`;

/** Connections to one database; those with which something went wrong are thrown away. */
export class Connections {
  readonly #pool: Pool;
  private constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Connects, and looks at what answers. @throws UsageError */
  static async open(url: string, shown: string, patienceMs: number): Promise<Connections> {
    const { default: pg } = await import("pg");
    let connections: Connections | undefined;
    try {
      const pool = new pg.Pool({
        connectionString: url,
        max: CONNECTIONS,
        connectionTimeoutMillis: CONNECT_MS,
        query_timeout: QUERY_MS,
        keepAlive: true,
        application_name: "argmin",
      });
      // A connection that breaks while nobody uses it is replaced when somebody does.
      pool.on("error", () => {});
      pool.on("connect", (client) => client.on("error", () => {}));
      const opened = new Connections(pool);
      connections = opened;
      // Whoever gives an address wants to hear at once that it is wrong; but a server that is starting says so.
      const { rows } = await persist(
        () => opened.query(LOOK),
        (error) => codeOf(error) === "57P03",
        patienceMs,
        (error) => error,
      );
      checkServer(shown, rows[0].version, rows[0].encoding);
      return opened;
    } catch (error) {
      await connections?.end();
      throw explained(shown, error);
    }
  }

  async connect(): Promise<PostgresPoolClient> {
    const client: PoolClient = await this.#pool.connect();
    let broken = false;
    const query = async (text: string, values: readonly unknown[]) => {
      try {
        return await client.query(text, [...values]);
      } catch (error) {
        broken ||= passes(error);
        throw error;
      }
    };
    return { query, release: (discard?: boolean) => client.release(broken || discard) } as never;
  }

  /** One statement, or several that take no values; after an error of several a transaction of theirs may be open, so it goes. */
  async query(text: string, values?: readonly unknown[]) {
    const client = await this.#pool.connect();
    let broken = true;
    try {
      const result = await client.query(text, values === undefined ? undefined : [...values]);
      broken = false;
      return result;
    } finally {
      client.release(broken);
    }
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

/** Tries for a while what a database may have been away for. @throws UsageError */
export async function persistently<T>(
  shown: string,
  work: (again: boolean) => Promise<T>,
  patienceMs: number,
): Promise<T> {
  try {
    return await persist(work, passes, patienceMs, (error, seconds) => {
      if (seconds < 1) return error;
      const what = `the database has not answered for ${seconds} s (${codeOf(error) || messageOf(error)})`;
      return new UsageError(shown, what, "start it again and go on: what it had kept is kept", 1);
    });
  } catch (error) {
    throw explained(shown, error);
  }
}

export async function postgresBackend(url: string, shown: string, patienceMs = PATIENCE_MS): Promise<Backend> {
  const connections = await Connections.open(url, shown, patienceMs);
  const plain = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: connections }) });
  return {
    kind: "postgres",
    shown,
    db: plain.withSchema(SCHEMA),
    now: sql<number>`floor(extract(epoch from clock_timestamp()) * 1000)::float8`,
    among: (column, list) =>
      sql`${sql.ref(column)} = any(${list}::${sql.raw(column === "worker" ? "text[]" : "int[]")})`,
    list: (values) => values,
    attempt: (work) => persistently(shown, work, patienceMs),
    tables: async (of) => {
      const found = sql<{ name: string }>`select table_name as name from information_schema.tables
        where table_schema = ${SCHEMA}`;
      return (await found.execute(of)).rows.map((row) => row.name);
    },
    lock: async (transaction) => {
      await sql`select pg_advisory_xact_lock(hashtext('argmin schema'))`.execute(transaction);
    },
    prepare: async (transaction) => {
      const there = await sql`select 1 from pg_namespace where nspname = ${SCHEMA}`.execute(transaction);
      if (there.rows.length === 0) await transaction.schema.createSchema(SCHEMA).execute();
    },
    close: () => plain.destroy(),
  };
}
