import { frozen } from "../core/index.ts";
import { add, div, mul, sqrt, square, sub } from "../ops/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";
import { epsilonRange, nonNegative, ratesAround } from "./ranges.ts";

export interface AdagradOptions {
  readonly epsilon: number;
  /** What the sums of squares start from. */
  readonly initialAccumulator: number;
}

/**
 * AdaGrad: r ← r + g², w ← w − η g / (√r + ε). Duchi, Hazan, Singer 2011. The first step is η·sign(g); as r only grows, the
 * effective rate only shrinks.
 * Differs: PyTorch's lr_decay is a matter of schedules here. The paper has no ε and writes δ, our initial accumulator, into
 * the root.
 */
export const adagradOptimizer = frozen<Optimizer<AdagradOptions>>({
  name: "adagrad",
  summary: "r ← r + g², w ← w − ηg/(√r + ε)",
  defaults: { learningRate: 0.01, epsilon: 1e-10, initialAccumulator: 0 },
  ranges: { epsilon: epsilonRange, initialAccumulator: nonNegative },
  space: { learningRate: ratesAround(0.01) },
  slots: () => ["squares"],
  initialSlot: ({ initialAccumulator }) => initialAccumulator,
  scalars: ({ epsilon }, learningRate) => ({ learningRate, epsilon }),
  update: ({ parameter, gradient, slots, scalars }) => {
    const squares = add(slots.squares, square(gradient));
    const step = div(mul(gradient, scalars.learningRate), add(sqrt(squares), scalars.epsilon));
    return { parameter: sub(parameter, step), slots: { squares } };
  },
});

/** AdaGrad. */
export const adagrad = (options: OptimizerOptions<AdagradOptions> = {}): OptimizerChoice =>
  optimizerOf(adagradOptimizer, options);
