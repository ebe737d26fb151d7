import { afterAll, beforeAll, describe } from "vitest";
import { openStorage } from "../../src/store/node/index.ts";
import { type Postgres, startPostgres, whyNoPostgres } from "../postgres.ts";
import { storageConformance } from "../storage-conformance.ts";

const missing = whyNoPostgres();

describe.skipIf(missing !== undefined)(`PostgreSQL${missing ? `, skipped: ${missing}` : ""}`, () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  storageConformance("PostgreSQL", () => openStorage(server.url()));
});
