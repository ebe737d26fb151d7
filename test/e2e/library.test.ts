/** The library as its users write it: `import … from "argmin"` and `"argmin/graph"`. Wrong options are in `test/types`. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  cnn,
  constantRate,
  cosine,
  evaluate,
  gradientDescent,
  hinge,
  imageFolder,
  l1,
  l2,
  linear,
  momentum,
  openClassifier,
  predict,
  type TrainOptions,
  train,
  UsageError,
} from "argmin";
import { add, compile, gradients, mean, mul, square, sub } from "argmin/graph";
import { beforeAll, describe, expect, test } from "vitest";
import { initialize } from "../../src/nn/index.ts";
import { readMetadata } from "../../src/onnx/index.ts";
import { decodeTensors, network } from "../../src/train/index.ts";
import { normalised, randomSource, trainPlainly } from "./plain-linear.ts";
import { temporaryFolder, writePhotos } from "./support.ts";

const folder = temporaryFolder();
const photos = join(folder, "photos");

beforeAll(async () => {
  await writePhotos(photos, { classes: ["cats", "dogs", "eels"], count: 20 });
});

describe("argmin", () => {
  test("trains from a folder to a model that predicts, evaluates and opens", async () => {
    const data = await imageFolder(photos);
    const types = new Set<string>();
    const run = await train({
      data,
      model: cnn({ channels: [4, 8] }),
      loss: hinge(),
      regularizer: l2(1e-4),
      optimizer: momentum({ learningRate: cosine(0.02) }),
      epochs: 4,
      seed: 7,
      size: 16,
      batchSize: 8,
      folder: join(folder, "run"),
      onEvent: ({ type }) => types.add(type),
    });
    expect(run.test!.accuracy).toBeGreaterThan(0.9);
    expect(run.history).toHaveLength(4);
    expect(run.settings).toMatchObject({ loss: { name: "hinge" }, schedule: { name: "cosine" }, seed: 7 });
    expect([...types]).toEqual(expect.arrayContaining(["loading", "data", "start", "initial", "epoch"]));

    const judged = await evaluate(join(folder, "run"), data);
    expect(judged.accuracy).toBe(run.test!.accuracy);
    const answers = [];
    for await (const answer of predict(join(folder, "run"), [join(photos, "dogs")], { top: 1 })) answers.push(answer);
    expect(answers).toHaveLength(20);
    expect(answers.filter((answer) => "label" in answer && answer.label === "dogs").length).toBeGreaterThan(17);

    const classifier = await openClassifier(join(folder, "run", "model.onnx"));
    expect(classifier.classes).toEqual(["cats", "dogs", "eels"]);
    expect(await classifier.classify(await data.read(0))).toHaveLength(3);
    await classifier.close();
  });

  test("writes nothing without a folder, and hands out the model itself", async () => {
    const empty = join(folder, "empty");
    mkdirSync(empty);
    const before = process.cwd();
    // Threads of Vitest share the process, so the working folder is read, not changed.
    const names = readdirSync(before);
    const run = await train({ data: randomSource(30, 6, 3), model: linear(), epochs: 1 });
    expect(run.folder).toBeNull();
    expect(readdirSync(before)).toEqual(names);
    expect(JSON.parse(readMetadata(run.model, "model").classes!)).toEqual(["class 0", "class 1", "class 2"]);
  });

  test("refuses what is out of range with the facts as fields", async () => {
    const error = await train({ data: randomSource(30, 6, 3), epochs: 0 }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ where: "epochs", what: "is 0", fix: "give a whole number, 1 or more" });
  });

  test("ends after the step in hand when its signal says so, with what was learned", async () => {
    const stop = new AbortController();
    const run = await train({
      data: randomSource(300, 6, 3),
      model: linear(),
      epochs: 100_000,
      signal: stop.signal,
      onEvent: ({ type }) => type === "epoch" && stop.abort(),
    });
    expect(run.interrupted).toBe(true);
    expect(run.history.length).toBeGreaterThanOrEqual(1);
    expect(run.best.epoch).toBeGreaterThanOrEqual(1);
  });

  test("passes on what a listener throws, and ends its thread first", async () => {
    const onEvent = ({ type }: { readonly type: string }) => {
      if (type === "epoch") throw new RangeError("the listener's own");
    };
    const run = train({ data: randomSource(300, 6, 3), model: linear(), epochs: 100_000, onEvent });
    await expect(run).rejects.toThrow("the listener's own");
  });
});

test("a classifier that is closed while it works finishes first: its thread, ended inside native code, would end all", () => {
  const script = `
    import { openClassifier } from "argmin";
    const classifier = await openClassifier(process.argv[1]);
    const [height, width] = [5000, 5000];
    const answers = [1, 2].map(() => classifier.classify({ pixels: new Uint8Array(3 * height * width), height, width, channels: 3 }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await classifier.close();
    console.log((await Promise.all(answers)).map((answer) => answer.length).join());
  `;
  const args = ["--input-type=module", "-e", script, join(folder, "run", "model.onnx")];
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "3,3\n", stderr: "" });
});

describe("full-batch gradient descent", () => {
  // More than one chunk of 256, so that the gradient is really summed.
  const count = 300;
  const source = randomSource(count, 5, 3);
  let runs = 0;
  /** Weights after a run of the library, and after the same by hand. */
  async function both(regularizer: NonNullable<TrainOptions["regularizer"]>, strengths: { l1?: number; l2?: number }) {
    const path = join(folder, `descent-${runs++}`);
    const optimizer = gradientDescent({ learningRate: constantRate(0.05) });
    const run = await train({
      data: source,
      model: linear(),
      optimizer,
      regularizer,
      epochs: 3,
      seed: 2,
      folder: path,
    });
    expect(run.history.map(({ step }) => step)).toEqual([1, 2, 3]);
    const { mean: means, deviation } = JSON.parse(readMetadata(run.model, "model").preprocessing!);
    const recipe = { model: linear(), loss: run.settings.loss, regularizers: [], optimizer };
    const normalization = { mean: means, deviation };
    const size = { height: 5, width: 5, channels: 1, classes: 3 } as const;
    const start = initialize(network({ ...recipe, normalization, ...size }, 1).parameters, 2);
    const plain = trainPlainly({
      x: normalised(source, count, means[0], deviation[0]),
      labels: source.labels,
      start: { weight: Float64Array.from(start["scores.weight"]!), bias: Float64Array.from(start["scores.bias"]!) },
      learningRate: 0.05,
      batch: count,
      epochs: 3,
      seed: 2,
      ...strengths,
    });
    const { tensors } = decodeTensors(readFileSync(join(path, "checkpoints", "last.safetensors")), "last");
    expect(run.history[0]!.trainLoss).toBeCloseTo(plain.firstLoss, 5);
    return { found: tensors["scores.weight"]!.data, plain: plain.weight, run };
  }
  const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

  test("is the plain calculation over all pictures, with and without penalties", async () => {
    const none = await both([], {});
    const two = await both(l2(0.05), { l2: 0.05 });
    const one = await both([l1(0.02)], { l1: 0.02 });
    const sum = await both([l1(0.02), l2(0.05)], { l1: 0.02, l2: 0.05 });
    for (const { found, plain } of [none, two, one, sum]) expect(distance(found, plain)).toBeLessThan(2e-6);
    const hashes = [none, two, one, sum].map(({ run }) => run.weightsHash);
    expect(new Set(hashes).size).toBe(4);
    expect(distance(none.found, two.found)).toBeGreaterThan(1e-4);
    expect(distance(none.found, one.found)).toBeGreaterThan(1e-4);
  });
});

describe("argmin/graph", () => {
  test("runs a step of one's own: loss and gradients as one graph", async () => {
    const step = compile(({ w, b, x, y }) => {
      const loss = mean(square(sub(add(mul(w, x), b), y)));
      const { w: dw, b: db } = gradients(loss, { w, b });
      return { loss, dw, db };
    });
    const { loss, dw, db } = await step({ w: 0.8, b: 0.2, x: [1.5, -1], y: [0.8, 1] });
    // Residuals 0.6 and −1.6: loss (0.36 + 2.56) / 2, ∂w 2·(0.6·1.5 + 1.6·1) / 2, ∂b 2·(0.6 − 1.6) / 2.
    expect(loss.value).toBeCloseTo(1.46, 6);
    expect(dw.value).toBeCloseTo(2.5, 6);
    expect(db.value).toBeCloseTo(-1, 6);
    // Other shapes are traced again.
    expect((await step({ w: 0.8, b: 0.2, x: [1.5], y: [0.8] })).loss.value).toBeCloseTo(0.36, 6);
  });

  test("gives gradients of gradients", async () => {
    const f = compile(({ x }) => {
      const y = mul(x, mul(x, x));
      const { x: first } = gradients(y, { x });
      const { x: second } = gradients(first, { x });
      return { y, first, second };
    });
    const { y, first, second } = await f({ x: 3 });
    expect([y.value, first.value, second.value]).toEqual([27, 27, 18]);
  });

  test("says which input is uneven, missing or no number", async () => {
    const double = compile(({ x }) => ({ y: add(x, x) }));
    await expect(double({ x: [[1, 2], [3]] })).rejects.toMatchObject({
      where: "input x",
      what: expect.stringMatching(/unequal/),
    });
    await expect(double({ w: 1 })).rejects.toMatchObject({
      where: "input x",
      what: expect.stringMatching(/the call gives w$/),
    });
    await expect(double({ x: "1" as never })).rejects.toMatchObject({
      where: "input x",
      what: expect.stringMatching(/string, not numbers/),
    });
    // One that failed does not stand in the way of the next.
    expect((await double({ x: 2 })).y.value).toBe(4);
  });
});
