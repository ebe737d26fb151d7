import { type Random, type Shape, sizeOf } from "../core/index.ts";

/** Draws the first values of a parameter of `shape`. */
export type Initializer = (shape: Shape, random: Random) => Float32Array;

export const zeros: Initializer = (shape) => new Float32Array(sizeOf(shape));

/**
 * Normal with variance 2 / fanIn: keeps the size of activations constant through rectifiers.
 * He, Zhang, Ren, Sun 2015, "Delving deep into rectifiers".
 */
export const heNormal =
  (fanIn: number): Initializer =>
  (shape, random) =>
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal() * Math.sqrt(2 / fanIn));

/**
 * Uniform with variance 2 / (fanIn + fanOut): keeps activations and gradients alike through sigmoid and tanh.
 * Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks".
 */
export const glorotUniform =
  (fanIn: number, fanOut: number): Initializer =>
  (shape, random) => {
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    return Float32Array.from({ length: sizeOf(shape) }, () => random.between(-limit, limit));
  };

/** Normal with a small deviation: a classifier that starts here has scores near 0, so its first loss is known. */
export const smallNormal =
  (deviation: number): Initializer =>
  (shape, random) =>
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal() * deviation);
