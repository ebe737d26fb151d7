import { choose } from "../core/index.ts";
import { input, scoped, type Tensor } from "../ir/index.ts";
import type { Parameter } from "../nn/index.ts";
import { add } from "../ops/index.ts";
import {
  type Regularizer,
  type RegularizerChoice,
  type RegularizerScalars,
  regularizers,
} from "../regularizers/index.ts";
import { names } from "./names.ts";
import type { Recipe } from "./recipe.ts";

/** A regularizer in a graph: the unit, and its scalars as inputs. */
interface Active {
  readonly unit: Regularizer;
  readonly biases: boolean;
  readonly scalars: RegularizerScalars;
}

/** A regularizer's numbers by the names of their inputs. */
export function strengthsOf({ name, options }: RegularizerChoice): Record<string, number> {
  const unit = choose("regularizer", regularizers, name);
  const own = Object.entries(unit.scalars({ ...unit.defaults, ...options }));
  return Object.fromEntries(own.map(([scalar, value]) => [names.strength(name, scalar), value]));
}

/** What holds the weights of one graph down; made once, since two inputs of one name would be two. */
export class Regularization {
  readonly #active: readonly Active[];

  constructor(recipe: Recipe) {
    this.#active = recipe.regularizers.map(({ name, options }) => {
      const unit = choose("regularizer", regularizers, name);
      const settings = { ...unit.defaults, ...options };
      const scalars = Object.keys(unit.scalars(settings)).map((own) => {
        return [own, input(names.strength(name, own), [], { role: "scalar" }) as Tensor];
      });
      return { unit, biases: settings.biases, scalars: Object.fromEntries(scalars) };
    });
  }

  /** The loss with the penalties; undefined when there is neither. */
  penalised<T extends Tensor | undefined>(parameters: readonly Parameter[], loss: T): T | Tensor {
    let total: Tensor | undefined = loss;
    for (const { unit, biases, scalars } of this.#active) {
      const { penalty } = unit;
      if (penalty === undefined) continue;
      scoped(unit.name, () => {
        for (const { tensor, role } of parameters) {
          if (role !== "weight" && !biases) continue;
          const term = penalty(tensor as Tensor, scalars);
          total = total === undefined ? term : add(total, term);
        }
      });
    }
    return total as T | Tensor;
  }

  /** The nearest value that every projection allows, one after the other. */
  projected({ role }: Parameter, value: Tensor): Tensor {
    let allowed = value;
    for (const { unit, biases, scalars } of this.#active) {
      const { project } = unit;
      if (project === undefined || (role !== "weight" && !biases)) continue;
      allowed = scoped(unit.name, () => project(allowed, scalars));
    }
    return allowed;
  }
}
