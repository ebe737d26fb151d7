import type { Kysely, RawBuilder, SqlBool } from "kysely";
import type { Tables } from "./tables.ts";

/** What differs between databases. */
export interface Backend {
  readonly kind: "sqlite" | "postgres";
  /** To be named in errors: no password. */
  readonly shown: string;
  /** Its transactions see to it that what they read is still so when they write. */
  readonly db: Kysely<Tables>;
  /** Milliseconds since 1970. */
  readonly now: RawBuilder<number>;
  /** Whether a column is in a list, given as `list` makes it. */
  among(column: "number" | "trial" | "worker", list: unknown): RawBuilder<SqlBool>;
  list(values: readonly number[] | readonly string[]): unknown;
  /**
   * Does something again for a while when the database did not answer, or was busy.
   * @param work is told whether an earlier attempt may have been heard
   * @throws UsageError where the database stays away
   */
  attempt<T>(work: (again: boolean) => Promise<T>): Promise<T>;
  /** Names of the tables where ours are, or would be. */
  tables(db: Kysely<Tables>): Promise<string[]>;
  /** Lets one transaction migrate at a time. */
  lock(transaction: Kysely<Tables>): Promise<void>;
  /** Makes the place for the tables. */
  prepare(transaction: Kysely<Tables>): Promise<void>;
  close(): Promise<void>;
}
