import type { Generated } from "kysely";
import type { NewTrial, TrialState, Wanted } from "../tune/index.ts";

/** Text that holds JSON: unlike the databases' own types it keeps the order of keys and every character. */
type Json = string;

/** The one schema. Times are milliseconds since 1970 by the database's clock. */
export interface Tables {
  /** One row. */
  schema_version: { version: number };
  studies: {
    id: Generated<number>;
    name: string;
    created: number;
    spec: Json;
    /** How many spaces it has: adding to it orders those who add one at the same time. */
    spaces: number;
    wanted: Generated<Wanted>;
    mark: string;
  };
  spaces: { study: number; position: number; content: Json; mark: string };
  trials: {
    study: number;
    number: number;
    state: TrialState;
    configuration: Json;
    space: number;
    origin: NewTrial["origin"];
    seen: Json | null;
    seed: number;
    to_step: number;
    metrics: Json;
    error: Json | null;
    folder: string | null;
    token: number;
    worker: string | null;
    leased_until: number | null;
    lost: number;
    created: number;
    started: number | null;
    finished: number | null;
    /** Of the call that changed its state last: a call whose answer was lost finds out by it that it had been heard. */
    mark: string;
  };
  reports: { study: number; trial: number; step: number; metrics: Json };
  workers: { study: number; name: string; slots: number; seen: number };
}
