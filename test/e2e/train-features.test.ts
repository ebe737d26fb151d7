/** What a run can be told beside model, loss and optimizer: by flags, in a configuration, in a program. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crossEntropy, findLearningRate, hinge, linear, mlp, type Source, train } from "argmin";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { decodeTensors } from "../../src/train/index.ts";
import { cases } from "./cases.ts";
import { randomSource } from "./plain-linear.ts";
import {
  argmin,
  doneLine,
  idx,
  isThere,
  jsonLines,
  Running,
  temporaryFolder,
  weightsHashOf,
  write,
  writeIdxFolder,
} from "./support.ts";

const cwd = temporaryFolder();
const data = writeIdxFolder(join(cwd, "idx"), { train: 120, test: 30 });
const quick = ["--model", "mlp", "--hidden", "8", "--epochs", "3", "--batch-size", "16", "--json"];
const trained = (name: string, ...flags: string[]) =>
  argmin(["train", data, ...quick, "--name", name, ...flags], { cwd });
const configOf = (name: string) => parse(readFileSync(join(cwd, "runs", name, "config.yaml"), "utf8"));

describe("every option at once", () => {
  const flags = [
    ...["--class-weights", "1,2,0.5", "--clip-norm", "1", "--clip-value", "0.5", "--average-weights", "0.9"],
    ...["--elastic-net", "1e-4,0.3", "--max-norm", "3", "--penalize-biases", "--accumulate", "2", "--dropout", "0.2"],
    ...["--schedule", "multi-step:milestones=1+2,gamma=0.5", "--warm-up", "0.5", "--loss", "focal:gamma=1"],
    ...["--optimizer", "adam:beta1=0.8,amsgrad=true"],
  ];

  test("is in config.yaml, and the configuration repeats the run to the last bit", async () => {
    const first = doneLine(await trained("all", ...flags));
    expect(configOf("all")).toMatchObject({
      model: { name: "mlp", options: { hidden: [8], dropout: 0.2 } },
      loss: { name: "focal", options: { gamma: 1 } },
      regularizers: [
        { name: "elastic-net", options: { strength: 1e-4, ratio: 0.3, biases: true } },
        { name: "max-norm", options: { limit: 3, biases: true } },
      ],
      optimizer: { name: "adam", options: { beta1: 0.8, amsgrad: true } },
      schedule: { name: "multi-step", options: { milestones: [1, 2], gamma: 0.5 } },
      classWeights: [1, 2, 0.5],
      clipNorm: 1,
      clipValue: 0.5,
      averageWeights: 0.9,
      accumulate: 2,
      warmUp: 0.5,
    });
    const config = join("runs", "all", "config.yaml");
    const again = doneLine(await argmin(["train", "--config", config, "--name", "again", "--json"], { cwd }));
    expect(again.weightsHash).toBe(first.weightsHash);
    expect(configOf("again")).toEqual(configOf("all"));
    // Every one of them has a part in it.
    const without = async (name: string, change: object) => {
      const file = join(cwd, `${name}.yaml`);
      writeFileSync(file, stringify({ ...configOf("all"), ...change }));
      return doneLine(await argmin(["train", "--config", file, "--name", name, "--json"], { cwd })).weightsHash;
    };
    const changes = {
      classWeights: null,
      clipNorm: 0.01,
      clipValue: 1e-3,
      averageWeights: null,
      accumulate: 1,
      warmUp: 0,
    };
    const hashes = [];
    for (const [option, value] of Object.entries(changes))
      hashes.push(await without(`no-${option}`, { [option]: value }));
    expect(new Set([first.weightsHash, ...hashes]).size).toBe(hashes.length + 1);
  });

  test("the checkpoint holds the averages beside the weights, and the run ships the averages", async () => {
    const bytes = readFileSync(join(cwd, "runs", "all", "checkpoints", "best.safetensors"));
    const { tensors } = decodeTensors(bytes, "best");
    const averages = Object.entries(tensors).flatMap(([name, block]) =>
      name.startsWith("average of ") ? [[name.slice("average of ".length), block] as const] : [],
    );
    expect(averages.map(([name]) => name)).toEqual(["hidden1.weight", "hidden1.bias", "scores.weight", "scores.bias"]);
    const { weightsHash } = jsonLines(readFileSync(join(cwd, "runs", "all", "events.ndjson"), "utf8")).at(-1)!;
    expect(weightsHashOf({ tensors: Object.fromEntries(averages) })).toBe(weightsHash);
    expect(weightsHashOf({ tensors })).not.toBe(weightsHash);
  });

  test("flags go on where a configuration stops", async () => {
    const config = join("runs", "all", "config.yaml");
    const more = ["--optimizer", "adam:beta2=0.9", "--learning-rate", "0.01", "--loss", "focal", "--epochs", "1"];
    doneLine(await argmin(["train", "--config", config, "--name", "more", "--json", ...more], { cwd }));
    expect(configOf("more")).toMatchObject({
      optimizer: { name: "adam", options: { beta1: 0.8, beta2: 0.9, learningRate: 0.01, amsgrad: true } },
      loss: { name: "focal", options: { gamma: 1 } },
      schedule: { name: "multi-step" },
    });
    // Another optimizer starts from its own defaults; the schedule stays.
    doneLine(await argmin(["train", "--config", config, "--name", "sgd", "--json", "--optimizer", "sgd"], { cwd }));
    expect(configOf("sgd")).toMatchObject({ optimizer: { name: "sgd" }, schedule: { name: "multi-step" } });
  });
});

describe("what does not fit is refused", () => {
  const call = (...flags: string[]) => ["train", data, ...flags];
  cases(temporaryFolder(), {
    "too few class weights": {
      args: call("--class-weights", "1,2"),
      where: "class weights",
      what: /^there are 2 weights for 3 classes \(0, 1, 2\)$/,
      fix: /give one for each/,
    },
    "a class weight below 0": {
      args: call("--class-weights=-1,1,1"),
      where: "class weights",
      what: /^weight 1 is -1$/,
      fix: /0 or more/,
    },
    "class weights that are all 0": {
      args: call("--class-weights", "0,0,0"),
      where: "class weights",
      what: /all of them are 0/,
      fix: /above 0/,
    },
    "a class weight that is no number": {
      args: call("--class-weights", "1,x,1"),
      where: "--class-weights",
      what: /"x" is not a number/,
      fix: /--class-weights 1,2,0.5/,
    },
    "a clip norm of 0": { args: call("--clip-norm", "0"), where: "clip norm", what: /^is 0$/, fix: /above 0/ },
    "a clip value below 0": { args: call("--clip-value=-1"), where: "clip value", what: /^is -1$/, fix: /above 0/ },
    "a decay of 1": {
      args: call("--average-weights", "1"),
      where: "average weights",
      what: /^is 1$/,
      fix: /below 1, such as 0.999/,
    },
    "no batches": { args: call("--accumulate", "0"), where: "accumulate", what: /^is 0$/, fix: /1 or more/ },
    "accumulation without batches": {
      args: call("--accumulate", "2", "--optimizer", "gradient-descent"),
      where: "accumulate",
      what: /gradient-descent sees all pictures in each step/,
      fix: /leave it out/,
    },
    "a warm-up that outlasts the run": {
      args: call("--warm-up", "3", "--epochs", "3"),
      where: "warm-up",
      what: /^takes 3 of 3 epochs$/,
      fix: /fewer epochs/,
    },
    "a rate of dropout of 1": {
      args: call("--dropout", "1"),
      where: "model fastnet, dropout",
      what: /^is 1$/,
      fix: /from 0 to below 1/,
    },
    "dropout where there is no layer for it": {
      args: call("--dropout", "0.5", "--model", "linear"),
      where: "--dropout",
      what: /the model "linear" has no such option/,
      fix: /leave it out/,
    },
    "biases without a penalty": {
      args: call("--penalize-biases"),
      where: "--penalize-biases",
      what: /no penalty/,
      fix: /--l2 1e-4/,
    },
    "an option that a schedule does not have": {
      args: call("--schedule", "step:evry=3"),
      where: "--schedule step",
      what: /there is no "evry"/,
      fix: /did you mean "every"\?/,
    },
    "an option without a value": {
      args: call("--loss", "focal:gamma"),
      where: "--loss",
      what: /"gamma" is not option=value/,
      fix: /--loss focal:gamma=2/,
    },
    "an option of a unit that has none": {
      args: call("--schedule", "constant:rate=1"),
      where: "--schedule",
      what: /"constant" has no options/,
      fix: /--schedule constant/,
    },
    "a word where a number belongs": {
      args: call("--optimizer", "adam:beta1=high"),
      where: "optimizer adam, beta1",
      what: /^is "high"$/,
      fix: /a number, such as 0.9/,
    },
    "a number out of range": {
      args: call("--optimizer", "adam:beta1=1"),
      where: "optimizer adam, beta1",
      what: /^is 1$/,
      fix: /from 0 to below 1/,
    },
    "a learning rate of 0 among the options": {
      args: call("--optimizer", "sgd:learning-rate=0"),
      where: "learning rate",
      what: /^is 0$/,
      fix: /above 0/,
    },
    "an option said twice": {
      args: call("--optimizer", "sgd:learning-rate=0.1", "--learning-rate", "0.2"),
      where: "--learning-rate",
      what: /--optimizer sgd:learning-rate=0.1 says it, too/,
      fix: /say it once/,
    },
    "an unknown unit with options": {
      args: call("--schedule", "stp:every=3"),
      where: "--schedule",
      what: /there is no "stp"/,
      fix: /did you mean "step"\?/,
    },
    "a search for a rate with a bad one": {
      args: call("--find-learning-rate", "--learning-rate", "-1"),
      where: "learning rate",
      what: /^is -1$/,
      fix: /above 0/,
    },
  });
});

describe("weights and targets of a source", () => {
  const plain = randomSource(60, 6, 3);
  const count = plain.paths.length;
  const runOf = (source: Source, loss = crossEntropy()) =>
    train({ data: source, model: linear(), loss, epochs: 2, batchSize: 16, seed: 3 });
  const oneHot = (source: Source) =>
    Float32Array.from({ length: 3 * source.paths.length }, (_, i) =>
      Number(i % 3 === source.labels[Math.floor(i / 3)]),
    );

  test("reach the training through the splits", async () => {
    const own = await runOf(plain);
    const same = await runOf({ ...plain, weights: new Float32Array(count).fill(2) });
    expect(same.history[1]!.trainLoss).toBeCloseTo(own.history[1]!.trainLoss, 5);
    const some = await runOf({ ...plain, weights: Float32Array.from({ length: count }, (_, i) => i % 3) });
    expect(some.history[1]!.trainLoss).not.toBeCloseTo(own.history[1]!.trainLoss, 4);
    const soft = await runOf({ ...plain, targets: oneHot(plain) });
    expect(soft.history[1]!.trainLoss).toBeCloseTo(own.history[1]!.trainLoss, 5);
    expect(soft.history[1]!.validationAccuracy).toBe(own.history[1]!.validationAccuracy);
  });

  test("that do not fit are refused with the facts as fields", async () => {
    const refused = async (source: Source, loss?: ReturnType<typeof hinge>) =>
      await runOf(source, loss).catch((error: unknown) => error);
    expect(await refused({ ...plain, weights: new Float32Array(3) })).toMatchObject({
      what: `there are 3 weights for ${count} pictures`,
    });
    expect(await refused({ ...plain, targets: new Float32Array(3 * count) })).toMatchObject({
      what: "row 1 adds up to 0",
    });
    const unfit = await refused({ ...plain, targets: oneHot(plain) }, hinge());
    expect(unfit).toMatchObject({
      where: "loss hinge",
      what: expect.stringContaining("a loss that does not fit the targets"),
    });
  });

  test("the first loss is not held against a formula for one true class", async () => {
    const initial: unknown[] = [];
    const onEvent = (event: { type: string }) => event.type === "initial" && initial.push(event);
    await train({ data: { ...plain, targets: oneHot(plain) }, model: linear(), epochs: 1, onEvent });
    await train({ data: plain, model: linear(), epochs: 1, onEvent });
    expect(initial).toMatchObject([{ expected: null }, { expected: Math.log(3) }]);
  });
});

test("a model that was trained with dropout is exported without it: the file answers as the run did", async () => {
  const run = doneLine(await trained("drop", "--dropout", "0.5"));
  const { code, stdout } = await argmin(["evaluate", join("runs", "drop"), data, "--json"], { cwd });
  expect(code).toBe(0);
  expect(jsonLines(stdout).at(-1)!.accuracy).toBe(run.test.accuracy);
  const again = doneLine(await trained("drop-again", "--dropout", "0.5"));
  expect(again.weightsHash).toBe(run.weightsHash);
  expect(doneLine(await trained("drop-other", "--dropout", "0.5", "--seed", "2")).weightsHash).not.toBe(
    run.weightsHash,
  );
});

describe("the search for a learning rate", () => {
  const search = ["--model", "mlp", "--hidden", "8", "--batch-size", "16", "--find-learning-rate"];

  test("proposes one, with the call that trains with it, and draws the curve in report.html", async () => {
    const call = ["train", data, ...search, "--optimizer", "momentum:momentum=0.8,learning-rate=0.5", "--json"];
    const { code, stdout, stderr } = await argmin(call, { cwd });
    expect(code, stderr).toBe(0);
    const found = jsonLines(stdout).at(-1)!;
    expect(found).toMatchObject({ event: "learning-rate", run: join("runs", "idx-mlp-learning-rate") });
    expect(found.suggestion).toBeGreaterThan(1e-5);
    expect(found.suggestion).toBeLessThan(found.divergedAt ?? 10);
    expect(found.command).toBe(
      `argmin train ${data} --model mlp --hidden 8 --batch-size 16 --optimizer momentum:momentum=0.8 --learning-rate ${found.suggestion}`,
    );
    const html = readFileSync(join(cwd, found.run, "report.html"), "utf8");
    expect(html).toContain(`proposed ${found.suggestion}`);
    expect(html.replaceAll(/<\/?span>/g, "")).toContain(found.command);
    expect(configOf("idx-mlp-learning-rate").optimizer.options.momentum).toBe(0.8);
    expect(isThere(cwd, found.run, "model.onnx") || isThere(cwd, found.run, "checkpoints")).toBe(false);
    // The call is a right one, and trains.
    const words = found.command.split(" ").slice(1);
    const trained = await argmin([...words, "--epochs", "1", "--json"], { cwd });
    expect(doneLine(trained).parameters).toBe(64 * 8 + 8 + 8 * 3 + 3);
  });

  test("shows people a curve that fits the terminal", async () => {
    const { code, stdout } = await argmin(["train", data, ...search, "--name", "curve"], { cwd });
    expect(code).toBe(0);
    expect(stdout.split("\n").filter((line) => [...line].length > 80 && !line.startsWith("to train"))).toEqual([]);
    expect(stdout).toMatch(/│.*•/);
    expect(stdout).toMatch(/1e-7 .* 1e-5/);
    expect(stdout).toMatch(/^learning rate: [\d.e-]+, where the loss falls most steeply$/m);
    expect(stdout).toContain("the curve is in runs/curve/report.html");
  });

  test("says so where there is nothing to propose, and fails", async () => {
    // Pictures that are all the same: there is nothing to learn of them.
    const labels = Uint8Array.from({ length: 120 }, (_, i) => i % 3);
    write(join(cwd, "same", "train-images-idx3-ubyte"), idx([120, 8, 8], new Uint8Array(120 * 64).fill(90)));
    write(join(cwd, "same", "train-labels-idx1-ubyte"), idx([120], labels));
    const call = ["train", "same", "--model", "linear", "--batch-size", "32", "--find-learning-rate", "--json"];
    const { code, stdout, stderr } = await argmin(call, { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain("there is no rate to propose");
    expect(jsonLines(stdout).at(-1)).toMatchObject({ event: "learning-rate", suggestion: null, command: null });
  });

  test("leaves no trace: the run that follows is the run without it", async () => {
    const options = { data: randomSource(120, 5, 3), model: mlp({ hidden: [6] }), epochs: 2, seed: 9, batchSize: 16 };
    const before = await train(options);
    await findLearningRate(options);
    expect((await train(options)).weightsHash).toBe(before.weightsHash);
  });

  test("can be interrupted, and then leaves nothing behind", async () => {
    const args = [
      "train",
      "builtin:shapes",
      "--find-learning-rate",
      "--optimizer",
      "gradient-descent",
      "--name",
      "stopped",
    ];
    const running = new Running(args, { cwd });
    await running.until("parameters, on");
    running.child.kill("SIGINT");
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("the test was interrupted");
    expect(isThere(cwd, "runs", "stopped")).toBe(false);
  });
});
