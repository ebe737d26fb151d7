import type { Choice } from "../core/index.ts";
import type { Device } from "../runtime/index.ts";
import type { Recipe } from "./recipe.ts";

/** A graph that was lowered, for batches of one size. */
export interface CompiledGraph {
  readonly batch: number;
  readonly model: Uint8Array;
}

/** One block of the state: a parameter, or an optimizer's slot of it. */
export interface StateBlock {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Where the pictures are: shared memory that the worker reads without a copy. */
export interface PictureBlock {
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
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
  readonly learningRate: number;
  /** λ of each penalty, by the name of its input. */
  readonly strengths: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly classes: number;
  readonly pictures: PictureBlock;
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  readonly parameters: readonly StateBlock[];
  readonly slots: readonly StateBlock[];
  /** First values of parameters and slots. */
  readonly initial: Readonly<Record<string, Float32Array>>;
  /** One step, for whole batches and for the smaller last one; or the parts of a full-batch step. */
  readonly steps: StepGraphs;
  /** Scores and losses without an update. */
  readonly score: readonly CompiledGraph[];
  readonly device: Device | "auto";
  readonly threads?: number;
}

export type StepGraphs =
  | { readonly kind: "batch"; readonly graphs: readonly CompiledGraph[] }
  | {
      /** The gradient is summed over chunks of the training set, then applied once. */
      readonly kind: "full";
      readonly accumulate: readonly CompiledGraph[];
      readonly apply: Uint8Array;
    };
