import { adagradOptimizer } from "./adagrad.ts";
import { adamOptimizer } from "./adam.ts";
import { adamaxOptimizer } from "./adamax.ts";
import { momentumOptimizer } from "./momentum.ts";
import { nesterovOptimizer } from "./nesterov.ts";
import type { Optimizer } from "./optimizer.ts";
import { rmspropOptimizer } from "./rmsprop.ts";
import { gradientDescentOptimizer, sgdOptimizer } from "./sgd.ts";

export { type AdagradOptions, adagrad } from "./adagrad.ts";
export { type AdamOptions, adam } from "./adam.ts";
export { adamax } from "./adamax.ts";
export type { OptimizerOptions } from "./configure.ts";
export { type MomentumOptions, momentum } from "./momentum.ts";
export { nesterov } from "./nesterov.ts";
export type { Optimizer, OptimizerChoice, Update, UpdateInputs } from "./optimizer.ts";
export { type RmspropOptions, rmsprop } from "./rmsprop.ts";
export { gradientDescent, sgd } from "./sgd.ts";

const catalogue = Object.freeze({
  "gradient-descent": gradientDescentOptimizer,
  sgd: sgdOptimizer,
  momentum: momentumOptimizer,
  nesterov: nesterovOptimizer,
  adagrad: adagradOptimizer,
  rmsprop: rmspropOptimizer,
  adam: adamOptimizer,
  adamax: adamaxOptimizer,
});
export type OptimizerName = keyof typeof catalogue;
/** Every optimizer, by name. */
export const optimizers: Readonly<Record<OptimizerName, Optimizer>> = catalogue;
