/** What is in a run folder, and that it is right: every file is read back and held against what the run said. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { constantRate, linear, sgd, train } from "argmin";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { costOf } from "../../src/experiment/index.ts";
import { mlp } from "../../src/models/index.ts";
import { initialize } from "../../src/nn/index.ts";
import { readMetadata } from "../../src/onnx/index.ts";
import { decodeTensors, network } from "../../src/train/index.ts";
import { normalised, randomSource, trainPlainly } from "./plain-linear.ts";
import {
  argmin,
  csvRows,
  doneLine,
  jsonLines,
  type Line,
  temporaryFolder,
  weightsHashOf,
  writeIdxFolder,
  writePhotos,
} from "./support.ts";

const cwd = temporaryFolder();
const classes = ["cats", "dogs", "eels", "fish"];
const flags = [
  "--model",
  "mlp",
  "--hidden",
  "12",
  "--size",
  "8",
  "--batch-size",
  "16",
  "--epochs",
  "3",
  "--l2",
  "1e-3",
];
let done: Line;
let lines: Line[];

const file = (...path: string[]) => readFileSync(join(cwd, "runs", ...path));
const text = (...path: string[]) => file(...path).toString("utf8");
const checkpoint = (run: string, kind: string) => decodeTensors(file(run, "checkpoints", `${kind}.safetensors`), kind);
const trained = async (data: string, name: string, ...more: string[]) => {
  const result = await argmin(["train", data, ...flags, "--name", name, "--json", ...more], { cwd });
  return { done: doneLine(result), lines: jsonLines(result.stdout) };
};

beforeAll(async () => {
  // 4 classes of 25: 20 of each to train on, which is five batches of 16.
  await writePhotos(join(cwd, "photos"), { classes, count: 25 });
  ({ done, lines } = await trained("photos", "first", "--seed", "7"));
});

describe("the files of a run", () => {
  test("config.yaml holds every setting", () => {
    expect(parse(text("first", "config.yaml"))).toEqual({
      argmin: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      data: "photos",
      depth: null,
      model: { kind: "model", name: "mlp", options: { hidden: [12], activation: "relu", dropout: 0 } },
      loss: { kind: "loss", name: "cross-entropy", options: { smoothing: 0 } },
      regularizers: [{ kind: "regularizer", name: "l2", options: { strength: 1e-3, biases: false } }],
      optimizer: {
        kind: "optimizer",
        name: "adam",
        options: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, amsgrad: false },
      },
      schedule: { kind: "schedule", name: "cosine", options: { final: 0 } },
      epochs: 3,
      steps: null,
      time: null,
      patience: null,
      checkpointSeconds: 60,
      batchSize: 16,
      accumulate: 1,
      warmUp: 0,
      classWeights: null,
      balance: "none",
      clipNorm: null,
      clipValue: null,
      averageWeights: null,
      augment: [],
      size: 8,
      channels: "auto",
      fit: "letterbox",
      split: null,
      groupBy: null,
      unknown: null,
      seed: 7,
      device: "auto",
      threads: null,
      cache: null,
      pictureMemory: null,
    });
  });

  test("split.json covers every picture once, stratified", () => {
    const split = JSON.parse(text("first", "split.json"));
    expect(split.seed).toBe(7);
    const all = [...split.train, ...split.validation, ...split.test];
    const pictures = classes.flatMap((name) => Array.from({ length: 25 }, (_, n) => `${name}/${n}.png`));
    expect(all.toSorted()).toEqual(pictures.toSorted());
    for (const [part, least, most] of [
      ["train", 19, 21],
      ["validation", 2, 3],
      ["test", 2, 3],
    ] as const) {
      const counts = classes.map((name) => split[part].filter((path: string) => path.startsWith(`${name}/`)).length);
      for (const count of counts) expect(count).toBeGreaterThanOrEqual(least);
      for (const count of counts) expect(count).toBeLessThanOrEqual(most);
      expect(split.counts[part]).toEqual(
        Object.fromEntries([["all", split[part].length], ...classes.map((name, c) => [name, counts[c]])]),
      );
    }
  });

  test("metrics.csv has a row an epoch, the numbers of the events", () => {
    const rows = csvRows(join(cwd, "runs", "first", "metrics.csv"));
    const epochs = lines.filter(({ event }) => event === "epoch");
    expect(rows).toHaveLength(3);
    for (const [i, row] of rows.entries()) {
      const { epoch, step, trainLoss, validationLoss, validationAccuracy, learningRate, ...rest } = epochs[i]!;
      const numbers = [epoch, step, trainLoss, validationLoss, validationAccuracy, learningRate];
      const all = [...numbers, rest.gradientNorm, rest.zeros].map(String);
      expect(Object.values(row)).toEqual([...all, rest.seconds.toFixed(3)]);
      expect(rest.gradientNorm).toBeGreaterThan(0);
      // 80 pictures in batches of 16.
      expect(row.step).toBe(String(5 * (i + 1)));
    }
    expect(Object.keys(rows[0]!).join()).toBe(
      "epoch,step,train_loss,validation_loss,validation_accuracy,learning_rate,gradient_norm,zeros,seconds",
    );
  });

  test("events.ndjson has what happened, but for the progress", () => {
    const written = jsonLines(text("first", "events.ndjson"));
    expect(written).toEqual(lines.filter(({ event }) => event !== "progress"));
  });

  test("the checkpoints hold weights and slots; the best one has the weights of the hash", () => {
    const shapes = { "hidden1.weight": [192, 12], "hidden1.bias": [12], "scores.weight": [12, 4], "scores.bias": [4] };
    const slots = Object.entries(shapes).flatMap(([name, shape]) =>
      ["velocity", "squares"].map((slot) => [`${slot} of ${name}`, shape] as const),
    );
    for (const kind of ["last", "best"]) {
      const { tensors, metadata } = checkpoint("first", kind);
      const found = Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
      expect(found).toEqual({ ...shapes, ...Object.fromEntries(slots) });
      expect(metadata.epoch).toBe(String(kind === "last" ? 3 : done.best.epoch));
      expect(Number(metadata.step)).toBe(5 * Number(metadata.epoch));
    }
    expect(weightsHashOf(checkpoint("first", "best"))).toBe(done.weightsHash);
    expect(done.parameters).toBe(192 * 12 + 12 + 12 * 4 + 4);
    // A search knows as much before it trains.
    const facts = { numbers: false, height: 8, width: 8, channels: 3 as const, classes: 4, pictures: 120 };
    expect(costOf({ data: "photos", model: mlp({ hidden: [12] }) }, facts).parameters).toBe(done.parameters);
  });

  test("predictions.csv and confusion.csv say what the run said", () => {
    const split = JSON.parse(text("first", "split.json"));
    const rows = csvRows(join(cwd, "runs", "first", "predictions.csv"));
    for (const part of ["validation", "test"]) {
      const own = rows.filter((row) => row.split === part);
      expect(own.map(({ path }) => path)).toEqual(split[part]);
      for (const row of own) expect(row.path).toMatch(new RegExp(`^${row.true}/`));
      for (const row of own.filter((one) => one.true === one.predicted))
        expect(Number(row.loss)).toBeCloseTo(-Math.log(Number(row.probability)), 4);
    }
    const tested = rows.filter((row) => row.split === "test");
    const right = tested.filter((row) => row.true === row.predicted).length;
    expect(right / tested.length).toBeCloseTo(done.test.accuracy, 12);
    const loss = tested.reduce((sum, row) => sum + Number(row.loss), 0) / tested.length;
    expect(loss).toBeCloseTo(done.test.loss, 5);

    const [header, ...confusion] = text("first", "confusion.csv").trimEnd().split("\n");
    expect(header).toBe(`true \\ predicted,${classes.join(",")}`);
    expect(confusion).toEqual(
      classes.map((truth) =>
        [truth, ...classes.map((p) => tested.filter((row) => row.true === truth && row.predicted === p).length)].join(),
      ),
    );
  });

  test("metrics.json has the figures that predictions.csv and confusion.csv have", () => {
    const figures = JSON.parse(text("first", "metrics.json"));
    expect(figures).toMatchObject({ classes, best: done.best, weightsHash: done.weightsHash, interrupted: false });
    const rows = csvRows(join(cwd, "runs", "first", "predictions.csv"));
    for (const part of ["validation", "test"]) {
      const own = rows.filter((row) => row.split === part);
      const { images, accuracy, interval, perClass, confusion, reliability, topK } = figures[part];
      expect(images).toBe(own.length);
      expect(accuracy).toBe(own.filter((row) => row.true === row.predicted).length / own.length);
      expect(interval.low <= accuracy && accuracy <= interval.high && interval.low < interval.high).toBe(true);
      expect(perClass.map((one: Line) => one.count)).toEqual(
        classes.map((name) => own.filter((row) => row.true === name).length),
      );
      expect(reliability.reduce((sum: number, bin: Line) => sum + bin.count, 0)).toBe(images);
      expect(topK.map((one: Line) => one.k)).toEqual([3]);
      if (part === "test") {
        const table = text("first", "confusion.csv").trimEnd().split("\n").slice(1);
        expect(table).toEqual(confusion.map((row: number[], c: number) => [classes[c], ...row].join()));
      }
    }
  });

  test("the linear baseline is in metrics.json and in the last line, and is that of the same pictures", () => {
    const { baseline, test } = JSON.parse(text("first", "metrics.json"));
    expect(baseline).toEqual(done.baseline);
    expect(baseline).toMatchObject({ features: 192, pooled: 1, trained: 80, penalty: 0.1 });
    expect(baseline.test.images).toBe(test.images);
    expect(baseline.gain).toBe(test.accuracy - baseline.test.accuracy);
  });

  test("model.onnx says where it comes from", () => {
    const facts = readMetadata(file("first", "model.onnx"), "model.onnx");
    expect(JSON.parse(facts.classes!)).toEqual(classes);
    expect(facts.weightsHash).toBe(done.weightsHash);
    expect(JSON.parse(facts.training!)).toMatchObject({ data: "photos", seed: 7, model: { name: "mlp" } });
  });
});

describe("a seed", () => {
  test("gives the same weights again, to the bit", async () => {
    const again = await trained("photos", "again", "--seed", "7");
    expect(again.done).toEqual({ ...done, run: "runs/again", seconds: again.done.seconds });
    for (const name of ["split.json", "predictions.csv", "confusion.csv", "model.onnx"])
      expect(file("again", name).equals(file("first", name)), name).toBe(true);
    // Its metadata hold the seconds that the epochs took.
    expect(checkpoint("again", "last").tensors).toEqual(checkpoint("first", "last").tensors);
  });

  test("and a config.yaml replay a run, and an option beside it goes before it", async () => {
    const replay = async (name: string, ...more: string[]) => {
      const args = ["train", "--config", "runs/first/config.yaml", "--name", name, "--json", ...more];
      return doneLine(await argmin(args, { cwd }));
    };
    expect((await replay("replayed")).weightsHash).toBe(done.weightsHash);
    expect(text("replayed", "config.yaml")).toBe(text("first", "config.yaml"));
    await replay("shorter", "--epochs", "1");
    expect(text("shorter", "config.yaml")).toBe(text("first", "config.yaml").replace("epochs: 3", "epochs: 1"));
  });

  test("decides the split and the weights", async () => {
    const other = await trained("photos", "other", "--seed", "8");
    expect(other.done.weightsHash).not.toBe(done.weightsHash);
    expect(JSON.parse(text("other", "split.json")).test).not.toEqual(JSON.parse(text("first", "split.json")).test);
  });
});

describe("the data's own test pictures are never trained on", () => {
  test("in a folder of IDX files", async () => {
    writeIdxFolder(join(cwd, "digits"), { train: 61, test: 20 });
    const { lines } = await trained("digits", "digits", "--size", "8");
    const split = JSON.parse(text("digits", "split.json"));
    expect(split.test).toEqual(Array.from({ length: 20 }, (_, i) => `test#${i}`));
    expect([...split.train, ...split.validation].every((path: string) => path.startsWith("train#"))).toBe(true);
    expect(split.train.length + split.validation.length).toBe(61);
    expect(split.counts.validation).toEqual({ all: 6, 0: 2, 1: 2, 2: 2 });
    // 55 pictures in batches of 16: three whole ones, and one of 7.
    expect(lines.filter(({ event }) => event === "epoch").map(({ step }) => step)).toEqual([4, 8, 12]);
  });

  test("in a folder with train and test", async () => {
    await writePhotos(join(cwd, "sorted", "train"), { classes, count: 10 });
    await writePhotos(join(cwd, "sorted", "TEST"), { classes, count: 3 });
    await trained("sorted", "sorted");
    const split = JSON.parse(text("sorted", "split.json"));
    expect(split.test).toHaveLength(12);
    expect(split.test.every((path: string) => path.startsWith("TEST/"))).toBe(true);
    expect([...split.train, ...split.validation].every((path: string) => path.startsWith("train/"))).toBe(true);
    expect(split.train.length + split.validation.length).toBe(40);
  });
});

test("the last, smaller batch is trained on: 7 pictures in batches of 3 are three exact steps", async () => {
  const source = randomSource(7, 4, 3);
  const folder = join(cwd, "runs", "seven");
  const seed = 5;
  const run = await train({
    data: source,
    model: linear(),
    optimizer: sgd({ learningRate: constantRate(0.1) }),
    batchSize: 3,
    epochs: 2,
    seed,
    folder,
  });
  expect(run.history.map(({ step }) => step)).toEqual([3, 6]);
  const { mean, deviation } = JSON.parse(readMetadata(run.model, "model").preprocessing!);
  const { parameters } = network(
    {
      model: linear(),
      loss: run.settings.loss,
      regularizers: [],
      optimizer: run.settings.optimizer,
      normalization: { mean, deviation },
      height: 4,
      width: 4,
      channels: 1,
      classes: 3,
    },
    1,
  );
  const start = initialize(parameters, seed);
  const plain = trainPlainly({
    x: normalised(source, 7, mean[0], deviation[0]),
    labels: source.labels,
    start: { weight: Float64Array.from(start["scores.weight"]!), bias: Float64Array.from(start["scores.bias"]!) },
    learningRate: 0.1,
    batch: 3,
    epochs: 2,
    seed,
  });
  const { tensors } = decodeTensors(readFileSync(join(folder, "checkpoints", "last.safetensors")), "last");
  for (const name of ["weight", "bias"] as const) {
    const found = tensors[`scores.${name}`]!.data;
    expect(found).toHaveLength(plain[name].length);
    plain[name].forEach((value, i) => {
      expect(Math.abs(found[i]! - value)).toBeLessThan(2e-6);
    });
  }
  // The steps did something, and more than their first two batches would have.
  expect(plain.weight.some((value, i) => Math.abs(value - start["scores.weight"]![i]!) > 0.01)).toBe(true);
});
