import { frozen, sizeOf } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import { add, div, matmul, mul, reshape, sqrt, square, sub, sum, transpose } from "../ops/index.ts";
import { float } from "../space/index.ts";
import { adamOptimizer } from "./adam.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import {
  adaptiveDecaySpace,
  type DecayOptions,
  decayed,
  decayIsStructural,
  decayRange,
  decayScalars,
} from "./decay.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";
import { ratesAround, share } from "./ranges.ts";

export interface MuonOptions extends DecayOptions {
  /** β: the share of the velocity that is kept. */
  readonly momentum: number;
}

/** One iteration takes each singular value s to As + Bs³ + Cs⁵. */
const [A, B, C] = [3.4445, -4.775, 2.0315];
/** As many as bring singular values of 0.005 of the norm, or more, to between 0.68 and 1.16. */
const ITERATIONS = 5;
/** The root mean square of Adam's steps, in learning rates. */
const ADAM_SIZE = 0.2;

/**
 * UVᵀ of the singular value decomposition UΣVᵀ, roughly, of a matrix [rows, columns] with rows ≤ columns: Newton and
 * Schulz's iteration X ← AX + (BG + CG²)X with G = XXᵀ, which acts on the singular values alone, from X of norm 1.
 */
function orthogonal(matrix: Tensor): Tensor {
  let x = div(matrix, add(sqrt(sum(square(matrix))), 1e-7));
  for (let i = 0; i < ITERATIONS; i++) {
    const gram = matmul(x, transpose(x));
    const factor = add(mul(gram, B), mul(matmul(gram, gram), C));
    x = add(mul(x, A), matmul(factor, x));
  }
  return x;
}

/**
 * Muon, for weights seen as matrices [first axis, all others]: v ← βv + g, O = the orthogonal matrix nearest to g + βv,
 * w ← w − 0.2 η √max(rows, columns) O: every direction of a layer learns at the same pace, however small its gradient is.
 * Jordan et al. 2024 ("Muon: an optimizer for hidden layers in neural networks"); the factor, with which steps are as large
 * as Adam's and the same rates suit, from Liu et al. 2025 ("Muon is scalable for LLM training"). The products of matrices
 * are done on the smaller side and cost about 20 · rows · columns · min(rows, columns) multiplications a step, whatever the
 * batch: little for convolutions, much for wide dense layers with small batches.
 *
 * Differs: biases take Adam's step, with Adam's defaults; the authors also leave the first and the last layer to Adam, but
 * an optimizer sees a parameter's shape here, not its place.
 */
export const muonOptimizer = frozen<Optimizer<MuonOptions>>({
  name: "muon",
  summary: "step by the orthogonal matrix nearest to the velocity",
  defaults: { learningRate: 3e-3, momentum: 0.95, weightDecay: 0 },
  ranges: { momentum: share, ...decayRange },
  space: { learningRate: ratesAround(3e-3), momentum: float(0.8, 0.99), ...adaptiveDecaySpace },
  searchFirst: ["learningRate"],
  structural: decayIsStructural,
  slots: (_options, facts) =>
    facts.role === "bias" ? adamOptimizer.slots(adamOptimizer.defaults, facts) : ["velocity"],
  scalars: (options, learningRate, step) => ({
    learningRate,
    momentum: options.momentum,
    ...adamOptimizer.scalars(adamOptimizer.defaults, learningRate, step),
    ...decayScalars(options, learningRate),
  }),
  update: (inputs) => {
    if (inputs.role === "bias") return adamOptimizer.update(inputs);
    const { parameter, gradient, slots, scalars } = inputs;
    const velocity = add(mul(slots.velocity, scalars.momentum), gradient);
    const ahead = add(gradient, mul(velocity, scalars.momentum));
    const [rows, columns] = [parameter.shape[0], sizeOf(parameter.shape.slice(1))];
    const matrix = reshape(ahead, [rows, columns]);
    const direction = rows <= columns ? orthogonal(matrix) : transpose(orthogonal(transpose(matrix)));
    const rate = mul(scalars.learningRate, ADAM_SIZE * Math.sqrt(Math.max(rows, columns)));
    return {
      parameter: sub(decayed(inputs), mul(reshape(direction, parameter.shape), rate)),
      slots: { velocity },
    };
  },
});

/** Muon. */
export const muon = (options: OptimizerOptions<MuonOptions> = {}): OptimizerChoice =>
  optimizerOf(muonOptimizer, options);
