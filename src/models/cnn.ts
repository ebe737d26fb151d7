import { chosen, frozen } from "../core/index.ts";
import { scoped, type Tensor } from "../ir/index.ts";
import { type ActivationName, activations, convolution, scores } from "../nn/index.ts";
import { flatten, maxPool2d } from "../ops/index.ts";
import type { Model, ModelChoice } from "./model.ts";

export interface CnnOptions {
  /** Filters of each stage; a stage halves height and width. */
  readonly channels: readonly number[];
  /** Height and width of the filters; odd. */
  readonly kernel: number;
  readonly activation: ActivationName;
}

/**
 * A plain convolutional network after LeCun et al. 1998: stages of convolution, pooling and activation, then one linear
 * layer. Pooling comes before the activation: for a monotone one this is the same function, with a quarter of the work.
 */
export const cnnModel = frozen<Model<CnnOptions>>({
  name: "cnn",
  summary: "convolution 3×3 and pooling, twice (32 and 64 filters), then linear",
  defaults: { channels: [32, 64], kernel: 3, activation: "relu" },
  apply: ({ channels, kernel, activation }, x, classes, parameters) => {
    let h: Tensor = x;
    channels.forEach((filters, i) => {
      h = scoped(`features.${i + 1}`, () => {
        const maps = convolution(parameters, h, filters, kernel, activation);
        return activations[activation](maxPool2d(maps, 2));
      });
    });
    return scoped("scores", () => scores(parameters, flatten(h), classes));
  },
});

/** A convolutional network: conv32-pool-conv64-pool-linear unless said. */
export const cnn = (options: Partial<CnnOptions> = {}): ModelChoice => chosen("model", cnnModel, options);
