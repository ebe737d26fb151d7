import { frozen } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import { add, div, mul, sqrt, square, sub } from "../ops/index.ts";
import { float } from "../space/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import type { Optimizer, OptimizerChoice, UpdateInputs } from "./optimizer.ts";
import { epsilonRange, ratesAround, share } from "./ranges.ts";

export interface RmspropOptions {
  /** ρ: the share of the mean square that is kept. */
  readonly decay: number;
  readonly epsilon: number;
  /** Divide by the deviation of the recent gradients from their mean instead of by their size. */
  readonly centered: boolean;
  /** The share of the velocity that is kept; without any at 0. */
  readonly momentum: number;
}

/** The slots that measure the gradients, and the measure itself but for √(1 − ρ). */
interface Measured {
  readonly slots: Readonly<Record<string, Tensor>>;
  readonly size: Tensor;
}

/** s ← ρs + g² = r/(1 − ρ) */
function uncentered({ gradient, slots, scalars }: UpdateInputs): Measured {
  const squares = add(mul(slots.squares, scalars.decay), square(gradient));
  return { slots: { squares }, size: sqrt(squares) };
}

/**
 * The variance r − a² as a recurrence of its own: with a ← a + (1 − ρ)(g − a) it is ρ(variance + (1 − ρ)(g − a)²), which is
 * never negative, where the difference r − a² of two rounded numbers can be: its root is not a number then.
 */
function centered({ gradient, slots, scalars }: UpdateInputs): Measured {
  const deviation = sub(gradient, slots.mean);
  const mean = add(slots.mean, mul(deviation, scalars.rest));
  const variance = mul(add(slots.variance, square(deviation)), scalars.decay);
  return { slots: { mean, variance }, size: sqrt(variance) };
}

/**
 * RMSProp: r ← ρr + (1 − ρ)g², w ← w − η g / (√r + ε). Tieleman and Hinton 2012 (lecture 6e): AdaGrad that forgets, so the
 * effective rate can grow again. Centred (Graves 2013): a ← ρa + (1 − ρ)g and √(r − a²) for √r. With momentum:
 * v ← βv + g / (√r + ε), w ← w − ηv.
 *
 * The slots hold r/(1 − ρ) and (r − a²)/(1 − ρ), which saves a pass over the weights.
 * Differs: the same numbers as PyTorch's but for rounding; PyTorch's centred form can take the root of a negative number.
 */
export const rmspropOptimizer = frozen<Optimizer<RmspropOptions>>({
  name: "rmsprop",
  summary: "r ← ρr + (1 − ρ)g², w ← w − ηg/(√r + ε)",
  defaults: { learningRate: 1e-3, decay: 0.99, epsilon: 1e-8, centered: false, momentum: 0 },
  ranges: { decay: share, epsilon: epsilonRange, momentum: share },
  space: { learningRate: ratesAround(1e-3), decay: float(0.9, 0.999), momentum: float(0, 0.95) },
  searchFirst: ["learningRate"],
  structural: {
    centered: "the mean of the gradients is one slot more",
    momentum: "a velocity is one slot more",
  },
  slots: (options) => [
    ...(options.centered ? ["mean", "variance"] : ["squares"]),
    ...(options.momentum === 0 ? [] : ["velocity"]),
  ],
  scalars: ({ decay, epsilon, centered, momentum }, learningRate) => ({
    decay,
    ...(centered ? { rest: 1 - decay } : {}),
    ...(momentum === 0 ? {} : { momentum }),
    // η g / (√(1 − ρ) √s + ε)
    stepSize: learningRate / Math.sqrt(1 - decay),
    epsilon: epsilon / Math.sqrt(1 - decay),
  }),
  update: (inputs) => {
    const { parameter, gradient, slots, scalars } = inputs;
    const measured = slots.variance === undefined ? uncentered(inputs) : centered(inputs);
    const step = div(gradient, add(measured.size, scalars.epsilon));
    if (slots.velocity === undefined) {
      return { parameter: sub(parameter, mul(step, scalars.stepSize)), slots: measured.slots };
    }
    const velocity = add(mul(slots.velocity, scalars.momentum), step);
    return {
      parameter: sub(parameter, mul(velocity, scalars.stepSize)),
      slots: { ...measured.slots, velocity },
    };
  },
});

/** RMSProp. */
export const rmsprop = (options: OptimizerOptions<RmspropOptions> = {}): OptimizerChoice =>
  optimizerOf(rmspropOptimizer, options);
