import { adadeltaOptimizer } from "./adadelta.ts";
import { adagradOptimizer } from "./adagrad.ts";
import { adamOptimizer, adamwOptimizer } from "./adam.ts";
import { adamaxOptimizer } from "./adamax.ts";
import { lionOptimizer } from "./lion.ts";
import { momentumOptimizer } from "./momentum.ts";
import { muonOptimizer } from "./muon.ts";
import { nadamOptimizer } from "./nadam.ts";
import { nesterovOptimizer } from "./nesterov.ts";
import type { Optimizer } from "./optimizer.ts";
import { radamOptimizer } from "./radam.ts";
import { rmspropOptimizer } from "./rmsprop.ts";
import { rpropOptimizer } from "./rprop.ts";
import { gradientDescentOptimizer, sgdOptimizer } from "./sgd.ts";

export { type AdadeltaOptions, adadelta } from "./adadelta.ts";
export { type AdagradOptions, adagrad } from "./adagrad.ts";
export { type AdamOptions, type AdamwOptions, adam, adamw } from "./adam.ts";
export { adamax } from "./adamax.ts";
export type { OptimizerOptions } from "./configure.ts";
export type { DecayOptions } from "./decay.ts";
export { type LionOptions, lion } from "./lion.ts";
export type { MomentOptions } from "./moments.ts";
export { type MomentumOptions, momentum } from "./momentum.ts";
export { type MuonOptions, muon } from "./muon.ts";
export { type NadamOptions, nadam } from "./nadam.ts";
export { type NesterovOptions, nesterov } from "./nesterov.ts";
export type { Optimizer, OptimizerChoice, ParameterFacts, Update, UpdateInputs } from "./optimizer.ts";
export { type RadamOptions, radam } from "./radam.ts";
export { type RmspropOptions, rmsprop } from "./rmsprop.ts";
export { type RpropOptions, rprop } from "./rprop.ts";
export { gradientDescent, sgd } from "./sgd.ts";

const catalogue = Object.freeze({
  "gradient-descent": gradientDescentOptimizer,
  sgd: sgdOptimizer,
  momentum: momentumOptimizer,
  nesterov: nesterovOptimizer,
  adagrad: adagradOptimizer,
  adadelta: adadeltaOptimizer,
  rmsprop: rmspropOptimizer,
  adam: adamOptimizer,
  adamw: adamwOptimizer,
  nadam: nadamOptimizer,
  radam: radamOptimizer,
  adamax: adamaxOptimizer,
  lion: lionOptimizer,
  muon: muonOptimizer,
  rprop: rpropOptimizer,
});
export type OptimizerName = keyof typeof catalogue;
/** Every optimizer, by name. */
export const optimizers: Readonly<Record<OptimizerName, Optimizer>> = catalogue;
