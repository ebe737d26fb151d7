import { adagradOptimizer } from "./adagrad.ts";
import { adamOptimizer } from "./adam.ts";
import { momentumOptimizer } from "./momentum.ts";
import type { Optimizer } from "./optimizer.ts";
import { rmspropOptimizer } from "./rmsprop.ts";
import { gradientDescentOptimizer, sgdOptimizer } from "./sgd.ts";

export { type AdagradOptions, adagrad } from "./adagrad.ts";
export { type AdamOptions, adam } from "./adam.ts";
export type { OptimizerOptions } from "./configure.ts";
export { type MomentumOptions, momentum } from "./momentum.ts";
export type { Optimizer, OptimizerChoice, Update, UpdateInputs } from "./optimizer.ts";
export { type RmspropOptions, rmsprop } from "./rmsprop.ts";
export { gradientDescent, sgd } from "./sgd.ts";

/** Every optimizer, by name. */
export const optimizers = Object.freeze({
  "gradient-descent": gradientDescentOptimizer,
  sgd: sgdOptimizer,
  momentum: momentumOptimizer,
  adagrad: adagradOptimizer,
  rmsprop: rmspropOptimizer,
  adam: adamOptimizer,
}) as Readonly<Record<"gradient-descent" | "sgd" | "momentum" | "adagrad" | "rmsprop" | "adam", Optimizer>>;
