import { chosen, frozen } from "../core/index.ts";
import { scoped, type Tensor } from "../ir/index.ts";
import { type ActivationName, activations, dense, dropout, scores } from "../nn/index.ts";
import { flatten } from "../ops/index.ts";
import { choice, float, logInt } from "../space/index.ts";
import type { Model, ModelChoice } from "./model.ts";

export interface MlpOptions {
  /** Units in each hidden layer. */
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  /** The share of the hidden units that is left out of each step, after each hidden layer; rounded to a 256th. */
  readonly dropout: number;
}

const LAYERS = [1, 2, 3];
/**
 * From what keeps a limit of some ten thousand weights on small pictures, to where layers cost more than they bring: of 32×32 pixels
 * in colour 1,024 units make 3 million weights.
 */
const widths = logInt(16, 1024);

/**
 * What a search begins with. Units that saturate train worse, and softplus as softly as gelu does. On Fashion-MNIST gelu and smoothed labels
 * brought 0.4 points in ten epochs (1024, 512 units, dropout 0.2).
 */
const RECTIFIERS: readonly ActivationName[] = ["relu", "gelu", "silu"];

/** The multilayer perceptron: fully connected layers with an activation between them (Rumelhart, Hinton, Williams 1986). */
export const mlpModel = frozen<Model<MlpOptions>>({
  name: "mlp",
  summary: "fully connected layers: 512 and 256 units unless said",
  defaults: { hidden: [512, 256], activation: "relu", dropout: 0 },
  ranges: { dropout: [0, 1] },
  space: () => ({
    layers: choice(...LAYERS),
    width1: widths,
    width2: { ...widths, when: { parameter: "layers", is: [2, 3] } },
    width3: { ...widths, when: { parameter: "layers", is: [3] } },
    activation: choice(...Object.keys(activations)),
    dropout: float(0, 0.5),
  }),
  searchFirst: ["layers", "width1", "width2", "width3", "activation", "dropout"],
  firstChoices: { activation: RECTIFIERS },
  fromSpace: ({ layers, width1, width2, width3, ...others }, options) => {
    const widths = [width1, width2, width3] as readonly (number | undefined)[];
    if (layers === undefined && widths.every((width) => width === undefined)) return { ...options, ...others };
    const hidden: number[] = [];
    for (let i = 0; i < ((layers as number | undefined) ?? options.hidden.length); i++) {
      // A layer whose width nobody names is as wide as the one before it.
      hidden.push(widths[i] ?? options.hidden[i] ?? hidden[i - 1]);
    }
    return { ...options, ...others, hidden };
  },
  toSpace: ({ hidden, ...others }) => {
    if (!LAYERS.includes(hidden.length)) return others;
    return {
      layers: hidden.length,
      ...Object.fromEntries(hidden.map((units, i) => [`width${i + 1}`, units])),
      ...others,
    };
  },
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
