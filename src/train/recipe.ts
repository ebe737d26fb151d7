import { type Choice, choose } from "../core/index.ts";
import { type Graph, graph, type InputAttrs, input, scoped, type Tensor } from "../ir/index.ts";
import { type LossChoice, losses } from "../losses/index.ts";
import { type ModelChoice, models } from "../models/index.ts";
import { type Parameter, Parameters } from "../nn/index.ts";
import type { OptimizerChoice } from "../optimizers/index.ts";
import { type Normalization, numbers } from "../preprocess/index.ts";

/** What is learned, from pictures of which size, by which rule: everything that shapes the graphs of a run. */
export interface Recipe {
  readonly model: ModelChoice;
  readonly loss: LossChoice;
  readonly regularizers: readonly Choice<"regularizer">[];
  readonly optimizer: OptimizerChoice;
  readonly normalization: Normalization;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly classes: number;
}

/** The network of a recipe, traced for one batch size. */
export interface Network {
  readonly pixels: Tensor<InputAttrs>;
  readonly scores: Tensor;
  readonly parameters: readonly Parameter[];
}

export function network(recipe: Recipe, batch: number): Network {
  const { model, normalization, height, width, channels, classes } = recipe;
  const unit = choose("model", models, model.name);
  const pixels = input("pixels", [batch, height, width, channels], { dtype: "uint8" });
  const parameters = new Parameters();
  const x = scoped("numbers", () => numbers(pixels as Tensor, normalization));
  return { pixels, scores: unit.apply(model.options, x, classes, parameters), parameters: parameters.list };
}

/** The network with its loss: labels int32 [batch] to the loss of each example [batch]. */
export function forward(recipe: Recipe, batch: number) {
  const net = network(recipe, batch);
  const labels = input("labels", [batch], { dtype: "int32" });
  const unit = choose("loss", losses, recipe.loss.name);
  const perExample = scoped("loss", () => unit.perExample(recipe.loss.options, net.scores, labels as Tensor));
  return { net, labels, perExample };
}

/** Scores [batch, classes] and the loss of each example [batch], without an update. */
export function scoreGraph(recipe: Recipe, batch: number): Graph {
  const { net, labels, perExample } = forward(recipe, batch);
  return graph({ scores: net.scores, loss: perExample }, [net.pixels, labels]);
}
