import { gradients } from "../autodiff/index.ts";
import { type Choice, choose } from "../core/index.ts";
import { type Graph, graph, type InputAttrs, input, scoped, type Tensor } from "../ir/index.ts";
import { type LossChoice, losses } from "../losses/index.ts";
import { type ModelChoice, models } from "../models/index.ts";
import { type Parameter, Parameters } from "../nn/index.ts";
import { add, mean, mul } from "../ops/index.ts";
import { type OptimizerChoice, optimizers } from "../optimizers/index.ts";
import { type Normalization, numbers } from "../preprocess/index.ts";
import { regularizers } from "../regularizers/index.ts";

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

/** The objective of one batch: the mean loss, and the penalties whose strengths are the inputs `strength.…`. */
function objective(
  recipe: Recipe,
  net: Network,
  labels: Tensor,
): { loss: Tensor; total: Tensor; declared: Tensor<InputAttrs>[] } {
  const unit = choose("loss", losses, recipe.loss.name);
  const loss = scoped("loss", () => mean(unit.perExample(recipe.loss.options, net.scores, labels)));
  let total = loss;
  const declared: Tensor<InputAttrs>[] = [];
  for (const { name } of recipe.regularizers) {
    const { penalty } = choose("regularizer", regularizers, name);
    const strength = input(`strength.${name}`, [], { role: "scalar" });
    declared.push(strength);
    scoped(name, () => {
      for (const { tensor, role } of net.parameters) {
        if (role === "weight") total = add(total, mul(strength as Tensor, penalty(tensor as Tensor)));
      }
    });
  }
  return { loss, total, declared };
}

/** Names of the values that a step graph takes and gives, beside the batch. */
export const names = {
  next: (value: string) => `next ${value}`,
  slot: (slot: string, parameter: string) => `${slot} of ${parameter}`,
  scalar: (name: string) => `scalar.${name}`,
  sum: (parameter: string) => `sum of ${parameter}`,
};

/** One slot of one parameter, with the number it starts from. */
export interface Slot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: number;
}

export function slotsOf(recipe: Recipe, parameters: readonly Parameter[]): Slot[] {
  const unit = choose("optimizer", optimizers, recipe.optimizer.name);
  return parameters.flatMap(({ name, shape }) =>
    unit.slots.map((slot) => ({
      name: names.slot(slot, name),
      shape,
      start: unit.initialSlot?.(recipe.optimizer.options, slot) ?? 0,
    })),
  );
}

/** The update of every parameter, given its gradient: the next state by name, and the inputs that it needs. */
function update(recipe: Recipe, parameters: readonly Parameter[], gradientOf: readonly Tensor[]) {
  const unit = choose("optimizer", optimizers, recipe.optimizer.name);
  const scalarNames = Object.keys(unit.scalars(recipe.optimizer.options, 0, 1));
  const scalars = Object.fromEntries(
    scalarNames.map((name) => [name, input(names.scalar(name), [], { role: "scalar" }) as Tensor]),
  );
  const outputs: Record<string, Tensor> = {};
  parameters.forEach(({ name, shape, tensor }, i) => {
    scoped(name, () => {
      const slots = Object.fromEntries(
        unit.slots.map((slot) => [slot, input(names.slot(slot, name), shape, { role: "slot" }) as Tensor]),
      );
      const next = unit.update({ parameter: tensor as Tensor, gradient: gradientOf[i], slots, scalars });
      outputs[names.next(name)] = next.parameter;
      for (const [slot, value] of Object.entries(next.slots)) outputs[names.next(names.slot(slot, name))] = value;
    });
  });
  return outputs;
}

/**
 * One training step as one graph: forward, loss, penalties, backward, update. A pure function of the state
 * (parameters, slots), the batch (`pixels` uint8 [batch, height, width, channels], `labels` int32 [batch]) and rank-0
 * scalars, so a schedule or another λ never rebuilds it. Outputs: `loss` (the mean over the batch, without the penalties)
 * and `next …` for every part of the state.
 */
export function stepGraph(recipe: Recipe, batch: number): Graph {
  const net = network(recipe, batch);
  const labels = input("labels", [batch], { dtype: "int32" });
  const { loss, total, declared } = objective(recipe, net, labels as Tensor);
  const gradientOf = gradients(
    total,
    net.parameters.map(({ tensor }) => tensor as Tensor),
  );
  return graph({ loss, ...update(recipe, net.parameters, gradientOf) }, [net.pixels, labels, ...declared]);
}
