import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { storageConformance } from "../../../test/storage-conformance.ts";
import { openStorage } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "argmin-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

storageConformance("SQLite", () => openStorage(`sqlite:${join(folder, "new folder", "studies.db")}`));
