import { expect, test } from "vitest";
import { mlp } from "../../models/index.ts";
import type { TrainOptions } from "../options.ts";
import { allows, type DataFacts, defaultSpace, firstTrials, knownParameters, usualPruner } from "./index.ts";

const facts: DataFacts = { numbers: false, height: 28, width: 28, channels: 1, classes: 10, pictures: 54_000 };
const options: TrainOptions = { data: "x", model: mlp() };

function tried(sampler: string, limit?: number, budget?: number) {
  const { space, start } = defaultSpace(options, facts);
  const constraints = limit === undefined ? [] : [{ metric: "parameters", atMost: limit }];
  const keeps = allows(space, constraints, options, facts);
  const known = knownParameters(options, facts);
  const found = firstTrials(space, start, keeps, { sampler: { name: sampler, options: {} }, seed: 1, known, budget });
  for (const each of found) {
    expect(space.checked(each)).toEqual(each);
    expect(keeps(each)).toBe(true);
  }
  expect(new Set(found.map((each) => space.keyOf(each))).size).toBe(found.length);
  return { found, start };
}

test("first what a training would do, then wider and kept from learning by heart, then places around the two", () => {
  const { found, start } = tried("gp");
  expect(found).toHaveLength(7);
  expect(found[0]).toEqual(start);
  expect(found[1]).toMatchObject({
    ...{ optimizer: "adamw", "adamw.weightDecay": 0.1, "adamw.learningRate": 0.001, mixup: true, batchSize: 128 },
    ...{ "mlp.width1": 1024, "mlp.width2": 512, "mlp.activation": "gelu", "cross-entropy.smoothing": 0.1 },
  });
});

test("samplers that do not learn are left alone after the first", () => {
  expect(tried("random").found).toHaveLength(1);
});

test("half of a search is the sampler's", () => {
  expect(tried("gp", undefined, 1).found).toHaveLength(1);
  expect(tried("gp", undefined, 4).found).toHaveLength(2);
  expect(tried("gp", undefined, 50).found).toHaveLength(7);
});

test("all keep the limits", () => {
  const { found, start } = tried("gp", 60_000);
  expect(found.length).toBeGreaterThan(3);
  expect(found[0]).not.toEqual(start);
});

test("the median ends trials where there is one objective that every epoch tells", () => {
  expect(usualPruner([{ metric: "accuracy", direction: "maximize" }])).toBe("median");
  expect(usualPruner([{ metric: "macroF1", direction: "maximize" }])).toBe("none");
  expect(
    usualPruner([
      { metric: "accuracy", direction: "maximize" },
      { metric: "latencyMs", direction: "minimize" },
    ]),
  ).toBe("none");
});
