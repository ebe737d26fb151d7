import { gradients } from "../autodiff/index.ts";
import { choose } from "../core/index.ts";
import { type Graph, graph, input, scoped, type Tensor } from "../ir/index.ts";
import type { Parameter } from "../nn/index.ts";
import { add, mean, mul, sum } from "../ops/index.ts";
import { type Regularizer, regularizers } from "../regularizers/index.ts";
import { names } from "./names.ts";
import { forward, network, type Recipe } from "./recipe.ts";
import { update } from "./update.ts";

/** Adds the penalties, whose strengths are inputs, to a loss. */
function withPenalties(recipe: Recipe, parameters: readonly Parameter[], loss: Tensor | undefined): Tensor | undefined {
  let total = loss;
  for (const { name, options } of recipe.regularizers) {
    const unit = choose("regularizer", regularizers, name);
    if (unit.penalty === undefined) continue;
    const { penalty } = unit;
    const scalars = regularizerScalars(unit, options);
    scoped(name, () => {
      for (const { tensor, role } of parameters) {
        if (role !== "weight" && options.biases !== true) continue;
        const term = penalty(tensor as Tensor, scalars);
        total = total === undefined ? term : add(total, term);
      }
    });
  }
  return total;
}

/** The inputs `strength.<regularizer>.<scalar>`. */
function regularizerScalars(unit: Regularizer, options: object): Readonly<Record<string, Tensor>> {
  const scalars = Object.keys(unit.scalars({ ...unit.defaults, ...options }));
  return Object.fromEntries(
    scalars.map((own) => [own, input(names.strength(unit.name, own), [], { role: "scalar" }) as Tensor]),
  );
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
