import { describe, expect, test } from "vitest";
import { type DataFacts, defaultSpace } from "../experiment/tune/index.ts";
import type { TrainFlags } from "./train-options.ts";
import { baseOf } from "./tune-base.ts";

const facts: DataFacts = { numbers: false, height: 28, width: 28, channels: 1, classes: 10, pictures: 70_000 };

/** The parameters that are searched after these flags. */
async function searched(flags: TrainFlags): Promise<readonly string[]> {
  const base = await baseOf("builtin:shapes", flags);
  return defaultSpace(base.options, facts, base.said(facts)).space.names;
}

describe("what the command line says is not searched", () => {
  const everything = ["model", "mlp.layers", "cnn.filters", "optimizer", "schedule", "batchSize", "l2", "augment"];
  test("nothing said, everything searched", async () => {
    expect(await searched({})).toEqual(expect.arrayContaining(everything));
    expect(await searched({ model: "auto" })).toEqual(await searched({}));
  });

  const cases: [TrainFlags, string[], string[]][] = [
    [{ model: "mlp" }, ["model", "cnn.filters"], ["mlp.layers", "mlp.dropout", "optimizer"]],
    [{ model: "mlp:dropout=0" }, ["model", "mlp.dropout"], ["mlp.layers"]],
    [{ model: "mlp", hidden: "512,256" }, ["mlp.layers", "mlp.width1", "mlp.width2"], ["mlp.dropout"]],
    [{ filters: "32,64", model: "cnn" }, ["cnn.stages", "cnn.filters"], ["cnn.kernel", "cnn.dropout"]],
    [{ optimizer: "momentum" }, ["optimizer", "adam.learningRate"], ["momentum.learningRate", "model", "schedule"]],
    [{ optimizer: "adam:learning-rate=0.001" }, ["optimizer", "adam.learningRate"], ["schedule"]],
    [{ learningRate: "0.001" }, ["optimizer", "adam.learningRate"], ["schedule"]],
    [{ schedule: "step" }, ["schedule"], ["optimizer", "adam.learningRate", "nesterov.learningRate"]],
    [{ loss: "cross-entropy:smoothing=0" }, ["cross-entropy.smoothing"], ["optimizer"]],
    [{ loss: "focal" }, ["cross-entropy.smoothing"], ["focal.gamma"]],
    [{ batchSize: "64", augment: "none", l2: "1e-4" }, ["batchSize", "augment", "l2", "l2.strength"], ["optimizer"]],
  ];
  test.each(cases)("%o", async (flags, not, still) => {
    const names = await searched(flags);
    expect(names.filter((name) => not.includes(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(still));
  });
});
