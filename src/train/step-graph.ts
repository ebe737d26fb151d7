import { gradients } from "../autodiff/index.ts";
import { choose } from "../core/index.ts";
import { type Graph, graph, input, scoped, type Tensor } from "../ir/index.ts";
import type { Parameter } from "../nn/index.ts";
import { add, mean, mul, sum } from "../ops/index.ts";
import { optimizers } from "../optimizers/index.ts";
import { regularizers } from "../regularizers/index.ts";
import { forward, network, type Recipe } from "./recipe.ts";

/** Adds the penalties, whose strengths λ are the inputs `strength.…`, to a loss. */
function withPenalties(recipe: Recipe, parameters: readonly Parameter[], loss: Tensor | undefined): Tensor | undefined {
  let total = loss;
  for (const { name } of recipe.regularizers) {
    const { penalty } = choose("regularizer", regularizers, name);
    const strength = input(names.strength(name), [], { role: "scalar" }) as Tensor;
    scoped(name, () => {
      for (const { tensor, role } of parameters) {
        if (role !== "weight") continue;
        const term = mul(strength, penalty(tensor as Tensor));
        total = total === undefined ? term : add(total, term);
      }
    });
  }
  return total;
}

/** Names of the values that a step graph takes and gives, beside the batch. */
export const names = {
  next: (value: string) => `next ${value}`,
  slot: (slot: string, parameter: string) => `${slot} of ${parameter}`,
  scalar: (name: string) => `scalar.${name}`,
  strength: (regularizer: string) => `strength.${regularizer}`,
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
  const { net, labels, perExample } = forward(recipe, batch);
  const loss = scoped("loss", () => mean(perExample));
  const total = withPenalties(recipe, net.parameters, loss) ?? loss;
  const gradientOf = gradients(total, tensorsOf(net.parameters));
  return graph({ loss, ...update(recipe, net.parameters, gradientOf) }, [net.pixels, labels]);
}

const tensorsOf = (parameters: readonly Parameter[]) => parameters.map(({ tensor }) => tensor as Tensor);

/**
 * A chunk's part of a full-batch gradient: `next sum of …` = `sum of …` + ∂(share · Σᵢ Lᵢ)/∂W, where the input `share` is
 * 1 / (size of the training set). Output `loss` is the chunk's part of the mean loss.
 */
export function accumulateGraph(recipe: Recipe, batch: number): Graph {
  const { net, labels, perExample } = forward(recipe, batch);
  const share = input("share", [], { role: "scalar" }) as Tensor;
  const loss = scoped("loss", () => mul(sum(perExample), share));
  const outputs: Record<string, Tensor> = { loss };
  gradients(loss, tensorsOf(net.parameters)).forEach((gradient, i) => {
    const name = names.sum(net.parameters[i].name);
    outputs[names.next(name)] = add(input(name, gradient.shape, { role: "buffer" }) as Tensor, gradient);
  });
  return graph(outputs, [net.pixels, labels]);
}

/** The update of a full-batch step from the summed gradient; the penalties join here, once. */
export function applyGraph(recipe: Recipe): Graph {
  const { parameters } = network(recipe, 1);
  const summed = parameters.map(({ name, shape }) => input(names.sum(name), shape, { role: "buffer" }) as Tensor);
  const penalty = withPenalties(recipe, parameters, undefined);
  const gradientOf =
    penalty === undefined
      ? summed
      : gradients(penalty, tensorsOf(parameters)).map((gradient, i) => add(summed[i], gradient));
  return graph(update(recipe, parameters, gradientOf));
}
