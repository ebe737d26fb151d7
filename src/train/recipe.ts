import { type Choice, choose, UsageError } from "../core/index.ts";
import { type Graph, graph, type InputAttrs, input, scoped, type Tensor } from "../ir/index.ts";
import { type LossChoice, losses } from "../losses/index.ts";
import { type ModelChoice, models } from "../models/index.ts";
import { type Buffer, type Mode, type Noise, type Parameter, Parameters } from "../nn/index.ts";
import type { OptimizerChoice } from "../optimizers/index.ts";
import { type Normalization, numbers, standardized } from "../preprocess/index.ts";

/**
 * What is learned, from pictures of which size, by which rule: everything that shapes the graphs of a run. What is absent
 * leaves no node behind.
 */
export interface Recipe {
  readonly model: ModelChoice;
  readonly loss: LossChoice;
  readonly regularizers: readonly Choice<"regularizer">[];
  readonly optimizer: OptimizerChoice;
  readonly normalization: Normalization;
  /** What comes in are numbers, float32 [width] an example, and no pictures; height and channels are 1. */
  readonly kind?: "numbers";
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly classes: number;
  /** Examples count by a weight of their own, so a mean divides by the sum of the weights. */
  readonly weighted?: boolean;
  /** What is learned of an example is a distribution over the classes. */
  readonly softTargets?: boolean;
  /** The norm of the whole gradient is bounded. */
  readonly clipNorm?: boolean;
  /** Each number of the gradient is bounded. */
  readonly clipValue?: boolean;
  /** An exponential moving average of every parameter is kept beside it. */
  readonly averaged?: boolean;
}

/** The network of a recipe, traced for one batch size. */
export interface Network {
  /** `pixels` uint8 [batch, height, width, channels], or `features` float32 [batch, width] where the data are numbers. */
  readonly pixels: Tensor<InputAttrs>;
  /** What the model works on: normalised pictures [batch, channels, height, width], or numbers [batch, width]. */
  readonly prepared: Tensor;
  readonly scores: Tensor;
  readonly parameters: readonly Parameter[];
  /** State beside the parameters that no gradient changes; `next` is what a step of training makes of it. */
  readonly buffers: readonly Buffer[];
  /** What is drawn anew for each step; nothing outside training. */
  readonly noise: readonly Noise[];
}

export function network(recipe: Recipe, batch: number, mode: Mode = "scoring"): Network {
  const { model, normalization, kind, height, width, channels, classes } = recipe;
  const unit = choose("model", models, model.name);
  const pixels =
    kind === "numbers"
      ? input("features", [batch, width])
      : input("pixels", [batch, height, width, channels], { dtype: "uint8" });
  const parameters = new Parameters(mode);
  const prepared = scoped("numbers", () =>
    (kind === "numbers" ? standardized : numbers)(pixels as Tensor, normalization),
  );
  const scores = unit.apply({ ...unit.defaults, ...model.options }, prepared, classes, parameters);
  return {
    pixels,
    prepared,
    scores,
    parameters: parameters.list,
    buffers: parameters.buffers,
    noise: parameters.noise,
  };
}

/**
 * The network with its loss: labels int32 [batch], or targets [batch, classes], to the loss of each example [batch].
 * @throws UsageError when the loss needs one true class and the data has distributions
 */
export function forward(recipe: Recipe, batch: number, mode: Mode) {
  const net = network(recipe, batch, mode);
  const unit = choose("loss", losses, recipe.loss.name);
  const options = { ...unit.defaults, ...recipe.loss.options };
  const truth = recipe.softTargets
    ? input("targets", [batch, recipe.classes])
    : input("labels", [batch], { dtype: "int32" });
  const perExample = scoped("loss", () => {
    if (!recipe.softTargets) return unit.perExample(options, net.scores, truth as Tensor);
    refuseUnfit(recipe.loss.name);
    return unit.perTarget!(options, net.scores, truth as Tensor);
  });
  return { net, perExample, inputs: [net.pixels, truth] };
}

/**
 * @param because why the truth is a distribution
 * @throws UsageError for a loss that has no meaning then
 */
export function refuseUnfit(loss: string, because = "the targets of this data are distributions"): void {
  if (choose("loss", losses, loss).perTarget !== undefined) return;
  const fitting = Object.values(losses).flatMap(({ name, perTarget }) => (perTarget === undefined ? [] : [name]));
  throw new UsageError(
    `loss ${loss}`,
    `it needs one true class, and ${because}: a loss that does not fit the targets`,
    `choose one of ${fitting.join(", ")}`,
  );
}

/** Scores [batch, classes] and the loss of each example [batch], without an update. */
export function scoreGraph(recipe: Recipe, batch: number): Graph {
  const { net, perExample, inputs } = forward(recipe, batch, "scoring");
  return graph({ scores: net.scores, loss: perExample }, inputs);
}
