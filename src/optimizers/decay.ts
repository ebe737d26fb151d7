/**
 * Decoupled weight decay: w ← (1 − ηλ)w before the step: beside the gradient instead of in it, so that an adaptive rate
 * does not divide it away. Weights only: a bias does not make the function any steeper. Loshchilov and Hutter 2019.
 * With λ = 0 there is nothing of it in the graph; otherwise it is one pass over the weights.
 * Differs: the paper multiplies λ by the schedule's factor alone; here, as in PyTorch, by the whole rate η. PyTorch decays
 * biases, too, unless they are put in a group of their own.
 */

import type { Tensor } from "../ir/index.ts";
import { mul } from "../ops/index.ts";
import { logFloat } from "../space/index.ts";
import type { UpdateInputs } from "./optimizer.ts";
import { nonNegative } from "./ranges.ts";

export interface DecayOptions {
  /** λ: the share of a weight that is lost in one step is the learning rate times this. */
  readonly weightDecay: number;
}

export const decayRange = { weightDecay: nonNegative };
/** Of steps as long as their gradients: around the 5e-4 of Krizhevsky et al. 2012 and most networks of pictures since. */
export const decaySpace = { weightDecay: logFloat(1e-5, 1e-2) };
/** Of steps as long as their learning rate, whatever the gradient: Loshchilov and Hutter 2019 find the best at 0.01 to 0.5 or so. */
export const adaptiveDecaySpace = { weightDecay: logFloat(1e-3, 1) };
export const decayIsStructural = { weightDecay: "shrinking the weights costs a pass over them" };

/** The scalar `keep`, where there is a decay. */
export const decayScalars = ({ weightDecay }: DecayOptions, learningRate: number): Readonly<Record<string, number>> =>
  weightDecay === 0 ? {} : { keep: 1 - learningRate * weightDecay };

/** The parameter that the step is taken from. */
export const decayed = ({ parameter, role, scalars }: UpdateInputs): Tensor =>
  role === "bias" || scalars.keep === undefined ? parameter : mul(parameter, scalars.keep);
