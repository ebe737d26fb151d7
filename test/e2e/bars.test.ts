import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { shared } from "./support.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const title = existsSync(shared) ? "" : " (only the built-in data: the folder ../shared is not here)";

/** The promised figures, shortened. Timings are measured by the same code, but judged on an idle machine only. */
test(`the bars run, and those that do not depend on the clock hold${title}`, async () => {
  const run = promisify(execFile)(process.execPath, ["bench/bars.js", "--short"], { cwd: root });
  // A failed timing makes the exit code 1; the lines tell which bars failed.
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
  const bars = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
  expect(bars.length, stderr).toBeGreaterThan(5);
  for (const bar of bars) {
    if (bar.skipped === undefined && bar.kind !== "time") expect(bar).toMatchObject({ ok: true });
  }
});
