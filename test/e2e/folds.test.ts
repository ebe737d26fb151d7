/** Cross-validation: `--folds` and `crossValidate`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crossValidate, linear, type Source, shapes } from "argmin";
import { beforeAll, describe, expect, test } from "vitest";
import {
  argmin,
  csvRows,
  doneLine,
  jsonLines,
  type Options,
  Running,
  temporaryFolder,
  writePhotos,
} from "./support.ts";

const cwd = temporaryFolder();
const here: Options = { cwd };
const small = ["--model", "linear", "--epochs", "2", "--size", "8"];
const json = (...path: string[]) => JSON.parse(readFileSync(join(cwd, ...path), "utf8"));

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes: ["cats", "dogs", "eels"], count: 11 });
});

describe("argmin train --folds", () => {
  test("tests every picture once, by a model that was neither trained on it nor chosen by it", async () => {
    const result = await argmin(["train", "photos", ...small, "--folds", "3", "--name", "cv", "--json"], here);
    const done = doneLine(result);
    expect(done).toMatchObject({ folds: 3, images: 33, run: join("runs", "cv"), declaredTest: null });
    const folds = jsonLines(result.stdout).filter(({ event }) => event === "fold");
    expect(folds.map(({ fold }) => fold)).toEqual([1, 2, 3]);
    const trained = jsonLines(result.stdout).filter(({ event }) => event === "epoch");
    expect(trained.map(({ fold }) => fold)).toEqual([1, 1, 2, 2, 3, 3]);

    const rows = csvRows(join(cwd, "runs/cv/predictions.csv"));
    expect(new Set(rows.map(({ path }) => path)).size).toBe(33);
    for (const fold of [1, 2, 3]) {
      const own = rows.filter((row) => row.fold === String(fold));
      const { train, validation, test: tested } = json("runs/cv", `fold${fold}`, "split.json");
      expect(own.map(({ path }) => path).sort()).toEqual([...tested].sort());
      expect(new Set([...train, ...validation, ...tested]).size).toBe(33);
      expect(train.length + validation.length + tested.length).toBe(33);
      expect(validation.length).toBeGreaterThan(0);
      const right = own.filter((row) => row.true === row.predicted).length / own.length;
      expect(folds[fold - 1]!.test.accuracy).toBeCloseTo(right, 10);
      expect(json("runs/cv/folds.json").folds[fold - 1].paths.toSorted()).toEqual([...tested].sort());
    }
    const accuracies: number[] = folds.map(({ test: { accuracy } }) => accuracy);
    const mean = accuracies.reduce((sum, value) => sum + value, 0) / 3;
    const deviation = Math.sqrt(accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
    expect(done.test.accuracy.mean).toBeCloseTo(mean, 10);
    expect(done.test.accuracy.deviation).toBeCloseTo(deviation, 10);
    expect(json("runs/cv/folds.json").test).toEqual(done.test);

    // The call that it proposes trains on everything.
    const words = (done.command as string).split(" ");
    const last = await argmin([...words.slice(words.indexOf("train")), "--json"], here);
    doneLine(last);
    const { counts } = jsonLines(last.stdout).find(({ event }) => event === "data")!;
    expect(counts).toEqual({ train: 33, validation: 0, test: 0 });
  });

  test("shows people one line a fold, and the mean with its deviation", async () => {
    const { code, stdout } = await argmin(["train", "photos", ...small, "--folds", "3", "--name", "shown"], here);
    expect(code).toBe(0);
    expect(stdout).toContain("33 pictures in 3 folds of 11");
    expect(stdout).toMatch(/^fold 1\/3 {2}accuracy +\d+\.\d % {2}log loss \d\.\d{3} {2}\(best epoch \d, /m);
    expect(stdout).toMatch(/^accuracy +\d+\.\d % +\d+\.\d %$/m);
    expect(stdout).toMatch(/^\d+ of 33 pictures right, each judged by a model that had not seen it$/m);
    expect(stdout).not.toContain("epoch 1/2");
  });

  test("keeps groups in one fold, and validates on whole groups, too", async () => {
    const flags = ["--folds", "3", "--name", "grouped", "--group-by", "(\\d)\\.png$"];
    doneLine(await argmin(["train", "photos", ...small, ...flags, "--json"], here));
    for (const fold of [1, 2, 3]) {
      const { train, validation, test: tested } = json("runs/grouped", `fold${fold}`, "split.json");
      const groups = [train, validation, tested].map((paths: string[]) => new Set(paths.map((path) => path.at(-5))));
      expect(groups.reduce((sum, group) => sum + group.size, 0)).toBe(10);
    }
    expect(json("runs/grouped/folds.json").groupBy).toBe("(\\d)\\.png$");
  });

  test("is refused with a split, with too many folds, and in a folder that is taken", async () => {
    const refused = async (...flags: string[]) => await argmin(["train", "photos", ...small, ...flags], here);
    expect(await refused("--folds", "3", "--split", "runs/cv/fold1")).toMatchObject({ code: 2 });
    expect(await refused("--folds", "1")).toMatchObject({ code: 2 });
    const many = await refused("--folds", "34", "--name", "many");
    expect(many).toMatchObject({ code: 2, stderr: expect.stringContaining("is 34, but there are 33 pictures") });
    expect(existsSync(join(cwd, "runs/many"))).toBe(false);
    expect(await refused("--folds", "3", "--name", "cv")).toMatchObject({ code: 2 });
    expect(await refused("--folds", "3", "--find-learning-rate")).toMatchObject({ code: 2 });
  });

  test("Ctrl-C keeps the folds that are finished", async () => {
    const endless = ["train", "photos", "--model", "linear", "--size", "8", "--epochs", "300", "--folds", "3"];
    const running = new Running([...endless, "--name", "stopped", "--json"], here);
    await running.until('"event":"fold"');
    running.child.kill("SIGINT");
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    const done = jsonLines(stdout).at(-1)!;
    expect(done).toMatchObject({ event: "done", interrupted: true });
    expect([1, 2]).toContain(done.folds);
    expect(csvRows(join(cwd, "runs/stopped/predictions.csv"))).toHaveLength(11 * done.folds);
    expect(readdirSync(join(cwd, "runs/stopped"))).toEqual(expect.arrayContaining(["fold1", "folds.json"]));
  });
});

describe("crossValidate", () => {
  const declared = (): Source => shapes({ train: 300, validation: 0, test: 100 });

  test("keeps the data's own test pictures apart, and judges each model on them", async () => {
    const data = declared();
    const {
      folds,
      test: found,
      declaredTest,
      predictions,
      folder,
    } = await crossValidate({
      data,
      model: linear(),
      epochs: 1,
      folds: 3,
    });
    expect(folder).toBeNull();
    const own = new Set(data.paths.filter((_, i) => data.declared[i] === "test"));
    expect(predictions.some(({ path }) => own.has(path))).toBe(false);
    expect(folds.map(({ declaredTest: apart }) => apart?.images)).toEqual([own.size, own.size, own.size]);
    expect(folds.map(({ run }) => run.test)).toMatchObject(folds.map(({ test: own }) => own));
    expect(folds.reduce((sum, { test: { images } }) => sum + images, 0)).toBe(predictions.length);
    expect(found!.accuracy.mean).toBeCloseTo(
      folds.reduce((sum, { test: { accuracy } }) => sum + accuracy / 3, 0),
      10,
    );
    expect(declaredTest!.accuracy.mean).not.toBe(found!.accuracy.mean);
    expect(new Set(folds.map(({ run }) => run.weightsHash)).size).toBe(3);
  });

  test("normalises each fold by its own training pictures", async () => {
    const { folds } = await crossValidate({ data: declared(), model: linear(), epochs: 1, folds: 2 });
    const { readMetadata } = await import("../../src/onnx/index.ts");
    const means = folds.map(({ run }) => readMetadata(run.model, "model").preprocessing);
    expect(new Set(means).size).toBe(2);
  });

  test("ends at its signal", async () => {
    const stop = new AbortController();
    const result = await crossValidate({
      data: declared(),
      model: linear(),
      epochs: 1,
      folds: 5,
      signal: stop.signal,
      onEvent: (event) => event.type === "fold" && event.fold === 2 && stop.abort(),
    });
    expect([result.interrupted, result.folds.length]).toEqual([true, 2]);
  });
});
