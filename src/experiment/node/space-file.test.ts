import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UsageError } from "../../core/index.ts";
import { mlp } from "../../models/index.ts";
import { l2 } from "../../regularizers/index.ts";
import type { TrainOptions } from "../options.ts";
import { configurationToOptions, type DataFacts, defaultSpace, grown } from "../tune/index.ts";
import { readSpaceFile } from "./space-file.ts";

const facts: DataFacts = { numbers: false, height: 28, width: 28, channels: 1, classes: 10, pictures: 70_000 };
const options: TrainOptions = { data: "made up", model: mlp() };

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "argmin-space-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string, more: Partial<TrainOptions> = {}, said: string[] = [], of = facts) {
  const path = join(folder, `${count++}.yaml`);
  await writeFile(path, text);
  return readSpaceFile(path, { ...options, ...more }, of, said);
}

const usual = defaultSpace(options, facts).space.parameters;

describe("a space file", () => {
  test("leaves what it does not name as it is", async () => {
    const { space, start } = await read("batchSize: {low: 16, high: 128, log: true}");
    expect(space.parameters).toEqual({ ...usual, batchSize: { kind: "int", low: 16, high: 128, log: true } });
    expect(start).toEqual(defaultSpace(options, facts).start);
  });

  test("narrows one end, widens the other, and keeps the scale", async () => {
    const { space } = await read("adam.learningRate: {high: 1}\nmlp.width1: {low: 100}\ndropout: {high: 0.3}");
    expect(space.parameters["adam.learningRate"]).toEqual({ ...usual["adam.learningRate"], high: 1 });
    expect(space.parameters["mlp.width1"]).toEqual({ ...usual["mlp.width1"], low: 100 });
    expect(space.parameters["mlp.dropout"]).toEqual({ ...usual["mlp.dropout"], high: 0.3 });
  });

  test("a list is a choice, and what is chosen brings what a search for it begins with", async () => {
    const { space, start } = await read("optimizer: [lion, adam]\nloss: [focal, cross-entropy]");
    expect(space.parameters.optimizer).toEqual({ kind: "choice", choices: ["lion", "adam"] });
    expect(space.parameters["lion.learningRate"].when).toEqual({ parameter: "optimizer", is: ["lion"] });
    expect(space.names).not.toContain("nesterov.learningRate");
    expect(space.parameters["focal.gamma"].when).toEqual({ parameter: "loss", is: ["focal"] });
    expect(start).toMatchObject({ optimizer: "adam", loss: "cross-entropy" });
  });

  test("a value fixes, and null leaves to the run", async () => {
    const { space, start } = await read("dropout: 0.25\nbatchSize: 100\nschedule: null\naugment: ~\nmlp.layers: null");
    expect(start).toMatchObject({ "mlp.dropout": 0.25, batchSize: 100, "mlp.layers": 2 });
    expect(space.names).not.toContain("schedule");
    expect(space.names).not.toContain("augment");
    expect(space.names).not.toContain("mlp.width3");
    const run = configurationToOptions(start, options);
    expect(run).toMatchObject({ batchSize: 100, model: { options: { hidden: [512, 256], dropout: 0.25 } } });
  });

  test("what is said of one unit goes before what is said of all", async () => {
    const { space } = await read("adam.learningRate: 0.002\nlearningRate: {low: 1e-4, high: 1e-1}\n");
    expect(space.parameters["adam.learningRate"]).toMatchObject({ choices: [0.002] });
    expect(space.parameters["nesterov.learningRate"]).toMatchObject({ low: 1e-4, high: 0.1 });
  });

  test("starts as near to what a run does as it can", async () => {
    const { start } = await read("batchSize: {low: 100, high: 200}\nmlp.layers: [1, 3]\nadam.learningRate: [0.1, 0.2]");
    expect(start).toMatchObject({ batchSize: 100, "mlp.layers": 1, "adam.learningRate": 0.1 });
  });

  test("a unit that may be there is switched by its name, and its first option may stand for it", async () => {
    const off = await read("l2: 0");
    expect(off.space.parameters.l2).toMatchObject({ choices: [false] });
    expect(off.space.names).not.toContain("l2.strength");
    const on = await read("l2: {low: 1e-5, high: 1e-3, log: true}\nflip: true\nmax-norm: [2, 4]");
    expect(on.space.parameters["l2.strength"]).toEqual({ kind: "float", low: 1e-5, high: 1e-3, log: true });
    expect(on.start).toMatchObject({
      l2: true,
      "l2.strength": 1e-4,
      flip: true,
      "max-norm": true,
      "max-norm.limit": 2,
    });
    const run = configurationToOptions(on.start, options);
    expect(run.regularizer).toMatchObject([l2(1e-4), { name: "max-norm", options: { limit: 2 } }]);
    const may = await read("rotate: [false, true]\nrotate.degrees: {low: 0, high: 90}");
    expect(may.space.parameters["rotate.degrees"].when).toEqual({ parameter: "rotate", is: [true] });
  });

  test("any option may be searched, on a condition, too", async () => {
    const { space } = await read(
      "adam.beta1: {low: 0.8, high: 0.95}\naverageWeights: {choices: [0, 0.999], when: {augment: [standard, strong]}}\n" +
        "cnn.kernel: {low: 3, high: 7, step: 2}\n",
      { model: { kind: "model", name: "cnn", options: {} } },
    );
    expect(space.parameters["adam.beta1"]).toEqual({
      kind: "float",
      low: 0.8,
      high: 0.95,
      when: { parameter: "optimizer", is: ["adam"] },
    });
    expect(space.parameters.averageWeights.when).toEqual({ parameter: "augment", is: ["standard", "strong"] });
    expect(space.parameters["cnn.kernel"]).toEqual({ kind: "int", low: 3, high: 7, step: 2 });
  });

  test("what a program has set may be searched from there, what the command line says may not", async () => {
    const { start } = await read("mlp.dropout: {low: 0, high: 0.5}", { model: mlp({ dropout: 0.2 }) });
    expect(start["mlp.dropout"]).toBe(0.2);
    await expect(read("dropout: [0, 0.5]", {}, ["mlp.dropout"])).rejects.toThrow("is said on the command line, too");
  });
});

describe("what is wrong with a space file is said with its place", () => {
  test.each([
    ["", /\d+\.yaml: is empty; write lines such as "adam/],
    ["# nothing yet\n", /is empty/],
    ["- adam\n- lion", /holds no parameters; write a name, a colon/],
    ["adam", /holds no parameters/],
    ["optimizer: [adam\nl2: 0", /line 2: is not YAML/],
    ["l2: 0\nl2: 1", /line 2: a parameter is there twice; write it once/],
    ["dropout: {low: 0.5, high: 0.1}", /line 1, dropout: goes from 0.5 down to 0.1; give the smaller one first/],
    [
      "\nadam.learningRate: {low: 0.1}",
      /line 2, adam.learningRate: goes from 0.1 down to 0.01; give the smaller one first$/,
    ],
    ["adam.learningRate: {low: 0}", /learningRate: is on a logarithmic scale from 0; begin above 0, or .* log: false/],
    ["dropout: {low: 0, high: 0.5, log: true}", /dropout: is on a logarithmic scale from 0; begin above 0, or leave/],
    ["dropout: {low: 0, high: 2}", /dropout: is 2; give a number from 0 to below 1/],
    ["batchSize: {low: 0.5, high: 8}", /goes from 0.5 to 8, but holds whole numbers/],
    ["batchSize: 0", /batchSize: is 0; give whole numbers, 1 or more/],
    ["mlp.width1: [64, 1.5]", /is 1.5; give whole numbers/],
    ["batchsize: 8", /line 1, batchsize: there is no such parameter; did you mean batchSize/],
    ["adam.learningrate: 0.1", /did you mean adam.learningRate\? Otherwise adam has adam.learningRate, adam.beta1/],
    ["drop: 0.1", /there is no such parameter/],
    ["hidden: [512, 256]", /it is a list, of which a search chooses parts; name mlp.layers, mlp.width1, mlp.width2/],
    ["epochs: 5", /it is the same for all trials, and no search changes it; say it on the command line/],
    ["optimizer: [adam, momentun]", /optimizer: there is no "momentun"; did you mean "momentum"/],
    ["optimizer: {low: 1, high: 2}", /is a range, and this is no number; give a list of gradient-descent, sgd/],
    [
      "optimizer: [adam, lbfgs]",
      /lbfgs solves a convex problem, .*; leave it out, or search for it alone: --model linear/,
    ],
    ["optimizer: 3", /optimizer: is 3; give one of gradient-descent/],
    ["activation: [relu, tan]", /activation: there is no "tan"; did you mean "tanh"/],
    ["adam.learningRate: fast", /adam.learningRate: is "fast"; give a number, such as 0.001/],
    ["adam.learningRate: {low: small}", /adam.learningRate: low is "small"; give a number/],
    ["adam.learningRate: {lo: 1}", /there is no "lo"; did you mean "low"/],
    ["adam.learningRate: {low: .nan, high: 1}", /low is null; give a number/],
    ["adam.beta1: {low: 0.8}", /adam.beta1: has no high; give low and high/],
    ["adam.learningRate: []", /has no choices; give at least one/],
    ["adam.learningRate: [[1]]", /has \[1\] in its list/],
    ["dropout: [0.1, 0.1]", /has 0.1 twice/],
    ["dropout: {low: 0, high: 1, step: 0.1}", /steps are for whole numbers/],
    ["dropout: {choices: [0], low: 0}", /has choices and a range; give one of them/],
    ["dropout: {when: {optimizerr: adam}}", /depends on optimizerr, which is not there; did you mean optimizer\?/],
    ["dropout: {when: {optimizer: adm}}", /depends on optimizer being "adm"/],
    [
      "dropout: {when: {optimizer: lion}}",
      /counts only where optimizer is lion, which it never is: it would never count/,
    ],
    ["dropout: {when: {batchSize: 32}}", /depends on batchSize, which is of kind int; let it depend on a choice/],
    [
      "dropout: {when: {loss: focal}}",
      /and loss is cross-entropy: it would never count; let loss choose it, as in "loss: \[/,
    ],
    ["dropout: {when: {l2: true, augment: none}}", /has 2 conditions; give one/],
    ["adam.learningRate: {when: {l2: true}}", /counts only where optimizer is adam, and a parameter has one condition/],
    ["lion.learningRate: 0.1", /counts only where optimizer is lion, which it never is/],
    ["cnn.kernel: [3, 5]", /counts only where model is cnn, and model is mlp: .* as in "model: \[mlp, cnn\]"/],
    ["momentum: 0.5\noptimizer: adam", /nothing that is searched has it, but momentum.momentum, .*; let optimizer be/],
    ["model: {choices: [mlp], when: {l2: true}}", /has a condition, and a run always has one/],
    ["width1: {when: {layers: 2}}", /depends on layers, which is not there/],
  ])("%s", async (text, says) => {
    const error = await read(text).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toMatch(says);
  });

  test("a file that is not there", async () => {
    await expect(readSpaceFile(join(folder, "none.yaml"), options, facts)).rejects.toThrow(/cannot be read \(ENOENT\)/);
  });

  test("what has no meaning for numbers", async () => {
    const rows = { ...facts, numbers: true, height: 1 };
    await expect(read("augment: light", {}, [], rows)).rejects.toThrow("augment: it has no meaning for these data");
    await expect(read("cnn.kernel: 3", {}, [], rows)).rejects.toThrow("cnn.kernel: it has no meaning for these data");
    await expect(read("model: [linear, cnn]", {}, [], rows)).rejects.toThrow('there is no "cnn"');
  });
});

test("a space that grows in the middle of a study fills in what the trials of before had", async () => {
  const before = await read("mlp.width1: {low: 64, high: 128}");
  const after = await read(
    "optimizer: [adam, momentum, lion]\nmomentum.momentum: {low: 0.5, high: 0.99}\nwarmUp: {low: 1, high: 2}\nmax-norm: [false, true]\nbalance: [weights, sample]",
  );
  expect(grown(before.space, after.space, after.usual).fill).toEqual({
    "momentum.learningRate": 0.02,
    "momentum.momentum": 0.9,
    "lion.learningRate": 1e-4,
    // Below the range: still what they had.
    warmUp: 0,
    "max-norm": false,
    "max-norm.limit": 3,
    // They were not balanced, which the new space cannot say.
  });
});
