import { formatShape, InternalError, Random, type Shape, sizeOf, UsageError } from "../core/index.ts";
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

/**
 * State of a network that is not learned by its gradient: running statistics. It is not differentiated, penalised or optimised;
 * each step of training computes what it is after it.
 */
export interface Buffer {
  readonly name: string;
  readonly shape: Shape;
  /** The number that it is filled with before the first step. */
  readonly start: number;
  readonly tensor: Tensor<InputAttrs>;
  /** Its value after the step; it stays what it is where nobody has said. */
  readonly next: Tensor;
}

/**
 * What a network is traced for: `training`; `scoring`, to be used; `noiseless`, the training of one step without what is drawn
 * at random, for those who look at a gradient.
 */
export type Mode = "training" | "noiseless" | "scoring";

/** Collects what a network declares while it is traced: its parameters and buffers, and in training its noise. */
export class Parameters {
  /** Layers that work otherwise in training than in use do so. */
  readonly training: boolean;
  /** Layers that draw at random do so. */
  readonly noisy: boolean;
  readonly #declared = new Map<string, Parameter>();
  readonly #buffers = new Map<string, Buffer>();
  readonly #noise = new Map<string, Noise>();

  constructor(mode: Mode = "scoring") {
    this.training = mode !== "scoring";
    this.noisy = mode === "training";
  }

  /**
   * Declares a parameter in the scope in force and returns its value in the graph.
   * @throws UsageError when the name is taken
   */
  declare(own: string, shape: Shape, role: Parameter["role"], initializer: Initializer): Tensor {
    const name = inScope(own);
    if (this.#declared.has(name)) {
      throw new UsageError(`parameter ${name}`, "is declared twice", "give each layer a scope of its own");
    }
    const tensor = input(name, shape, { role });
    this.#declared.set(name, { name, shape, role, initializer, tensor });
    return tensor as Tensor;
  }

  /**
   * Declares a buffer in the scope in force.
   * @param start the number that it is filled with at first
   * @param following its value after a step of training, made of the present one
   * @returns the present value
   * @throws UsageError when the name is taken
   */
  declareBuffer(own: string, shape: Shape, start: number, following: (present: Tensor) => Tensor): Tensor {
    const name = inScope(own);
    if (this.#buffers.has(name) || this.#declared.has(name)) {
      throw new UsageError(`buffer ${name}`, "is declared twice", "give each layer a scope of its own");
    }
    const tensor = input(name, shape, { role: "buffer" });
    const next = this.training ? following(tensor as Tensor) : (tensor as Tensor);
    this.#buffers.set(name, { name, shape, start, tensor, next });
    return tensor as Tensor;
  }

  /**
   * Declares noise in the scope in force.
   * @throws UsageError when the name is taken
   */
  declareNoise(own: string, shape: Shape, rate: number): Noise {
    const noise = { name: inScope(own), shape, rate };
    if (this.#noise.has(noise.name)) {
      throw new UsageError(`noise ${noise.name}`, "is declared twice", "give each layer a scope of its own");
    }
    this.#noise.set(noise.name, noise);
    return noise;
  }

  get noise(): readonly Noise[] {
    return [...this.#noise.values()];
  }

  get buffers(): readonly Buffer[] {
    return [...this.#buffers.values()];
  }

  get list(): readonly Parameter[] {
    return [...this.#declared.values()];
  }

  /** The number of learned numbers. */
  get count(): number {
    return this.list.reduce((total, { shape }) => total + sizeOf(shape), 0);
  }
}

function inScope(own: string): string {
  const scope = currentScope();
  return scope ? `${scope}.${own}` : own;
}

/** Calls an initializer; a shape that no array can have is the user's to mend. */
function drawn({ name, shape, initializer }: Parameter, random: Random): Float32Array {
  try {
    return initializer(shape, random);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const what = `has ${formatShape(shape)} weights, ${(4 * sizeOf(shape)) / 2 ** 30} GiB, and there is no memory for them`;
    throw new UsageError(`parameter ${name}`, what, "choose a smaller layer");
  }
}

/**
 * First values by parameter name: each a pure function of the seed and the parameter's name.
 * @throws UsageError for a parameter that finds no memory
 */
export function initialize(parameters: readonly Parameter[], seed: number): Record<string, Float32Array> {
  return Object.fromEntries(
    parameters.map((parameter) => {
      const { name, shape } = parameter;
      const values = drawn(parameter, new Random(seed, `initialize ${name}`));
      if (values.length !== sizeOf(shape))
        throw new InternalError(`${name} was initialized with ${values.length} values`);
      return [name, values];
    }),
  );
}
