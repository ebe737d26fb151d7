import { choose } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import { gelu, leakyRelu, relu, sigmoid, silu, softplus, tanh } from "../ops/index.ts";
import { glorotUniform, heNormal, type Initializer } from "./initializers.ts";

/** A unit between layers, and how the weights before it begin. */
interface Activation {
  readonly apply: (x: Tensor) => Tensor;
  /** @param fanIn numbers that one unit adds up; @param fanOut units that one number goes to */
  readonly initializer: (fanIn: number, fanOut: number) => Initializer;
}

/** What Maas et al. 2013 use below 0. */
const SLOPE = 0.01;

/** He for what is a rectifier, sharp or smooth, with its slope below 0; Glorot for what saturates on both sides. */
const rectifier = (fanIn: number) => heNormal(fanIn);

/** The units between the layers, by the name that an option gives them. */
export const activations = Object.freeze({
  relu: { apply: relu, initializer: rectifier },
  "leaky-relu": { apply: (x) => leakyRelu(x, SLOPE), initializer: (fanIn) => heNormal(fanIn, SLOPE) },
  gelu: { apply: (x) => gelu(x), initializer: rectifier },
  silu: { apply: silu, initializer: rectifier },
  softplus: { apply: softplus, initializer: rectifier },
  sigmoid: { apply: sigmoid, initializer: glorotUniform },
  tanh: { apply: tanh, initializer: glorotUniform },
} satisfies Record<string, Activation>) as Readonly<Record<ActivationName, Activation>>;

export type ActivationName = "relu" | "leaky-relu" | "gelu" | "silu" | "softplus" | "sigmoid" | "tanh";

/** Applies an activation by its name. */
export const activate = (activation: ActivationName, x: Tensor): Tensor =>
  choose("activation", activations, activation).apply(x);

/** First weights of a layer before an activation. */
export const initializerFor = (activation: ActivationName, fanIn: number, fanOut: number): Initializer =>
  choose("activation", activations, activation).initializer(fanIn, fanOut);
