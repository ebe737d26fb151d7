import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { UsageError } from "../../core/index.ts";
import type { TrialJob, TrialQueue } from "../../tune/index.ts";
import { parseAddress } from "../address.ts";
import { Connections, PATIENCE_MS, persistently } from "./postgres.ts";

/** The schema that holds the queues, apart from the studies. */
const SCHEMA = "argmin_queue";
/** How often an empty queue is looked at. */
const POLL_MS = 250;
/** After this a job that nobody said was done comes again; it is looked for this often. */
const LOST_SECONDS = 60;
const LOOK_SECONDS = 30;
const SOME_YEARS_IN_DAYS = 1000;

export interface QueueOptions {
  /** How long a call waits for a database that went away, in milliseconds; a minute unless said. */
  readonly patienceMs?: number;
}

interface Sql {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/**
 * Opens a queue that workers on many machines fetch trials from: pg-boss on PostgreSQL, in a schema of its own, which it makes.
 * @param url `postgres://USER:PASSWORD@HOST:PORT/DATABASE`
 * @throws UsageError where the address is wrong or nobody answers there
 */
export async function openQueue(url: string, { patienceMs = PATIENCE_MS }: QueueOptions = {}): Promise<TrialQueue> {
  const address = parseAddress(url);
  if (address.kind !== "postgres") {
    const what = "workers of many machines find each other in PostgreSQL, not in a file of SQLite";
    throw new UsageError(address.path, what, "give postgres://USER:PASSWORD@HOST:PORT/DATABASE");
  }
  const { shown } = address;
  const connections = await Connections.open(address.url, shown, patienceMs);
  try {
    const { default: PgBoss } = await import("pg-boss");
    const db: Sql = {
      executeSql: (text, values) => persistently(shown, () => connections.query(text, values), patienceMs),
    };
    const boss = new PgBoss({
      db,
      schema: SCHEMA,
      schedule: false,
      maintenanceIntervalSeconds: LOOK_SECONDS,
      expireInSeconds: LOST_SECONDS,
      retryLimit: 2 ** 31 - 1,
      retentionDays: SOME_YEARS_IN_DAYS,
    });
    // Only its housekeeping reports here, and does its work again half a minute later.
    boss.on("error", () => {});
    await boss.start();
    return new PostgresQueue(boss, db, connections);
  } catch (error) {
    await connections.end();
    throw error;
  }
}

const nameOf = (study: number) => `study-${study}`;

/** What we use of pg-boss. */
type Boss = Pick<InstanceType<typeof import("pg-boss")>, "createQueue" | "send" | "fetch" | "complete" | "stop">;

class PostgresQueue implements TrialQueue {
  readonly #boss: Boss;
  readonly #sql: Sql;
  readonly #connections: Connections;
  readonly #made = new Map<number, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(boss: Boss, sql: Sql, connections: Connections) {
    this.#boss = boss;
    this.#sql = sql;
    this.#connections = connections;
    // One for each slot that waits for work.
    setMaxListeners(0, this.#closing.signal);
  }

  async send(study: number, trial: number): Promise<void> {
    await this.#make(study);
    // A queue of the policy "short" holds one waiting job of a key.
    await this.#boss.send(nameOf(study), { study, trial }, { singletonKey: String(trial) });
  }

  async fetch(study: number, waitMs = 0): Promise<TrialJob | undefined> {
    const until = performance.now() + waitMs;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const job = await this.#next(study);
      const left = until - performance.now();
      if (job !== undefined || left <= 0) return job;
      await sleep(Math.min(left, POLL_MS), undefined, { signal }).catch(() => {});
    }
    return undefined;
  }

  async done(job: TrialJob): Promise<void> {
    await this.#boss.complete(nameOf(job.study), job.id);
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await this.#boss.stop({ graceful: false, close: false });
    await this.#connections.end();
  }

  #make(study: number): Promise<void> {
    let made = this.#made.get(study);
    if (made === undefined) {
      made = this.#boss.createQueue(nameOf(study), { name: nameOf(study), policy: "short" });
      this.#made.set(study, made);
      made.catch(() => this.#made.delete(study));
    }
    return made;
  }

  async #next(study: number): Promise<TrialJob | undefined> {
    // pg-boss answers an error with nothing, as if the queue were empty.
    let failure: unknown;
    const db: Sql = {
      executeSql: async (text, values) => {
        try {
          return await this.#sql.executeSql(text, values);
        } catch (error) {
          failure = error;
          throw error;
        }
      },
    };
    const [job] = await this.#boss.fetch<{ study: number; trial: number }>(nameOf(study), { db });
    if (failure !== undefined && !this.#closing.signal.aborted) throw failure;
    return job && { id: job.id, study, trial: job.data.trial };
  }
}
