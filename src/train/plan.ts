import type { Choice } from "../core/index.ts";
import type { AugmentationChoice, PixelStore } from "../data/index.ts";
import type { Noise } from "../nn/index.ts";
import type { Device } from "../runtime/index.ts";
import type { ConvexGraphs } from "./convex/graphs.ts";
import { names } from "./names.ts";
import type { Recipe } from "./recipe.ts";
import type { Continuation } from "./standing.ts";

/** A graph that was lowered, for batches of one size. */
export interface CompiledGraph {
  readonly batch: number;
  readonly model: Uint8Array;
  /** The same for native ONNX Runtime alone, where it is faster with operators of its own. */
  readonly native?: Uint8Array;
  /** The same for WebGPU, where it lacks an operator. */
  readonly webgpu?: Uint8Array;
  /** The random bytes that it takes; none outside training. */
  readonly noise: readonly Noise[];
}

/** One block of the state: a parameter, an optimizer's slot of it, or its average. */
export interface StateBlock {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Where the pictures are: shared memory that the worker reads without a copy, or a file. */
export interface PictureBlock {
  readonly store: PixelStore;
  readonly labels: Int32Array;
  /** How much each counts in the loss; all the same without it. */
  readonly weights?: Float32Array;
  /** [count, classes], where what is learned of a picture is a distribution. */
  readonly targets?: Float32Array;
  /** Rows are numbers, float32 [width], and no pictures. */
  readonly kind?: "numbers";
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/**
 * All that a worker needs to train, as plain data: graphs in bytes, first values, the data, and the numbers of the run. It
 * holds no function, so it can cross to a worker thread.
 */
export interface Plan {
  readonly optimizer: Recipe["optimizer"];
  readonly schedule: Choice<"schedule">;
  /** Epochs in which the learning rate rises to where the schedule begins. */
  readonly warmUp: number;
  readonly learningRate: number;
  /** Inputs that stay the same for the whole run: strengths of penalties, bounds of clipping, rates of dropout. */
  readonly constants: Readonly<Record<string, number>>;
  /** The decay of the averages of the weights, where they are kept. */
  readonly averageWeights?: number;
  readonly seed: number;
  /** Passes over the training pictures; of no meaning where `maxSteps` or `seconds` says how long the run is. */
  readonly epochs: number;
  /** The number of steps after which the run ends, in the middle of an epoch or not. */
  readonly maxSteps?: number;
  /** The seconds of training after which it ends; its schedule spans them. */
  readonly seconds?: number;
  /** Ends the run after so many epochs in a row without a better one. */
  readonly patience?: number;
  /** Seconds between two checkpoints within an epoch. */
  readonly checkpointSeconds?: number;
  /** Where an interrupted run goes on from; `initial` is the state it had there. */
  readonly from?: Continuation;
  readonly batchSize: number;
  readonly classes: number;
  /** How training pictures are changed at random, in the order of the catalogue. */
  readonly augment?: readonly AugmentationChoice[];
  readonly pictures: PictureBlock;
  /** Each epoch draws each class equally often. */
  readonly balanced?: true;
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  readonly parameters: readonly StateBlock[];
  /** State of the network that no gradient changes: running statistics. */
  readonly buffers: readonly StateBlock[];
  /** What is remembered beside the parameters: optimizer slots, then averages. */
  readonly slots: readonly StateBlock[];
  /** First values of parameters, buffers and slots. */
  readonly initial: Readonly<Record<string, Float32Array>>;
  /** One step, for whole batches and for the smaller last one; or the parts of a step over several chunks. */
  readonly steps: StepGraphs;
  /** Scores and losses without an update. */
  readonly score: readonly CompiledGraph[];
  /** The length of the gradient over one batch; absent where nobody looks at it. */
  readonly gradientNorm?: CompiledGraph;
  readonly device: Device | "auto";
  readonly threads?: number;
}

/** The part of a plan that says which batches there are, and with what in them. */
export type DataPlan = Omit<Plan, "steps" | "score" | "gradientNorm" | "initial">;

/** A convex problem, for a solver: graphs in float64, and strengths of the penalties. */
export interface SolveSteps {
  readonly kind: "solve";
  readonly loss: Recipe["loss"];
  readonly l1: { readonly weights: number; readonly biases: number };
  readonly l2: { readonly weights: number; readonly biases: number };
  readonly normalization: Recipe["normalization"];
  readonly graphs: ConvexGraphs;
}

export type StepGraphs =
  | SolveSteps
  | { readonly kind: "batch"; readonly graphs: readonly CompiledGraph[] }
  | {
      /** The gradient is summed over chunks of pictures, then applied once. */
      readonly kind: "chunks";
      /** Pictures of one step: the whole training set, or several batches. */
      readonly pictures: number;
      readonly accumulate: readonly CompiledGraph[];
      readonly apply: Uint8Array;
    };

/** What a network needs to be used: its parameters and its buffers. */
export const weightBlocks = ({ parameters, buffers }: Pick<Plan, "parameters" | "buffers">): StateBlock[] => [
  ...parameters,
  ...buffers,
];

/** All that a step changes. */
export const stateBlocks = (plan: Pick<Plan, "parameters" | "buffers" | "slots">): StateBlock[] => [
  ...weightBlocks(plan),
  ...plan.slots,
];

/** The weights to judge and to ship, out of a state: the averages where they are kept, the last ones otherwise. */
export function weightsOf<T>(plan: Plan, state: Readonly<Record<string, T>>): Record<string, T> {
  const source = plan.averageWeights === undefined ? (name: string) => name : names.average;
  return Object.fromEntries(weightBlocks(plan).map(({ name }) => [name, state[source(name)]]));
}
