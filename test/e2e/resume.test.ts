/** A run that was cut off goes on, and ends where it would have ended. */
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { decodeTensors } from "../../src/train/index.ts";
import { kills } from "../kills.ts";
import { argmin, csvRows, doneLine, jsonLines, Running, temporaryFolder, writePhotos } from "./support.ts";

/** `npm run bars` asks for 50. */
const KILLED_RUNS = Number(process.env.ARGMIN_KILLED_RUNS ?? 2);
const cwd = temporaryFolder();
const small = ["--model", "mlp", "--hidden", "8", "--size", "12", "--batch-size", "8"];
const train = async (name: string, ...more: string[]) =>
  doneLine(await argmin(["train", "photos", ...small, ...more, "--name", name, "--json"], { cwd }));
const resume = (name: string, ...more: string[]) => argmin(["resume", join("runs", name), ...more, "--json"], { cwd });

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes: ["cats", "dogs", "eels"], count: 20 });
});

test(
  "killed at random moments, several times, it ends with the same weights",
  async () => {
    const { wrong, kills: killed, runs } = await kills(join(cwd, "photos"), KILLED_RUNS, 3);
    expect(wrong).toEqual([]);
    expect(killed).toBeGreaterThanOrEqual(runs);
  },
  60_000 * Math.max(5, KILLED_RUNS),
);

describe("a longer run", () => {
  test("goes on from where the shorter one ended, and keeps its epochs", async () => {
    const args = ["--schedule", "constant", "--optimizer", "adam"];
    const whole = await train("six", ...args, "--epochs", "6");
    await train("three", ...args, "--epochs", "3");
    const { code, stdout, stderr } = await resume("three", "--epochs", "6");
    expect(code, stderr).toBe(0);
    expect(jsonLines(stdout).find(({ event }) => event === "resume")).toMatchObject({ epoch: 4 });
    // The constant rate does not know how long the run is, so the two are one.
    expect(jsonLines(stdout).at(-1)!.weightsHash).toBe(whole.weightsHash);
    const [a, b] = ["three", "six"].map((name) => csvRows(join(cwd, "runs", name, "metrics.csv")));
    const timeless = (rows: typeof a) => rows!.map(({ seconds: _seconds, ...row }) => row);
    expect(timeless(a)).toEqual(timeless(b));
    expect(readFileSync(join(cwd, "runs", "three", "config.yaml"), "utf8")).toContain("epochs: 6");
    const shorter = await resume("three", "--epochs", "2");
    expect(shorter.code).toBe(2);
    expect(jsonLines(shorter.stdout).at(-1)!.what).toBe("is 2, but runs/three has 6 epochs behind it");
  });

  test("is what an interrupted one is asked for by its last words", async () => {
    const still = ["--learning-rate", "1e-12"];
    const running = new Running(["train", "photos", ...small, ...still, "--epochs", "100000", "--name", "cut"], {
      cwd,
    });
    await running.until("epoch");
    await running.until("2/100000");
    running.child.kill("SIGINT");
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/go on with: .*argmin.* resume runs\/cut/);
    const done = doneLine(await resume("cut", "--patience", "1"));
    expect(done.stoppedEarly).toBe(true);
  });
});

test("patience ends a run early, and it says so", async () => {
  const args = ["train", "photos", ...small, "--learning-rate", "1e-12", "--epochs", "50", "--patience", "2"];
  const { code, stdout } = await argmin([...args, "--name", "patient"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("ended early: 2 epochs without a better one");
  expect(csvRows(join(cwd, "runs", "patient", "metrics.csv")).length).toBeLessThan(50);
});

test("a time ends a run, and its schedule with it", async () => {
  const { code, stdout, stderr } = await argmin(["train", "photos", ...small, "--time", "1.5s", "--name", "timed"], {
    cwd,
  });
  expect(code, stderr).toBe(0);
  const rows = csvRows(join(cwd, "runs", "timed", "metrics.csv"));
  // The cosine has come down to where the run ends.
  expect(Number(rows.at(-1)!.learning_rate)).toBeLessThan(0.02 * Number(rows[0]!.learning_rate));
  expect(rows.reduce((sum, { seconds }) => sum + Number(seconds), 0)).toBeLessThan(3);
  expect(stdout).toMatch(/^epoch +1 {2}loss/m);
  expect(statSync(join(cwd, "runs", "timed", "checkpoints", "positions.csv")).size).toBeGreaterThan(100);
});

describe("what a run cannot go on from is said", () => {
  const error = (stdout: string) => jsonLines(stdout).at(-1)!;

  test("another length in two units, a folder that is none, no training", async () => {
    const both = await argmin(["train", "photos", "--epochs", "3", "--steps", "9", "--json"], { cwd });
    expect([both.code, error(both.stdout).where]).toEqual([2, "steps"]);
    const none = await resume("nowhere");
    expect([none.code, error(none.stdout).what]).toEqual([2, "there is no such run folder"]);
    const other = await argmin(["resume", "photos", "--json"], { cwd });
    expect([other.code, error(other.stdout).where]).toEqual([2, "photos/config.yaml"]);
  });

  test("data that has changed", async () => {
    await train("before", "--epochs", "1");
    const photos = await writePhotos(join(cwd, "changed"), { classes: ["cats", "dogs", "eels"], count: 21 });
    const { code, stdout } = await resume("before", "--epochs", "2", "--data", photos);
    expect(code).toBe(1);
    expect(error(stdout).what).toBe("its pictures are not those that runs/before was trained on");
    expect(readFileSync(join(cwd, "runs", "before", "config.yaml"), "utf8"), "nothing is half-written").toContain(
      "epochs: 1",
    );
  });

  test("a checkpoint that is cut short", async () => {
    await train("damaged", "--epochs", "1");
    const path = join(cwd, "runs", "damaged", "checkpoints", "last.safetensors");
    truncateSync(path, statSync(path).size - 9);
    const { code, stdout } = await resume("damaged", "--epochs", "2");
    expect([code, error(stdout).where]).toEqual([1, "runs/damaged/checkpoints/last.safetensors"]);
  });
});

test("a disk that is full during a checkpoint leaves the one before, and the run goes on when there is room", async (context) => {
  const disk = join(cwd, "disk");
  mkdirSync(disk);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=400k", "tmpfs", disk]).status !== 0) {
    context.skip("no file system can be mounted here");
  }
  onTestFinished(() => {
    spawnSync("umount", [disk]);
  });
  const whole = await train("roomy", "--epochs", "150", "--schedule", "constant");
  const filler = join(disk, "filler");
  const args = [
    "train",
    "photos",
    ...small,
    "--epochs",
    "150",
    "--schedule",
    "constant",
    "--runs",
    disk,
    "--name",
    "full",
  ];
  const running = new Running([...args, "--json"], { cwd });
  await running.until('"epoch":10,');
  writeFileSync(filler, "");
  try {
    for (;;) appendFileSync(filler, Buffer.alloc(4096));
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
  }
  const { code, stdout } = await running.ended;
  expect(code).toBe(1);
  expect(error(stdout)).toMatchObject({ what: "the disk is full (ENOSPC)" });
  const path = join(disk, "full", "checkpoints", "last.safetensors");
  expect(Number(decodeTensors(readFileSync(path), path).metadata.epoch)).toBeGreaterThanOrEqual(1);
  rmSync(filler);
  spawnSync("mount", ["-o", "remount,size=4m", disk]);
  const done = doneLine(await argmin(["resume", join(disk, "full"), "--json"], { cwd }));
  expect(done.weightsHash).toBe(whole.weightsHash);

  function error(text: string) {
    return jsonLines(text).at(-1)!;
  }
});
