/** What the commands print, for people and for programs. The lines for programs are a promise: others parse them. */
import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  argmin,
  doneLine,
  jsonLines,
  Running,
  temporaryFolder,
  tooWide,
  write,
  writeIdxFolder,
  writePhotos,
} from "./support.ts";

const cwd = temporaryFolder();
const names = ["quickstart", "train", "evaluate", "predict", "check", "doctor"];
const quick = ["--model", "linear", "--size", "8", "--epochs", "2"];

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes: ["cats", "dogs", "eels"], count: 10 });
});

describe("help", () => {
  test("without a command lists them, with the first thing to do", async () => {
    const { code, stdout, stderr } = await argmin([], { cwd });
    expect(code).toBe(0);
    expect(stderr).toBe("");
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
    expect(stdout).toContain("First time here: argmin quickstart");
    expect(stdout).toContain("Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted");
    expect(tooWide(stdout)).toEqual([]);
    expect((await argmin(["--help"], { cwd })).stdout).toBe(stdout);
  });

  test.each(names)("of %s describes each option and gives examples that begin with the command", async (name) => {
    const { code, stdout, stderr } = await argmin([name, "--help"], { cwd });
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toContain(`Usage: argmin ${name} `);
    expect(stdout).toContain("--json");
    const examples = stdout.split("\nExamples\n")[1]!.trimEnd().split("\n");
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const example of examples) expect(example).toMatch(new RegExp(`^  argmin ${name}\\b`));
    expect(tooWide(stdout)).toEqual([]);
    expect((await argmin(["help", name], { cwd })).stdout).toBe(stdout);
  });

  test("of train names every choice and every kind of data", async () => {
    const { stdout } = await argmin(["train", "--help"], { cwd });
    for (const word of [
      "linear, mlp, cnn",
      "hinge, squared-hinge",
      "rmsprop",
      "relu, leaky-relu, gelu",
      "builtin:shapes",
    ])
      expect(stdout.replaceAll(/\s+/g, " ")).toContain(word);
  });

  test("prints the version", async () => {
    const { code, stdout } = await argmin(["--version"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("survives a reader that goes away", () => {
    const { status, stdout, stderr } = spawnSync("bash", [
      "-c",
      'set -o pipefail; "$0" "$1" train --help | head -1',
      process.execPath,
      new URL("../../bin/argmin.js", import.meta.url).pathname,
    ]);
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: "" });
    expect(stdout.toString()).toMatch(/^Usage: argmin train .*\n$/);
  });
});

describe("train", () => {
  test("tells a person what was found, what to expect, how it goes and where all is", async () => {
    const { code, stdout, stderr } = await argmin(["train", "photos", ...quick, "--name", "told"], { cwd });
    expect(code, stderr).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^photos: 3 classes, 8×8 colour\n/);
    expect(stdout).toContain("  24 pictures to train on, 3 to choose by, 3 to test once\n");
    expect(stdout).toMatch(/^linear: 579 parameters, on ONNX Runtime [\d.]+, native CPU, \d+ threads?$/m);
    expect(stdout).toMatch(/^ {2}first loss 1\.\d{3}, expected ln 3 = 1\.099$/m);
    expect(stdout).toMatch(/^epoch 1\/2 {2}loss \d\.\d{4} {3}validation loss \d\.\d{4}, accuracy +\d+\.\d %/m);
    expect(stdout).toMatch(/^best: epoch [12] by validation accuracy, \d+\.\d %$/m);
    expect(stdout).toMatch(
      /^test: \d+\.\d % of 3 pictures right \(95 % interval \d+\.\d–\d+\.\d %\)\n {2}log loss \d\.\d+, /m,
    );
    expect(stdout).toContain("everything is in runs/told: model.onnx,");
    expect(tooWide(stdout)).toEqual([]);
  });

  test("--json ends with the promised line, and keeps text for people on stderr", async () => {
    const result = await argmin(["train", "photos", ...quick, "--name", "promised", "--json"], { cwd });
    const done = doneLine(result);
    expect(Object.keys(done)).toEqual([
      "event",
      "run",
      "test",
      "best",
      "baseline",
      "seconds",
      "parameters",
      "weightsHash",
    ]);
    expect(done).toEqual({
      event: "done",
      run: "runs/promised",
      test: {
        images: 3,
        ...{ accuracy: expect.any(Number), loss: expect.any(Number), calibrationError: expect.any(Number) },
        ...{ balancedAccuracy: expect.any(Number), macroF1: expect.any(Number) },
        interval: { low: expect.any(Number), high: expect.any(Number) },
      },
      baseline: expect.objectContaining({ features: 192, gain: expect.any(Number) }),
      best: { epoch: expect.any(Number), metric: "validation accuracy", value: expect.any(Number) },
      seconds: expect.any(Number),
      parameters: 8 * 8 * 3 * 3 + 3,
      weightsHash: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    const lines = jsonLines(result.stdout);
    const events = lines.map(({ event }) => event).filter((event) => event !== "progress");
    expect(events).toEqual(["data", "start", "initial", "epoch", "epoch", "done"]);
    const initial = lines.find(({ event }) => event === "initial")!;
    expect(initial).toMatchObject({ expected: Math.log(3), formula: "ln 3" });
    expect(Math.abs(initial.loss - Math.log(3))).toBeLessThan(0.1);
    expect(result.stderr).toContain("everything is in runs/promised");
  });

  test.each([
    ["hinge", "3 − 1", 2],
    ["squared-hinge", "3 − 1", 2],
    ["mse", "1/3", 1 / 3],
  ])("--loss %s starts at the loss that theory expects", async (loss, formula, expected) => {
    const result = await argmin(["train", "photos", ...quick, "--loss", loss, "--name", loss, "--json"], { cwd });
    doneLine(result);
    const initial = jsonLines(result.stdout).find(({ event }) => event === "initial")!;
    expect(initial).toMatchObject({ formula, expected });
    expect(Math.abs(initial.loss - expected) / expected).toBeLessThan(0.3);
  });

  test("says what the device is, and runs on Wasm when asked", async () => {
    const result = await argmin(["train", "photos", ...quick, "--device", "wasm", "--name", "wasm", "--json"], { cwd });
    doneLine(result);
    expect(jsonLines(result.stdout).find(({ event }) => event === "start")!.device).toMatch(/WebAssembly/);
  });

  test("shows one progress bar with the time left for the whole run where stderr is a terminal", () => {
    const log = join(cwd, "typescript");
    const call = `${process.execPath} ${new URL("../../bin/argmin.js", import.meta.url).pathname} train photos --model cnn --size 32 --epochs 25 --name seen`;
    const options = { cwd, encoding: "utf8" as const, env: { ...process.env, TERM: "xterm", COLUMNS: "80" } };
    const { status, stdout } = spawnSync("script", ["-qec", `stty cols 80 rows 24; ${call}`, log], options);
    expect(status).toBe(0);
    expect(stdout).toMatch(/ {2}[■·]{24} +\d+% {2}epoch +\d+, loss \d\.\d{4}, \d+(\.\d)? s left/);
    // The bar is taken away again: its cursor comes back, and no trace of it stands between the lines at the end.
    expect(stdout.lastIndexOf("\x1b[?25h")).toBeGreaterThan(stdout.lastIndexOf("\x1b[?25l"));
    expect(stdout.slice(stdout.indexOf("best: epoch"))).not.toMatch(/■/);
  });
});

describe("evaluate", () => {
  test("--json ends with the promised line and agrees with the run", async () => {
    const trained = doneLine(await argmin(["train", "photos", ...quick, "--name", "judged", "--json"], { cwd }));
    const done = doneLine(await argmin(["evaluate", "runs/judged", "photos", "--json"], { cwd }));
    const figures = JSON.parse(readFileSync(join(cwd, "runs", "judged", "metrics.json"), "utf8")).test;
    expect(Object.keys(done)).toEqual([
      "event",
      ...Object.keys(figures),
      "classes",
      "subset",
      "device",
      "unknown",
      "foreign",
    ]);
    for (const name of ["confusion", "perClass", "interval", "topK"]) expect(done[name]).toEqual(figures[name]);
    expect(done.calibrationError).toBeCloseTo(figures.calibrationError, 5);
    expect(done.images).toBe(3);
    expect(done.accuracy).toBe(trained.test.accuracy);
    expect(done.loss).toBeCloseTo(trained.test.loss, 5);
  });

  test("a file apart from its run looks at all pictures, and says so", async () => {
    const beside = await argmin(["evaluate", "runs/judged/model.onnx", "photos"], { cwd });
    expect(beside.stdout).toMatch(/ of 3 pictures right \(the pictures that the run held out for testing\)/);
    copyFileSync(join(cwd, "runs", "judged", "model.onnx"), join(cwd, "apart.onnx"));
    const { stdout } = await argmin(["evaluate", "apart.onnx", "photos"], { cwd });
    expect(stdout).toMatch(/^\d+\.\d % of 30 pictures right \(all pictures\)\n {2}95 % interval /);
    expect(stdout).toMatch(/^ {2}class +precision +recall +F1 +count$/m);
    expect(stdout).toMatch(/^ {2}cats +(\d+\.\d %|–) +\d+\.\d % +\d+\.\d % +10$/m);
    expect(tooWide(stdout)).toEqual([]);
  });

  test("a data set's own test pictures are the ones looked at", async () => {
    writeIdxFolder(join(cwd, "digits"), { train: 60, test: 9 });
    doneLine(await argmin(["train", "digits", "--model", "linear", "--epochs", "1", "--json"], { cwd }));
    expect(doneLine(await argmin(["evaluate", "runs/digits-linear", "digits", "--json"], { cwd })).images).toBe(9);
  });
});

describe("predict", () => {
  beforeAll(async () => {
    await argmin(["train", "photos", ...quick, "--epochs", "20", "--name", "asked"], { cwd });
    await writePhotos(join(cwd, "new"), { classes: ["a"], count: 3, size: () => [30, 40] });
    write(join(cwd, "new", "a", "broken, and odd.jpg"), "no picture");
  });
  const predict = (...args: string[]) =>
    argmin(["predict", "runs/asked", "new", "photos/dogs/3.png", ...args], { cwd });
  const paths = ["new/a/0.png", "new/a/1.png", "new/a/2.png", "new/a/broken, and odd.jpg", "photos/dogs/3.png"];

  test("--json prints the promised line for each picture, in order, the broken one with its reason", async () => {
    const { code, stdout, stderr } = await predict("--json", "--top", "2");
    expect(code, stderr).toBe(0);
    const lines = jsonLines(stdout);
    expect(lines.map(({ path }) => path)).toEqual(paths);
    for (const [i, line] of lines.entries()) {
      if (i === 3) {
        expect(line).toEqual({ path: paths[3], error: 'not a picture (starts with "no picture")' });
        continue;
      }
      expect(Object.keys(line)).toEqual(["path", "label", "probability", "top"]);
      expect(line.top).toHaveLength(2);
      expect(line.top[0]).toEqual({ label: line.label, probability: line.probability });
      expect(line.top[1].probability).toBeLessThanOrEqual(line.probability);
    }
    expect(lines[4]!.label).toBe("dogs");
    expect((await predict("--format", "json", "--top", "2")).stdout).toBe(stdout);
  });

  test("--format csv prints a table that quotes what has to be quoted", async () => {
    const { code, stdout, stderr } = await predict("--format", "csv");
    expect(code).toBe(0);
    expect(stderr).toBe("");
    const rows = stdout.split("\n");
    expect(rows[0]).toBe("path,label,probability,error");
    expect(rows[1]).toMatch(/^new\/a\/0\.png,cats,[01]\.\d{6},$/);
    expect(rows[4]).toBe('"new/a/broken, and odd.jpg",,,"not a picture (starts with ""no picture"")"');
    expect(rows).toHaveLength(7);
  });

  test("prints a line a picture for people", async () => {
    const { code, stdout } = await predict();
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^new\/a\/0\.png: cats \d+\.\d % {3}\w+ \d+\.\d %, \w+ \d+\.\d %$/);
    expect(lines[3]).toBe('new/a/broken, and odd.jpg: skipped, not a picture (starts with "no picture")');
    expect(tooWide(stdout)).toEqual([]);
    expect((await predict("--top", "1")).stdout).toMatch(/^new\/a\/0\.png: cats \d+\.\d %$/m);
  });

  test("stops when its reader goes away", async () => {
    const running = new Running(["predict", "runs/asked", ...new Array(40).fill("photos")], { cwd });
    await running.until("photos/cats/0.png");
    running.child.stdout.destroy();
    const { code, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe("doctor", () => {
  test("finds everything here", async () => {
    const { code, stdout } = await argmin(["doctor"], { cwd });
    expect(code, stdout).toBe(0);
    for (const part of ["Node", "machine", "cpu", "wasm", "pictures", "cache"])
      expect(stdout).toMatch(new RegExp(`✓ ${part} `));
    // Nothing needs a graphics card; where there is none, its line says so.
    expect(stdout).toMatch(/(✓|!) webgpu /);
    expect(stdout).toMatch(/^Ready: .*argmin quickstart$/m);
    expect(tooWide(stdout)).toEqual([]);
  });

  test("--json gives the findings", async () => {
    const result = await argmin(["doctor", "--json"], { cwd });
    expect(doneLine(result)).toEqual({ event: "done", usable: true });
    const findings = jsonLines(result.stdout).filter(({ event }) => event === "finding");
    const needed = findings.filter(({ name }) => name !== "webgpu");
    expect(needed.map(({ name, state }) => [name, state])).toEqual(
      ["Node", "machine", "cpu", "wasm", "pictures", "cache"].map((name) => [name, "ok"]),
    );
    const steps = findings.filter(({ text }) => String(text).endsWith(": took a step"));
    expect(steps.map(({ name }) => name)).toEqual(expect.arrayContaining(["cpu", "wasm"]));
  });
});
