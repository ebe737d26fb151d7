import { InternalError, Random, type Shape, sizeOf, UsageError } from "../core/index.ts";
import { currentScope, type InputAttrs, input, type Role, type Tensor } from "../ir/index.ts";
import type { Initializer } from "./initializers.ts";

/** A parameter of a network: learned numbers with a name, a shape and a way to draw the first values. */
export interface Parameter {
  /** The scope path and the parameter's own name: `hidden1.weight`. */
  readonly name: string;
  readonly shape: Shape;
  readonly role: Extract<Role, "weight" | "bias">;
  readonly initializer: Initializer;
  readonly tensor: Tensor<InputAttrs>;
}

/** Collects the parameters that a network declares while it is traced. */
export class Parameters {
  readonly #declared = new Map<string, Parameter>();

  /**
   * Declares a parameter in the scope in force and returns its value in the graph.
   * @throws UsageError when the name is taken
   */
  declare(own: string, shape: Shape, role: Parameter["role"], initializer: Initializer): Tensor {
    const scope = currentScope();
    const name = scope ? `${scope}.${own}` : own;
    if (this.#declared.has(name)) {
      throw new UsageError(`parameter ${name}`, "is declared twice", "give each layer a scope of its own");
    }
    const tensor = input(name, shape, { role });
    this.#declared.set(name, { name, shape, role, initializer, tensor });
    return tensor as Tensor;
  }

  get list(): readonly Parameter[] {
    return [...this.#declared.values()];
  }

  /** The number of learned numbers. */
  get count(): number {
    return this.list.reduce((total, { shape }) => total + sizeOf(shape), 0);
  }
}

/** First values by parameter name: each a pure function of the seed and the parameter's name. */
export function initialize(parameters: readonly Parameter[], seed: number): Record<string, Float32Array> {
  return Object.fromEntries(
    parameters.map(({ name, shape, initializer }) => {
      const values = initializer(shape, new Random(seed, `initialize ${name}`));
      if (values.length !== sizeOf(shape))
        throw new InternalError(`${name} was initialized with ${values.length} values`);
      return [name, values];
    }),
  );
}
