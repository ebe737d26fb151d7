import { choose } from "../core/index.ts";
import { input, scoped, type Tensor } from "../ir/index.ts";
import type { Parameter } from "../nn/index.ts";
import { type Optimizer, optimizers } from "../optimizers/index.ts";
import { names } from "./names.ts";
import type { Recipe } from "./recipe.ts";

/** One slot of one parameter, with the number it starts from. */
export interface Slot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: number;
}

/** The optimizer of a recipe, with the options that nobody gave filled in. */
function optimizerOf({ optimizer: { name, options } }: Recipe): { unit: Optimizer; options: Optimizer["defaults"] } {
  const unit = choose("optimizer", optimizers, name);
  return { unit, options: { ...unit.defaults, ...options } };
}

export function slotsOf(recipe: Recipe, parameters: readonly Parameter[]): Slot[] {
  const { unit, options } = optimizerOf(recipe);
  return parameters.flatMap(({ name, shape, role }) =>
    unit.slots(options, { shape, role }).map((slot) => ({
      name: names.slot(slot, name),
      shape,
      start: unit.initialSlot?.(options, slot) ?? 0,
    })),
  );
}

/** The update of every parameter, given its gradient: the next state by name, and the inputs that it needs. */
export function update(recipe: Recipe, parameters: readonly Parameter[], gradientOf: readonly Tensor[]) {
  const { unit, options } = optimizerOf(recipe);
  const scalarNames = Object.keys(unit.scalars(options, 0, 1));
  const scalars = Object.fromEntries(
    scalarNames.map((name) => [name, input(names.scalar(name), [], { role: "scalar" }) as Tensor]),
  );
  const outputs: Record<string, Tensor> = {};
  parameters.forEach(({ name, shape, role, tensor }, i) => {
    scoped(name, () => {
      const slots = Object.fromEntries(
        unit
          .slots(options, { shape, role })
          .map((slot) => [slot, input(names.slot(slot, name), shape, { role: "slot" }) as Tensor]),
      );
      const next = unit.update({ parameter: tensor as Tensor, role, gradient: gradientOf[i], slots, scalars });
      outputs[names.next(name)] = next.parameter;
      for (const [slot, value] of Object.entries(next.slots)) outputs[names.next(names.slot(slot, name))] = value;
    });
  });
  return outputs;
}
