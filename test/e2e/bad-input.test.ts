/**
 * Bad data, runs and models: each case says where, what and how to mend it, with the right exit
 * code, and loses nothing. Wrong calls are in `bad-call.test.ts`, a full disk and Ctrl-C in `interrupted.test.ts`.
 */
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { cases, errorOf } from "./cases.ts";
import {
  argmin,
  contents,
  doneLine,
  idx,
  isThere,
  jsonLines,
  temporaryFolder,
  write,
  writeIdxFolder,
  writePhotos,
} from "./support.ts";

const cwd = temporaryFolder();
const run = (name: string, ...rest: string[]) => argmin([name, "--json", ...rest], { cwd });
/** Enough to train on in a blink. */
const quick = ["--model", "linear", "--size", "8", "--epochs", "1"];

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes: ["cats", "dogs", "eels"], count: 12 });
});

describe("data", () => {
  beforeAll(async () => {
    mkdirSync(join(cwd, "empty"));
    await writePhotos(join(cwd, "lonely"), { classes: ["cats"], count: 3 });
    await writePhotos(join(cwd, "flat", "only"), { classes: ["."], count: 2 });
    write(join(cwd, "words", "a", "one.txt"), "text");
    const cut = writeIdxFolder(join(cwd, "cut"), { train: 30, test: 6 });
    const path = join(cut, "train-images-idx3-ubyte");
    truncateSync(path, readFileSync(path).length - 100);
    const half = writeIdxFolder(join(cwd, "half"), { train: 30, test: 6 });
    const packed = join(half, "t10k-images-idx3-ubyte.gz");
    truncateSync(packed, Math.floor(readFileSync(packed).length / 2));
    const more = writeIdxFolder(join(cwd, "more"), { train: 30, test: 6 });
    writeFileSync(join(more, "train-labels-idx1-ubyte"), idx([40], new Uint8Array(40)));
    const lacking = writeIdxFolder(join(cwd, "lacking"), { train: 30, test: 0 });
    writeFileSync(join(lacking, "t10k-images-idx3-ubyte"), idx([1, 8, 8], new Uint8Array(64)));
  });
  cases(cwd, {
    "a path that is not there": {
      args: ["train", "photoz"],
      where: "photoz",
      what: /does not exist/,
      fix: /did you mean "photos"/,
    },
    "a path whose folder is not there": {
      args: ["train", "nowhere/photos"],
      where: "nowhere/photos",
      what: /does not exist, nor does .*nowhere/,
      fix: /correct the path/,
    },
    "a built-in set that is not there": {
      args: ["train", "builtin:shape"],
      where: "data",
      what: /no "builtin:shape"/,
      fix: /builtin:shapes/,
    },
    "an empty folder": {
      args: ["train", "empty"],
      where: "empty",
      what: /the folder is empty/,
      fix: /one folder of pictures .* for each class/,
      code: 1,
    },
    "a folder without pictures": {
      args: ["train", "words"],
      where: "words",
      what: /no pictures; its files are: 1 \.txt/,
      fix: /one folder of pictures/,
      code: 1,
    },
    "one class only": {
      args: ["train", "lonely"],
      where: "lonely",
      what: /one class only, cats \(3 pictures\)/,
      fix: /at least two classes/,
      code: 1,
    },
    "an IDX file cut short": {
      args: ["train", "cut"],
      where: "cut/train-images-idx3-ubyte",
      what: /cut short: \[30,8,8\] takes 1936 bytes, found 1836/,
      fix: /again/,
      code: 1,
    },
    "a gzipped IDX file cut short": {
      args: ["train", "half"],
      where: "half/t10k-images-idx3-ubyte.gz",
      what: /the gzip file is cut short/,
      fix: /again/,
      code: 1,
    },
    "more labels than pictures": {
      args: ["train", "more"],
      where: "more",
      what: /train-images-idx3-ubyte has 30 pictures but train-labels-idx1-ubyte has 40 labels/,
      fix: /belong together/,
      code: 1,
    },
    "pictures without labels": {
      args: ["train", "lacking"],
      where: "lacking",
      what: /t10k-images-idx3-ubyte but no labels/,
      fix: /labels file/,
      code: 1,
    },
  });

  test("broken files among good ones are listed and skipped, the run goes on, and no file is touched", async () => {
    const data = await writePhotos(join(cwd, "mixed"), { classes: ["cats", "dogs"], count: 12 });
    const whole = readFileSync(join(data, "cats", "0.png"));
    write(join(data, "cats", "cut.png"), whole.subarray(0, whole.length - 40));
    write(join(data, "dogs", "letter.jpg"), "Dear diary");
    write(join(data, "dogs", "nothing.png"), "");
    copyFileSync(join(data, "dogs", "1.png"), join(data, "dogs", "really-a-png.JPG"));
    const before = contents(data);
    const result = await run("train", "mixed", ...quick);
    const lines = jsonLines(result.stdout);
    expect(doneLine(result).run).toBe("runs/mixed-linear");
    const skipped = [
      { path: "cats/cut.png", reason: "truncated PNG" },
      { path: "dogs/letter.jpg", reason: 'not a picture (starts with "Dear diary")' },
      { path: "dogs/nothing.png", reason: "empty file" },
    ];
    expect(lines.find(({ event }) => event === "data")!.skipped).toEqual(skipped);
    expect(result.stderr).toContain(
      "3 files were skipped (1 empty, 1 not a picture, 1 truncated); events.ndjson lists them.",
    );
    const { counts } = lines.find(({ event }) => event === "data")!;
    expect(counts.train + counts.validation + counts.test).toBe(25);
    expect(contents(data)).toEqual(before);

    const judged = await run("evaluate", "runs/mixed-linear", "mixed");
    expect(doneLine(judged).images).toBe(counts.test);
  });
});

describe("a run", () => {
  test("whose loss is no number any more stops, says where, and keeps a good checkpoint", async () => {
    const args = ["--model", "mlp", "--hidden", "16", "--size", "8", "--batch-size", "8", "--optimizer", "sgd"];
    const error = errorOf(await run("train", "photos", ...args, "--learning-rate", "1e30", "--name", "far"), 1);
    expect(error.where).toMatch(/^step \d+$/);
    expect(error.what).toMatch(
      /^the loss became (NaN|-?Infinity) in epoch 1 at learning rate (1\.00|9\.\d+)e\+(30|29)$/,
    );
    expect(error.fix).toMatch(/a tenth of the rate: --learning-rate (1|9\.\d)e\+(29|28)/);
    expect(error.fix).toContain("runs/far/checkpoints");
    const { tensors } = readCheckpoint(join(cwd, "runs/far/checkpoints/last.safetensors"));
    expect(Object.keys(tensors).sort()).toEqual(["hidden1.bias", "hidden1.weight", "scores.bias", "scores.weight"]);
    for (const values of Object.values(tensors)) expect(values.every(Number.isFinite)).toBe(true);
    expect(isThere(cwd, "runs/far/model.onnx")).toBe(false);
  });

  test("never writes over another", async () => {
    await run("train", "photos", ...quick, "--name", "mine");
    const before = contents(join(cwd, "runs/mine"));
    expect([...before.keys()]).toContain("model.onnx");
    const error = errorOf(await run("train", "photos", ...quick, "--name", "mine"), 2);
    expect(error.where).toBe("runs/mine");
    expect(error.what).toMatch(/exists already and holds \d+ files/);
    expect(error.fix).toContain("--name");
    expect(contents(join(cwd, "runs/mine"))).toEqual(before);
    // Without a name the next free one is taken.
    const free = [doneLine(await run("train", "photos", ...quick)), doneLine(await run("train", "photos", ...quick))];
    expect(free.map((done) => done.run)).toEqual(["runs/photos-linear", "runs/photos-linear-2"]);
  });

  test("that fails before its first step leaves its name free", async () => {
    const args = ["photos", "--model", "cnn", "--size", "4", "--filters", "4,4,4", "--name", "small"];
    const error = errorOf(await run("train", ...args), 2);
    expect(error.where).toBe("maxPool2d at features.3");
    expect(isThere(cwd, "runs/small")).toBe(false);
  });
});

describe("a model file", () => {
  test("that is none, or lacks its run, is refused", async () => {
    write(join(cwd, "text.onnx"), "this is no model");
    const text = errorOf(await run("predict", "text.onnx", "photos"), 1);
    expect(text).toMatchObject({ where: "text.onnx" });
    expect(text.fix).toContain("model.onnx");
    const none = errorOf(await run("evaluate", "photos", "photos"), 1);
    expect(none).toMatchObject({ where: "photos", what: "holds no model.onnx" });
  });

  test("of other classes is refused", async () => {
    await writePhotos(join(cwd, "others"), { classes: ["ants", "bees"], count: 3 });
    doneLine(await run("train", "photos", ...quick, "--name", "known"));
    const error = errorOf(await run("evaluate", "runs/known", "others"), 1);
    expect(error.where).toBe("others");
    expect(error.what).toContain("(ants, bees); the model knows cats, dogs, eels");
  });

  test("asked about broken pictures only fails, and says so of each", async () => {
    doneLine(await run("train", "photos", ...quick, "--name", "asked"));
    write(join(cwd, "broken", "a.jpg"), "no picture");
    const { code, stdout } = await run("predict", "runs/asked", "broken");
    expect(code).toBe(1);
    expect(jsonLines(stdout)).toEqual([{ path: "broken/a.jpg", error: 'not a picture (starts with "no picture")' }]);
  });
});

/** A reader of the safetensors format of its own, so that the file is judged by the format. */
function readCheckpoint(path: string): { tensors: Record<string, Float32Array>; metadata: Record<string, string> } {
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata, ...header } = JSON.parse(bytes.toString("utf8", 8, 8 + length));
  const tensors = Object.entries(header as Record<string, { dtype: string; data_offsets: [number, number] }>).map(
    ([name, { dtype, data_offsets }]) => {
      expect(dtype).toBe("F32");
      const [from, to] = data_offsets.map((offset) => 8 + length + offset);
      return [name, new Float32Array(bytes.buffer.slice(bytes.byteOffset + from!, bytes.byteOffset + to!))];
    },
  );
  return { tensors: Object.fromEntries(tensors), metadata };
}
