import { expect, test } from "vitest";
import { crossEntropy } from "../losses/index.ts";
import { linear, mlp } from "../models/index.ts";
import { adam, sgd } from "../optimizers/index.ts";
import { trainingBytes } from "./training-memory.ts";

const recipe = {
  ...{ model: linear(), loss: crossEntropy(), regularizers: [], optimizer: sgd() },
  ...{ normalization: { mean: [0.5], deviation: [0.25] }, height: 8, width: 8, channels: 1 as const, classes: 3 },
};

test("counts the state twice, with the optimizer's slots", () => {
  const state = 4 * 3 * 65;
  // Adam has two numbers beside each weight; all are read and written. Its own values on the way are as many again at most.
  const more = trainingBytes({ ...recipe, optimizer: adam() }, 1) - trainingBytes(recipe, 1);
  expect(more).toBeGreaterThanOrEqual(4 * state);
  expect(more).toBeLessThan(8 * state);
});

test("grows with the batch by what each picture needs", () => {
  const at = (batch: number) => trainingBytes({ ...recipe, model: mlp({ hidden: [100] }) }, batch);
  const each = (at(200) - at(100)) / 100;
  // 64 bytes come in, and the numbers of 64 pixels and 100 units are alive at once, some of them in two forms.
  expect(each).toBeGreaterThanOrEqual(64 + 4 * (64 + 100));
  expect(each).toBeLessThan(64 + 4 * 4 * (64 + 100));
});
