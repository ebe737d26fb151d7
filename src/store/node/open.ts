import type { StudyStorage } from "../../tune/index.ts";
import { parseAddress } from "../address.ts";

export interface OpenOptions {
  /** Whether what is missing is made: the file with its folder, the tables. True unless said. */
  readonly create?: boolean;
  /** How long a call waits for a PostgreSQL that went away, in milliseconds; a minute unless said. */
  readonly patienceMs?: number;
}

/**
 * Opens what studies are kept in, and brings it to the newest schema. The packages that reach databases are loaded here, not before.
 * @param url a file ending in .db or .sqlite, `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`
 * @throws UsageError where the address is wrong, nobody answers there, or what is there is another program's, too new or too old
 */
export async function openStorage(url: string, { create = true, patienceMs }: OpenOptions = {}): Promise<StudyStorage> {
  const address = parseAddress(url);
  const [{ migrate }, { SqlStorage }] = await Promise.all([import("../migrations.ts"), import("../storage.ts")]);
  if (address.kind === "postgres") {
    const { postgresBackend } = await import("./postgres.ts");
    const backend = await postgresBackend(address.url, address.shown, patienceMs);
    await closingOnError(backend, () => migrate(backend, create));
    return new SqlStorage(backend);
  }
  const { sqliteBackend } = await import("./sqlite.ts");
  const backend = await sqliteBackend(address.path, create);
  await closingOnError(backend, async () => {
    await migrate(backend, create);
    await backend.writeAhead();
  });
  return new SqlStorage(backend);
}

async function closingOnError(backend: { close(): Promise<void> }, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await backend.close();
    throw error;
  }
}
