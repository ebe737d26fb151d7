import { type Random, type Shape, sizeOf } from "../core/index.ts";

/** Draws the first values of a parameter of `shape`. */
export type Initializer = (shape: Shape, random: Random) => Float32Array;

export const zeros: Initializer = (shape) => new Float32Array(sizeOf(shape));

/** One number for all. */
export const filledWith =
  (value: number): Initializer =>
  (shape) =>
    new Float32Array(sizeOf(shape)).fill(value);

/** By a loop: `Float32Array.from` takes several times as long, which is a minute for large networks. */
function filled(shape: Shape, draw: () => number): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = draw();
  return values;
}

const uniform =
  (variance: number): Initializer =>
  (shape, random) => {
    const limit = Math.sqrt(3 * variance);
    return filled(shape, () => random.between(-limit, limit));
  };

const normal =
  (deviation: number): Initializer =>
  (shape, random) =>
    filled(shape, () => random.normal() * deviation);

/**
 * The variance that keeps the size of activations constant through rectifiers: 2 / ((1 + a²) fanIn), for a slope a below 0.
 * He, Zhang, Ren, Sun 2015, "Delving deep into rectifiers", section 2.2.
 */
const heVariance = (fanIn: number, slope: number) => 2 / ((1 + slope * slope) * fanIn);

/** Normal with variance 2 / ((1 + a²) fanIn). He et al. 2015. */
export const heNormal = (fanIn: number, slope = 0): Initializer => normal(Math.sqrt(heVariance(fanIn, slope)));

/** Uniform with variance 2 / ((1 + a²) fanIn). He et al. 2015. */
export const heUniform = (fanIn: number, slope = 0): Initializer => uniform(heVariance(fanIn, slope));

/**
 * The variance that keeps activations and gradients alike through sigmoid and tanh: 2 / (fanIn + fanOut).
 * Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", section 4.2.
 */
const glorotVariance = (fanIn: number, fanOut: number) => 2 / (fanIn + fanOut);

/** Normal with variance 2 / (fanIn + fanOut). Glorot and Bengio 2010. */
export const glorotNormal = (fanIn: number, fanOut: number): Initializer =>
  normal(Math.sqrt(glorotVariance(fanIn, fanOut)));

/** Uniform with variance 2 / (fanIn + fanOut). Glorot and Bengio 2010, equation 16. */
export const glorotUniform = (fanIn: number, fanOut: number): Initializer => uniform(glorotVariance(fanIn, fanOut));

/** Normal with a small deviation: a classifier that starts here has scores near 0, so its first loss is known. */
export const smallNormal = (deviation: number): Initializer => normal(deviation);

/** The deviation of a standard normal curve that is cut off at ±2. */
const CUT_DEVIATION = 0.8796256610342398;

/** Normal with this deviation, drawn again where it is more than two deviations of the uncut curve away. */
export const truncatedNormal =
  (deviation: number): Initializer =>
  (shape, random) => {
    const draw = (): number => {
      const value = random.normal();
      return Math.abs(value) <= 2 ? value : draw();
    };
    return Float32Array.from({ length: sizeOf(shape) }, () => (draw() * deviation) / CUT_DEVIATION);
  };
