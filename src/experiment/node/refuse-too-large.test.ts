import { expect, test } from "vitest";
import { UsageError } from "../../core/index.ts";
import { crossEntropy } from "../../losses/index.ts";
import { mlp } from "../../models/index.ts";
import { adam, sgd } from "../../optimizers/index.ts";
import { refuseTooLarge } from "./refuse-too-large.ts";

const recipe = {
  ...{ model: mlp({ hidden: [100] }), loss: crossEntropy(), regularizers: [], optimizer: sgd() },
  ...{ normalization: { mean: [0.5], deviation: [0.25] }, height: 8, width: 8, channels: 1 as const, classes: 3 },
};
// 64 pixels to 100 units to 3 classes, each with a bias; read and written.
const weights = 65 * 100 + 101 * 3;
const state = 2 * 4 * weights;

test("a network is refused where there is less memory than its weights and the optimizer's need, twice", () => {
  expect(() => refuseTooLarge(recipe, state)).not.toThrow();
  expect(() => refuseTooLarge(recipe, state - 1)).toThrow(UsageError);
  // Adam keeps two numbers beside each weight.
  const withAdam = { ...recipe, optimizer: adam() };
  expect(() => refuseTooLarge(withAdam, 3 * state)).not.toThrow();
  expect(() => refuseTooLarge(withAdam, 3 * state - 1)).toThrow(`its ${weights} weights and the memory of adam take`);
});
