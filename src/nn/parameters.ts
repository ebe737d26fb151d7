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

/**
 * Random bytes that a network takes in training, drawn anew for each step: an input `name` (uint8) of the shape of what
 * they are thrown at, with the numbers `name.threshold` and `name.scale` that a rate makes of them.
 */
export interface Noise {
  readonly name: string;
  readonly shape: Shape;
  /** The share of the values that is dropped. */
  readonly rate: number;
}

/** Collects what a network declares while it is traced: its parameters, and in training its noise. */
export class Parameters {
  /** The network is traced to be trained: layers that act only then do so. */
  readonly training: boolean;
  readonly #declared = new Map<string, Parameter>();
  readonly #noise = new Map<string, Noise>();

  constructor(mode: "training" | "scoring" = "scoring") {
    this.training = mode === "training";
  }

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

  /**
   * Declares noise in the scope in force.
   * @throws UsageError when the name is taken
   */
  declareNoise(own: string, shape: Shape, rate: number): Noise {
    const scope = currentScope();
    const noise = { name: scope ? `${scope}.${own}` : own, shape, rate };
    if (this.#noise.has(noise.name)) {
      throw new UsageError(`noise ${noise.name}`, "is declared twice", "give each layer a scope of its own");
    }
    this.#noise.set(noise.name, noise);
    return noise;
  }

  get noise(): readonly Noise[] {
    return [...this.#noise.values()];
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
