/** Decoded pictures in the cache: read again instead of decoded, streamed when they are large, and whole or not there at all. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { imageFolder, linear, train } from "argmin";
import { beforeAll, beforeEach, expect, test } from "vitest";
import {
  argmin,
  argminProcess,
  contents,
  doneLine,
  isThere,
  jsonLines,
  Running,
  temporaryFolder,
  writePhotos,
} from "./support.ts";

const cwd = temporaryFolder();
const cache = join(cwd, "cache");
const entries = () => readdirSync(cache).filter((name) => name.endsWith(".pixels"));
let runs = 0;
const argumentsOf = (...more: string[]) => [
  ...["train", "photos", "--model", "linear", "--size", "24", "--epochs", "1", "--json"],
  ...["--name", `run${++runs}`, ...more],
];
const splitOf = (run: number) => readFileSync(join(cwd, `runs/run${run}/split.json`), "utf8");

let photos: Map<string, string>;
/** What a run without any cache gives. */
let expected: { readonly weightsHash: string; readonly split: string };

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes: ["cats", "dogs"], count: 60 });
  writeFileSync(join(cwd, "photos", "cats", "bad.jpg"), "no picture");
  photos = contents(join(cwd, "photos"));
  const { weightsHash } = doneLine(await argmin(argumentsOf("--cache", "none"), { cwd }));
  expected = { weightsHash, split: splitOf(runs) };
});
beforeEach(() => rmSync(cache, { recursive: true, force: true }));

async function run(...more: string[]) {
  const result = await argmin(argumentsOf("--cache", "cache", ...more), { cwd });
  const { weightsHash } = doneLine(result);
  return { weightsHash, split: splitOf(runs), lines: jsonLines(result.stdout) };
}
const skippedOf = (lines: readonly { readonly event?: string }[]) =>
  (lines.find(({ event }) => event === "data") as { skipped?: unknown }).skipped;

test("the second run reads what the first decoded: the same weights, split and skipped files", async () => {
  const [first, second] = [await run(), await run()];
  expect(first).toMatchObject(expected);
  expect(second).toMatchObject(expected);
  expect(skippedOf(second.lines)).toEqual(skippedOf(first.lines));
  expect(skippedOf(second.lines)).toEqual([{ path: "cats/bad.jpg", reason: expect.stringContaining("not a picture") }]);
  expect(entries()).toHaveLength(1);
  expect(contents(join(cwd, "photos"))).toEqual(photos);
});

test("streaming from the file changes nothing", async () => {
  for (const part of ["written", "read"]) {
    expect(await run("--picture-memory", "0.01"), part).toMatchObject(expected);
  }
});

test("the threads decode what one would", async () => {
  const { files: _none, ...source } = await imageFolder(join(cwd, "photos"));
  const { weightsHash } = await train({ data: source, model: linear(), size: 24, epochs: 1 });
  expect(weightsHash).toBe(expected.weightsHash);
});

test("a damaged entry is noticed, told and made anew", async () => {
  await run();
  const path = join(cache, entries()[0]!);
  const whole = readFileSync(path);
  const damaged = Buffer.from(whole);
  damaged[5000]! ^= 255;
  writeFileSync(path, damaged);
  const { lines, ...again } = await run();
  expect(again).toEqual(expected);
  expect(lines.find(({ event }) => event === "data")!.notes).toContainEqual(
    expect.stringContaining("(a checksum in block 0 is wrong) and were made anew"),
  );
  expect(readFileSync(path).equals(whole)).toBe(true);
});

/** A run that has begun to write its own file of decoded pictures. */
async function writing(): Promise<Running> {
  const running = new Running(argumentsOf("--cache", "cache"), { cwd });
  const own = `~${running.child.pid}~`;
  while (!isThere(cwd, "cache") || !readdirSync(cache).some((name) => name.includes(own))) {
    expect(running.child.exitCode, running.stderr).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return running;
}

/** Ten are promised, and measured by the bars; each is a process that starts, and one core is busy with that for a second. */
const KILLED = Number(process.env.ARGMIN_KILLED_CACHES ?? 4);

test("processes killed while they write leave nothing that the next run takes for whole", async () => {
  let killed = 0;
  for (let i = 0; i < KILLED; i++) {
    for (const name of isThere(cwd, "cache") ? entries() : []) rmSync(join(cache, name));
    const running = await writing();
    // Decoding takes a few hundred milliseconds from here on: some are killed at its beginning, some at its end.
    await new Promise((resolve) => setTimeout(resolve, (400 * i) / KILLED));
    running.child.kill("SIGKILL");
    if ((await running.ended).code === 137) killed++;
    rmSync(join(cwd, `runs/run${runs}`), { recursive: true, force: true });
  }
  expect(killed).toBe(KILLED);
  expect(await run()).toMatchObject(expected);
  expect(await run()).toMatchObject(expected);
  expect(readdirSync(cache)).toEqual(entries());
  expect(entries()).toHaveLength(1);
});

test("Ctrl-C while pictures are decoded leaves nothing half", async () => {
  const running = await writing();
  running.child.kill("SIGINT");
  const { code, stderr } = await running.ended;
  expect(code, stderr).toBe(130);
  expect(readdirSync(cache)).toEqual(entries());
  expect(await run()).toMatchObject(expected);
});

test("memory does not grow with pictures that stream", async () => {
  const bench = fileURLToPath(new URL("../../bench/data.js", import.meta.url));
  const peak = async (count: number, memory: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, [bench, "stream", `${count}`, cwd, memory]);
    return JSON.parse(stdout).peakMiB as number;
  };
  const grows = async (memory: string) => (await peak(30_000, memory)) - (await peak(12_000, memory));
  // 18,000 pictures more of 3 KiB each, beyond what makes the heap grow to its usual size. Their names, classes and places in a split are in memory: about 0.3 KiB each.
  const more = (18_000 * 3) / 1024;
  expect(await grows("8")).toBeLessThan(0.5 * more);
  expect(await grows("4096")).toBeGreaterThan(0.7 * more);
});

test("two at once both finish", async () => {
  const weightsOf = async () => doneLine(await argminProcess(argumentsOf("--cache", "cache"), { cwd })).weightsHash;
  const both = await Promise.all([weightsOf(), weightsOf()]);
  expect(both).toEqual([expected.weightsHash, expected.weightsHash]);
  expect(readdirSync(cache)).toEqual(entries());
  expect(entries()).toHaveLength(1);
});
