import { gradients } from "../autodiff/index.ts";
import { type Graph, graph, type InputAttrs, input, scoped, type Tensor } from "../ir/index.ts";
import type { Parameter } from "../nn/index.ts";
import { add, mul, sum, total } from "../ops/index.ts";
import { names } from "./names.ts";
import { nextState } from "./next-state.ts";
import { forward, network, type Recipe } from "./recipe.ts";
import { Regularization } from "./regularization.ts";

const tensorsOf = (parameters: readonly Parameter[]) => parameters.map(({ tensor }) => tensor as Tensor);

/** share · Σ wᵢ Lᵢ, with all wᵢ = 1 unless the examples have weights; the share is 1 / Σ wᵢ over all that is summed. */
function sharedLoss(recipe: Recipe, perExample: Tensor) {
  const share = input(names.share, [], { role: "scalar" }) as Tensor;
  if (!recipe.weighted) return { loss: scoped("loss", () => mul(total(perExample), share)), weights: [] };
  const weights: Tensor<InputAttrs> = input("weights", perExample.shape);
  return { loss: scoped("loss", () => mul(sum(mul(perExample, weights as Tensor)), share)), weights: [weights] };
}

/** The mean over the batch. Of weights that are all 0 it is 0: the share comes from the host, which divides by no 0. */
export function batchLoss(recipe: Recipe, perExample: Tensor) {
  if (recipe.weighted) return sharedLoss(recipe, perExample);
  return { loss: scoped("loss", () => total(perExample, 1 / perExample.shape[0])), weights: [] };
}

/**
 * One training step as one graph: forward, loss, penalties, backward, update. A pure function of the state (parameters,
 * buffers, slots, averages), the batch (`pixels` uint8 [batch, height, width, channels], `labels` int32 [batch] or `targets`
 * [batch, classes], `weights` [batch]), random bytes and rank-0 scalars, so a schedule or another λ never rebuilds it.
 * Outputs: `loss` (the mean over the batch, without the penalties) and `next …` for every part of the state.
 */
export function stepGraph(recipe: Recipe, batch: number): Graph {
  const { net, perExample, inputs } = forward(recipe, batch, "training");
  const regularization = new Regularization(recipe);
  const { loss, weights } = batchLoss(recipe, perExample);
  const objective = regularization.penalised(net.parameters, loss);
  const gradientOf = gradients(objective, tensorsOf(net.parameters));
  const next = nextState(recipe, regularization, net.parameters, gradientOf, net.buffers);
  return graph({ loss, ...next }, [...inputs, ...weights]);
}

/**
 * A chunk's part of a gradient that is summed over several: `next sum of …` = `sum of …` + ∂(share · Σᵢ wᵢ Lᵢ)/∂W, where
 * the input `share` is 1 / (weight of all examples of the step). Output `loss` is the chunk's part of the mean loss. Buffers
 * go on from chunk to chunk, each with the statistics of its own pictures.
 */
export function accumulateGraph(recipe: Recipe, batch: number): Graph {
  const { net, perExample, inputs } = forward(recipe, batch, "training");
  const { loss, weights } = sharedLoss(recipe, perExample);
  const outputs: Record<string, Tensor> = { loss };
  gradients(loss, tensorsOf(net.parameters)).forEach((gradient, i) => {
    const name = names.sum(net.parameters[i].name);
    outputs[names.next(name)] = add(input(name, gradient.shape, { role: "buffer" }) as Tensor, gradient);
  });
  for (const { name, next } of net.buffers) outputs[names.next(name)] = next;
  return graph(outputs, [...inputs, ...weights]);
}

/** The update from a summed gradient; the penalties join here, once. Buffers are what the last chunk has left. */
export function applyGraph(recipe: Recipe): Graph {
  const { parameters, buffers } = network(recipe, 1);
  const regularization = new Regularization(recipe);
  const summed = parameters.map(({ name, shape }) => input(names.sum(name), shape, { role: "buffer" }) as Tensor);
  const penalty = regularization.penalised(parameters, undefined);
  const gradientOf =
    penalty === undefined
      ? summed
      : gradients(penalty, tensorsOf(parameters)).map((gradient, i) => add(summed[i], gradient));
  return graph(nextState(recipe, regularization, parameters, gradientOf, buffers));
}
