import { input, scoped, type Tensor } from "../ir/index.ts";
import type { Buffer, Parameter } from "../nn/index.ts";
import { add, mul } from "../ops/index.ts";
import { clipped } from "./clip.ts";
import { names } from "./names.ts";
import type { Recipe } from "./recipe.ts";
import type { Regularization } from "./regularization.ts";
import { update } from "./update.ts";

/** All that follows the gradient: clipping, the optimizer's rule, projections, averages. The next state, by name. */
export function nextState(
  recipe: Recipe,
  regularization: Regularization,
  parameters: readonly Parameter[],
  gradientOf: readonly Tensor[],
  buffers: readonly Pick<Buffer, "name" | "shape" | "next">[],
): Record<string, Tensor> {
  const outputs = update(recipe, parameters, clipped(recipe, gradientOf));
  for (const parameter of parameters) {
    const name = names.next(parameter.name);
    scoped(parameter.name, () => {
      outputs[name] = regularization.projected(parameter, outputs[name]);
    });
  }
  for (const { name, next } of buffers) outputs[names.next(name)] = next;
  return recipe.averaged ? { ...outputs, ...averages([...parameters, ...buffers], outputs) } : outputs;
}

/**
 * Exponential moving averages: ā ← d ā + (1 − d) w over the weights after each update (Polyak and Juditsky 1992 in the
 * form of Adam's; Kingma and Ba 2015, section 7.2). They follow the weights without the noise of the batches. Running statistics are averaged alike, so that they
 * belong to the averaged weights.
 */
function averages(
  parts: readonly Pick<Parameter, "name" | "shape">[],
  next: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  const kept = input(names.averageKept, [], { role: "scalar" }) as Tensor;
  const taken = input(names.averageTaken, [], { role: "scalar" }) as Tensor;
  const entries = parts.map(({ name, shape }) =>
    scoped(name, () => {
      const average = input(names.average(name), shape, { role: "slot" }) as Tensor;
      return [names.next(names.average(name)), add(mul(average, kept), mul(next[names.next(name)], taken))] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/**
 * d and 1 − d of a step (counted from 1), in float64. d = min(decay, (1 + t) / (10 + t)): the first steps, which are far
 * from the end, are soon forgotten.
 */
export function averageScalars(decay: number, step: number): Readonly<Record<string, number>> {
  const kept = Math.min(decay, (1 + step) / (10 + step));
  return { [names.averageKept]: kept, [names.averageTaken]: 1 - kept };
}
