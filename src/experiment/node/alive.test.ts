import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Alive, readAlive } from "./alive.ts";

const folder = mkdtempSync(join(tmpdir(), "argmin-alive-"));
const file = join(folder, "running.json");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const progress = { epoch: 2, step: 70, steps: 100, loss: 0.5, secondsLeft: 3 };
const write = (facts: object) => {
  const whole = { pid: process.pid, host: hostname(), at: Date.now(), progress, ...facts };
  writeFileSync(file, JSON.stringify(whole));
};

test("a run says that it is trained, how far it has come, and at its end nothing", async () => {
  expect(await readAlive(folder)).toBeUndefined();
  const alive = Alive.begin(folder);
  alive.tell(progress);
  await new Promise((done) => setTimeout(done, 50));
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pid: process.pid, progress: null });
  expect(await readAlive(folder)).toBeNull();
  await alive.end();
  alive.tell(progress);
  await alive.end();
  expect(readdirSync(folder)).toEqual([]);
});

test("the file of a process that is gone says nothing", async () => {
  write({});
  expect(await readAlive(folder)).toEqual(progress);
  const { pid } = spawnSync(process.execPath, ["--version"]);
  write({ pid });
  expect(await readAlive(folder)).toBeUndefined();
  // Of another machine only the time is known.
  write({ pid, host: "elsewhere" });
  expect(await readAlive(folder)).toEqual(progress);
  write({ pid, host: "elsewhere", at: Date.now() - 60_000 });
  expect(await readAlive(folder)).toBeUndefined();
});

test("half a file is one that is being written", async () => {
  writeFileSync(file, '{"pid": 12');
  expect(await readAlive(folder)).toBeNull();
});
