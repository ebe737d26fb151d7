/** What a trainer reports while it works; plain data, so that it crosses from a worker. */
import type { Evaluation, Position, Standing } from "./standing.ts";

/** Where a solver ended. */
export interface Solved {
  /** The loss with the penalties. */
  readonly objective: number;
  readonly iterations: number;
  /** Passes over the training pictures. */
  readonly passes: number;
  /** What `optimality` is: the length of the gradient, or the duality gap. */
  readonly measure: string;
  readonly optimality: number;
  /** Where it was to stop. */
  readonly tolerance: number;
  readonly converged: boolean;
  /** How many of the weights are exactly 0. */
  readonly zeros: number;
  readonly weights: number;
}

/** One step of the range test of learning rates. */
export interface RangePoint {
  readonly learningRate: number;
  /** Of the batch, before the update. */
  readonly loss: number;
  /** The exponential moving average of the losses up to here. */
  readonly smoothed: number;
}

/** How the loss answers to the learning rate. */
export interface LearningRateRange {
  readonly curve: readonly RangePoint[];
  /** Where the smoothed loss falls most steeply; null when it does not fall by more than noise. */
  readonly suggestion: number | null;
  /** Where the loss was no longer a number, or four times the best; null when that never came. */
  readonly divergedAt: number | null;
}

/** Parameters and slots by name. */
export type StateValues = Readonly<Record<string, Float32Array>>;

export type TrainEvent =
  /** A run on a budget of time has asked the clock where its schedule stands. */
  | ({ readonly type: "position" } & Position)
  /** Within a long epoch: what the run could go on from. */
  | { readonly type: "checkpoint"; readonly standing: Standing; readonly state: StateValues }
  /** The sessions are built. */
  | { readonly type: "ready"; readonly description: string; readonly notes: readonly string[] }
  /** The loss before the first update, over part of the training pictures. */
  | { readonly type: "initial"; readonly loss: number }
  /** At most 20 times a second. `loss` is the mean since the epoch began. */
  | {
      readonly type: "progress";
      readonly step: number;
      readonly steps: number;
      readonly epoch: number;
      readonly loss: number;
      readonly learningRate: number;
      readonly secondsLeft: number;
    }
  | {
      readonly type: "epoch";
      readonly epoch: number;
      readonly step: number;
      readonly trainLoss: number;
      readonly validation: Evaluation | null;
      /** What each validation picture was taken for, in the order of the plan; null where there are none. */
      readonly answers: Uint8Array | Uint16Array | null;
      /** At the last step of the epoch. */
      readonly learningRate: number;
      /** Of the gradient at the epoch's end, over its first batch; null where nobody looks at it. */
      readonly gradientNorm: number | null;
      /** The share of the weights that are nearly 0. */
      readonly zeros: number | null;
      readonly seconds: number;
      /** After the epoch; null after a solver, which cannot be interrupted and gone on with. */
      readonly standing: Standing | null;
      readonly state: StateValues;
    }
  /** One iteration of a solver, at most 20 times a second; `done` is the share of the way, by the number of digits. */
  | {
      readonly type: "iteration";
      readonly iteration: number;
      readonly objective: number;
      readonly optimality: number;
      readonly tolerance: number;
      readonly done: number;
    }
  | ({ readonly type: "solved" } & Solved)
  /** A step of the range test of learning rates, at most 20 times a second. */
  | {
      readonly type: "trial";
      readonly step: number;
      readonly steps: number;
      readonly learningRate: number;
      readonly loss: number;
    }
  | { readonly type: "range"; readonly range: LearningRateRange }
  /** The loss stopped being a number; `state` is not worth keeping and is not sent. */
  | {
      readonly type: "diverged";
      readonly epoch: number;
      readonly step: number;
      readonly learningRate: number;
      readonly loss: number;
    }
  | {
      readonly type: "interrupted";
      readonly epoch: number;
      readonly step: number;
      readonly standing: Standing | null;
      readonly state: StateValues;
    }
  /** `early` where patience has ended it. */
  | { readonly type: "finished"; readonly early?: true };

/** Scores [count, classes] and losses [count] of some pictures, in the order in which they were asked for. */
export interface Scores {
  readonly scores: Float32Array;
  readonly losses: Float32Array;
}
