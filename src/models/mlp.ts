import { chosen, frozen } from "../core/index.ts";
import { scoped, type Tensor } from "../ir/index.ts";
import { type ActivationName, dense, dropout, scores } from "../nn/index.ts";
import { flatten } from "../ops/index.ts";
import type { Model, ModelChoice } from "./model.ts";

export interface MlpOptions {
  /** Units in each hidden layer. */
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  /** The share of the hidden units that is left out of each step, after each hidden layer; rounded to a 256th. */
  readonly dropout: number;
}

/** The multilayer perceptron: fully connected layers with an activation between them (Rumelhart, Hinton, Williams 1986). */
export const mlpModel = frozen<Model<MlpOptions>>({
  name: "mlp",
  summary: "fully connected layers: 512 and 256 units unless said",
  defaults: { hidden: [512, 256], activation: "relu", dropout: 0 },
  ranges: { dropout: [0, 1] },
  apply: ({ hidden, activation, dropout: rate }, x, classes, parameters) => {
    let h: Tensor = flatten(x);
    hidden.forEach((units, i) => {
      h = scoped(`hidden${i + 1}`, () => dropout(parameters, dense(parameters, h, units, activation), rate));
    });
    return scoped("scores", () => scores(parameters, h, classes));
  },
});

/** A multilayer perceptron; 784-512-256-10 on 28×28 grey pictures of ten classes unless said. */
export const mlp = (options: Partial<MlpOptions> = {}): ModelChoice => chosen("model", mlpModel, options);
