import { input, scoped, type Tensor } from "../ir/index.ts";
import { add, div, maximum, minimum, mul, neg, sqrt, square, sum } from "../ops/index.ts";
import { names } from "./names.ts";
import type { Recipe } from "./recipe.ts";

/** PyTorch's clip_grad_norm_ adds it, so that a gradient of 0 stays 0. */
const EPSILON = 1e-6;

const bound = (name: string) => input(name, [], { role: "scalar" }) as Tensor;

/** Every number brought into [−c, c]. */
export function clippedByValue(gradients: readonly Tensor[], c: Tensor): Tensor[] {
  return gradients.map((gradient) => maximum(minimum(gradient, c), neg(c)));
}

/**
 * All gradients times min(1, c / (‖g‖ + 1e-6)), where ‖g‖ is the norm of all of them taken as one vector: the direction
 * stays, the length is at most c. Pascanu, Mikolov, Bengio 2013.
 */
export function clippedByNorm(gradients: readonly Tensor[], c: Tensor): Tensor[] {
  const squares = gradients.map((gradient) => sum(square(gradient)));
  const norm = sqrt(squares.reduce((total, one) => add(total, one)));
  const factor = minimum(div(c, add(norm, EPSILON)), 1);
  return gradients.map((gradient) => mul(gradient, factor));
}

/** The gradients within the bounds of a recipe. By value first: a shorter vector keeps both. */
export function clipped(recipe: Recipe, gradients: readonly Tensor[]): readonly Tensor[] {
  return scoped("clip", () => {
    let within = gradients;
    if (recipe.clipValue) within = clippedByValue(within, bound(names.clipValue));
    if (recipe.clipNorm) within = clippedByNorm(within, bound(names.clipNorm));
    return within;
  });
}
