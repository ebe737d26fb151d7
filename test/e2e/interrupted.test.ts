/** What ends a run from outside: Ctrl-C and a full disk. Whatever was learned before is kept and readable. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { decodeTensors } from "../../src/train/index.ts";
import {
  argmin,
  contents,
  doneLine,
  isThere,
  jsonLines,
  Running,
  temporaryFolder,
  weightsHashOf,
  writePhotos,
} from "./support.ts";

const cwd = temporaryFolder();
const endless = ["--model", "mlp", "--hidden", "64", "--size", "16", "--epochs", "100000", "--batch-size", "8"];

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes: ["cats", "dogs", "eels"], count: 20 });
});

const checkpoint = (run: string, kind: string) => {
  const path = join(cwd, run, "checkpoints", `${kind}.safetensors`);
  return decodeTensors(readFileSync(path), path);
};

describe("Ctrl-C", () => {
  test("once ends the run after its step: 130, and what was learned is exported and evaluates", async () => {
    const running = new Running(["train", "photos", ...endless, "--name", "once", "--json"], { cwd });
    await running.until('"event":"epoch"');
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toContain("press Ctrl-C again to stop at once");
    expect(stderr).toMatch(/Interrupted (in the first epoch|after \d+ whole epochs?); the run is usable/);
    const done = jsonLines(stdout).at(-1)!;
    expect(done).toMatchObject({ event: "done", run: "runs/once", interrupted: true });
    expect(done.best.epoch).toBeGreaterThanOrEqual(1);
    const judged = doneLine(await argmin(["evaluate", "runs/once", "photos", "--json"], { cwd }));
    expect(judged.accuracy).toBe(done.test.accuracy);
    expect(judged.loss).toBeCloseTo(done.test.loss, 5);
    // What is exported is the best epoch; the step that was in hand is in the last checkpoint.
    const [best, last] = [checkpoint("runs/once", "best"), checkpoint("runs/once", "last")];
    expect(weightsHashOf(best)).toBe(done.weightsHash);
    expect(best.metadata.epoch).toBe(String(done.best.epoch));
    expect(Number(last.metadata.step)).toBeGreaterThan(Number(best.metadata.step));
    expect(weightsHashOf(last)).not.toBe(done.weightsHash);
    expect(isThere(cwd, "runs/once/predictions.csv")).toBe(true);
  });

  test("twice stops at once: 130, and the checkpoints of the whole epochs are kept", async () => {
    // Steps of a good part of a second, so that the second signal comes while one is in hand.
    const slow = ["--model", "cnn", "--size", "96", "--epochs", "1000"];
    const running = new Running(["train", "photos", ...slow, "--name", "twice"], { cwd });
    await running.until("epoch    2/1000");
    running.child.kill("SIGINT");
    await running.until("press Ctrl-C again to stop at once");
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toBe("");
    expect(stdout.trimEnd()).toMatch(/press Ctrl-C again to stop at once\.$/);
    expect(isThere(cwd, "runs/twice/model.onnx")).toBe(false);
    expect(Number(checkpoint("runs/twice", "last").metadata.epoch)).toBeGreaterThanOrEqual(1);
    expect(Number(checkpoint("runs/twice", "best").metadata.epoch)).toBeGreaterThanOrEqual(1);
  });

  test("while the pictures are read ends there: 130, and the name is free again", async () => {
    await writePhotos(join(cwd, "many"), { classes: ["cats", "dogs"], count: 150, size: () => [600, 600] });
    const before = contents(join(cwd, "many"));
    const running = new Running(["train", "many", "--model", "linear", "--name", "early", "--json"], { cwd });
    await expect.poll(() => isThere(cwd, "runs/early/config.yaml"), { interval: 5, timeout: 20_000 }).toBe(true);
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    expect(code, stderr).toBe(130);
    expect(jsonLines(stdout)).toEqual([
      {
        event: "error",
        where: "argmin train",
        what: "it was interrupted before the first step",
        fix: "run it again; nothing was kept",
      },
    ]);
    expect(isThere(cwd, "runs/early")).toBe(false);
    expect(contents(join(cwd, "many"))).toEqual(before);
  });

  test("ends an evaluation: 130", async () => {
    const trained = ["train", "many", "--model", "linear", "--size", "8", "--epochs", "1", "--name", "judged"];
    doneLine(await argmin([...trained, "--json"], { cwd }));
    // Away from its run folder a model file is judged on all pictures, which takes long enough to be interrupted.
    copyFileSync(join(cwd, "runs", "judged", "model.onnx"), join(cwd, "alone.onnx"));
    const running = new Running(["evaluate", "alone.onnx", "many", "--json"], { cwd });
    setTimeout(() => running.child.kill("SIGINT"), 700);
    const { code, stdout, stderr } = await running.ended;
    expect(code, stderr).toBe(130);
    // Before the handler stands, the signal ends the process as it ends any other.
    if (stdout !== "") expect(jsonLines(stdout)[0]).toMatchObject({ event: "error", where: "argmin evaluate" });
  });
});

/** A disk of its own, so small that it is full at once; undefined where the system does not allow it. */
function smallDisk(kilobytes: number): string | undefined {
  const folder = join(cwd, `disk-${kilobytes}`);
  mkdirSync(folder);
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder]);
  if (status !== 0) return undefined;
  onTestFinished(() => {
    spawnSync("umount", [folder]);
  });
  return folder;
}

describe("a full disk", () => {
  // The writer itself is tested everywhere, in src/experiment/node/atomic-file.test.ts.
  test("ends the run with an error that says so, and keeps what was written", async (context) => {
    const disk = smallDisk(100);
    if (disk === undefined) context.skip("no file system can be mounted here");
    const args = ["train", "photos", ...endless, "--runs", disk!, "--json", "--name", "full"];
    const { code, stdout, stderr } = await argmin(args, { cwd });
    expect(code, stderr).toBe(1);
    const error = jsonLines(stdout).at(-1)!;
    expect(error.event).toBe("error");
    expect(error.where).toMatch(/disk-100\/full\//);
    expect(error.what).toBe("the disk is full (ENOSPC)");
    expect(error.fix).toMatch(/free some space, or choose another folder with --runs; what was written before is kept/);
    // It ended then and there, not after 100,000 epochs; and the files that are there are whole.
    const files = [...contents(join(disk!, "full")).keys()];
    expect(files).toContain("config.yaml");
    expect(files.filter((name) => name.endsWith(".part"))).toEqual([]);
    const kept = files.filter((name) => name.endsWith(".safetensors"));
    for (const name of kept) decodeTensors(readFileSync(join(disk!, "full", name)), name);
  });

  test("in the middle of a run keeps the last good checkpoint", async (context) => {
    const disk = smallDisk(250);
    if (disk === undefined) context.skip("no file system can be mounted here");
    const args = ["train", "photos", "--model", "linear", "--size", "16", "--epochs", "100000", "--runs", disk!];
    const { code, stdout } = await argmin([...args, "--json", "--name", "filling"], { cwd });
    expect(code).toBe(1);
    const lines = jsonLines(stdout);
    expect(lines.at(-1)).toMatchObject({ event: "error", what: "the disk is full (ENOSPC)" });
    const epochs = lines.filter(({ event }) => event === "epoch").length;
    expect(epochs).toBeGreaterThan(10);
    expect(epochs, "it ends then and there").toBeLessThan(100_000);
    const path = join(disk!, "filling", "checkpoints", "last.safetensors");
    const { metadata, tensors } = decodeTensors(readFileSync(path), path);
    expect(Number(metadata.epoch)).toBeGreaterThan(10);
    expect(tensors["scores.weight"]!.shape).toEqual([768, 3]);
  });
});
