import type { Choice } from "../core/index.ts";
import type { AugmentationChoice, AugmentOption, Source } from "../data/index.ts";
import { crossEntropy, type LossChoice } from "../losses/index.ts";
import type { Figures, Rejection } from "../metrics/index.ts";
import { fastnet, type ModelChoice } from "../models/index.ts";
import { adam, type OptimizerChoice } from "../optimizers/index.ts";
import type { Fit } from "../preprocess/index.ts";
import type { RegularizerChoice } from "../regularizers/index.ts";
import type { Device } from "../runtime/index.ts";
import { cosine } from "../schedules/index.ts";
import type { Solved, TrainEvent } from "../train/index.ts";
import type { BaselineResult } from "./baseline.ts";

/** What is done about classes of unequal size. */
export type Balance = "none" | "weights" | "sample";

export const balances: Readonly<{ [Name in Balance]: Name }> = Object.freeze({
  none: "none",
  weights: "weights",
  sample: "sample",
});

/** Everything that can be said about one training run. */
export interface TrainOptions {
  /** A path (class folders, a list of pictures, IDX or CIFAR files), `builtin:shapes`, or an opened source. */
  readonly data: string | Source;
  /** How many folders name a class: with 1, `animals/cats` and `animals/dogs` are both `animals`. All of them unless said. */
  readonly depth?: number;
  readonly model?: ModelChoice;
  readonly loss?: LossChoice;
  /** Penalties on the weights, which add up, and limits to them. */
  readonly regularizer?: RegularizerChoice | readonly RegularizerChoice[];
  /**
   * What takes steps, whose learning rate may be a number or a schedule: `momentum({ learningRate: cosine(0.1) })`. Or a solver
   * of convex problems, such as `lbfgs()`, which finds the optimum of a linear model: the model is linear and the loss the
   * solver's usual one unless said, and epochs, batches and schedules have no meaning.
   */
  readonly optimizer?: OptimizerChoice;
  /** Passes over the training pictures; 10 unless `steps` or `time` says how long the run is. */
  readonly epochs?: number;
  /** Steps of the whole run, which may end in the middle of an epoch. */
  readonly steps?: number;
  /** Seconds of training: the run ends when they are over, and its schedule spans them. */
  readonly time?: number;
  /**
   * Ends the run after so many epochs in a row without a better one. Has no effect where there are no validation pictures to
   * say which is better.
   */
  readonly patience?: number;
  /** Seconds between two checkpoints within an epoch, beside the one at its end. 60 unless said. */
  readonly checkpointSeconds?: number;
  /** Pictures in one step: 64, or 32 for fewer than 6,000 pictures, unless said. */
  readonly batchSize?: number;
  /**
   * Batches whose gradients are summed before one update: the step of `batchSize · accumulate` pictures in the memory of
   * `batchSize`. 1 unless said.
   */
  readonly accumulate?: number;
  /** Epochs in which the learning rate rises from a tenth to where its schedule begins; may be a fraction. 0 unless said. */
  readonly warmUp?: number;
  /**
   * How much the pictures of each class count in the loss, one number for each class in the order of the data's classes: the
   * mean becomes Σ wᵢLᵢ / Σ wᵢ. They multiply the weights of the pictures, where the source has any. Accuracy counts heads.
   */
  readonly classWeights?: readonly number[];
  /**
   * What is done where classes have unequal numbers of training pictures. `weights`: each counts in the loss by n / (classes ·
   * pictures of the class), instead of `classWeights`. `sample`: each epoch draws as many pictures as ever, but equally many of
   * each class; pictures of rare classes come several times. `none` unless said.
   */
  readonly balance?: Balance;
  /** The longest that the gradient of all parameters together may be; a longer one is scaled down to it. */
  readonly clipNorm?: number;
  /** Each number of the gradient is brought into [−clipValue, clipValue]. */
  readonly clipValue?: number;
  /**
   * Keeps an exponential moving average of the weights with this decay, such as 0.999, and judges, keeps and exports it
   * instead of the last weights.
   */
  readonly averageWeights?: number;
  /**
   * How training pictures are changed at random, each anew in every epoch: a preset, `flip()`, or a list of both, such as
   * `["standard", flip()]`. Validation and test pictures stay as they are. `none` unless said.
   */
  readonly augment?: AugmentOption;
  /** Height and width in pixels that pictures are brought to; pictures that have one size already keep it. */
  readonly size?: number;
  /**
   * 1: the network sees grey pictures, by the luma weights of ITU-R BT.601; 3: RGB. `auto`, unless said, is 1 where every
   * picture is stored in grey. The exported model takes RGB in any case.
   */
  readonly channels?: "auto" | 1 | 3;
  /** What is done with pictures of other proportions; letterbox unless said. It becomes part of the model. */
  readonly fit?: Fit;
  /** A split.json, or the folder of the run that wrote it: these very pictures train, validate and test. */
  readonly split?: string;
  /**
   * Pictures of one group stay on one side of the split. `folder`: the folder below the class folder that a picture lies in;
   * `column`: the group that the data itself gives; else a regular expression, whose first group in the picture's path (the
   * whole match, where it has none) names the group.
   */
  readonly groupBy?: string;
  /**
   * Calibrates a threshold on the validation pictures, below which the most probable class is not probable enough, so that the
   * answer is "unknown": of the pictures that the model answers rightly it turns away at most this share. Without it every
   * answer counts.
   */
  readonly unknown?: number;
  /** Any integer; it decides the split, the first weights and the order of the pictures. */
  readonly seed?: number;
  readonly device?: Device | "auto";
  /** Threads of the step; all cores unless said. Results are bit-identical for a given number. */
  readonly threads?: number;
  /**
   * The folder in which decoded pictures are kept for the next run, or "none". Unless said: what the environment's
   * ARGMIN_CACHE says, or `argmin` in the user's own folder for caches.
   */
  readonly cache?: string;
  /**
   * Decoded pictures of more MiB than this stay in a file, from which each batch is read, instead of in memory; a quarter
   * of the machine's memory unless said.
   */
  readonly pictureMemory?: number;
  /** The run folder to make; nothing is written without it. */
  readonly folder?: string;
  /** What was typed to start the run; `commands.txt` keeps it, and the report shows it. */
  readonly command?: string;
  /**
   * Whether `report.html` is written into the run folder; it takes a second. true unless said,
   * or unless the environment's ARGMIN_REPORT is "none".
   */
  readonly report?: boolean;
  /**
   * Whether `answers.bin` and `templates.bin` are written into the run folder: what the validation pictures were taken for, and
   * what the first layer looked for, epoch by epoch. true unless said; trials of a search go without.
   */
  readonly records?: boolean;
  readonly onEvent?: (event: ExperimentEvent) => void;
  /** Ends the run after the step in hand; what was learned so far is kept. */
  readonly signal?: AbortSignal;
}

/** The options with nothing left open: what `config.yaml` holds. */
export interface Settings {
  readonly data: string;
  readonly depth: number | null;
  readonly model: ModelChoice;
  readonly loss: LossChoice;
  readonly regularizers: readonly RegularizerChoice[];
  readonly optimizer: OptimizerChoice;
  readonly schedule: Choice<"schedule">;
  /** null where steps or a time say how long the run is. */
  readonly epochs: number | null;
  readonly steps: number | null;
  readonly time: number | null;
  readonly patience: number | null;
  readonly checkpointSeconds: number;
  readonly batchSize: number;
  readonly accumulate: number;
  readonly warmUp: number;
  readonly classWeights: readonly number[] | null;
  readonly balance: Balance;
  readonly clipNorm: number | null;
  readonly clipValue: number | null;
  readonly averageWeights: number | null;
  readonly augment: readonly AugmentationChoice[];
  readonly size: number | null;
  readonly channels: "auto" | 1 | 3;
  readonly fit: Fit;
  readonly split: string | null;
  readonly groupBy: string | null;
  readonly unknown: number | null;
  readonly seed: number;
  readonly device: Device | "auto";
  readonly threads: number | null;
  readonly cache: string | null;
  readonly pictureMemory: number | null;
}

/** Sizes of pictures that have different ones. */
export const DEFAULT_SIZE = 64;

/** The share of the rightly answered pictures that `--unknown` turns away unless it says another. */
export const USUAL_UNKNOWN = 0.05;

/** What happens unless something else is said. */
export const defaults = Object.freeze({
  model: fastnet(),
  loss: crossEntropy(),
  optimizer: adam(),
  schedule: cosine() as Choice<"schedule">,
  epochs: 10,
  checkpointSeconds: 60,
  seed: 1,
  device: "auto",
});

export type ExperimentEvent =
  | { readonly type: "loading"; readonly done: number; readonly total: number }
  | {
      readonly type: "data";
      readonly name: string;
      readonly classes: readonly string[];
      readonly counts: { readonly train: number; readonly validation: number; readonly test: number };
      readonly height: number;
      readonly width: number;
      readonly channels: number;
      /** Numbers in a row, where the data are no pictures. */
      readonly features?: number;
      readonly skipped: readonly { readonly path: string; readonly reason: string }[];
      readonly notes: readonly string[];
    }
  | {
      readonly type: "start";
      readonly model: string;
      readonly parameters: number;
      readonly device: string;
      readonly notes: readonly string[];
      readonly folder: string | null;
    }
  /** What `auto` has chosen, and why, in one sentence. */
  | { readonly type: "model"; readonly model: string; readonly why: string }
  /** Something went wrong that does not end the run. */
  | { readonly type: "warning"; readonly text: string }
  /** An interrupted run goes on: so many steps of it are done. */
  | { readonly type: "resume"; readonly epoch: number; readonly step: number }
  /** `expected` is null where theory does not say: it depends on the targets when they are distributions. */
  | { readonly type: "initial"; readonly loss: number; readonly expected: number | null; readonly formula: string }
  | {
      readonly type: "progress";
      readonly epoch: number;
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      readonly learningRate: number;
      readonly secondsLeft: number;
    }
  /** `epochs` is 0 where a solver made the solution, null where a time says how long the run is. */
  | ({ readonly type: "epoch"; readonly epochs: number | null; readonly best: boolean } & EpochRow)
  | Extract<TrainEvent, { type: "iteration" | "solved" | "trial" }>;

/** One line of `metrics.csv`. */
export interface EpochRow {
  readonly epoch: number;
  readonly step: number;
  readonly trainLoss: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly learningRate: number;
  /** Length of the gradient of loss and penalties at the end of the epoch, over its first batch; null where nobody looked. */
  readonly gradientNorm: number | null;
  /** The share of the weights that are nearer to 0 than 1e-4. */
  readonly zeros: number | null;
  readonly seconds: number;
}

/** Below which probability an answer is "unknown", and what comes of it. */
export interface Unknown {
  readonly below: number;
  /** Of the rightly answered validation pictures, the share that it was to turn away. */
  readonly share: number;
  readonly validation: Rejection;
  /** null when there are no test pictures. */
  readonly test: Rejection | null;
}

/** A finished run. */
export interface Run {
  readonly folder: string | null;
  readonly classes: readonly string[];
  readonly settings: Settings;
  readonly history: readonly EpochRow[];
  /** The epoch whose weights were kept, and by which metric. */
  readonly best: { readonly epoch: number; readonly metric: string; readonly value: number };
  readonly validation: Figures | null;
  /** null when there are no test pictures. */
  readonly test: Figures | null;
  /** What comes of calling unknown what is less probable than `below`; null where nothing is. */
  readonly unknown: Unknown | null;
  /** Least squares on the same pixels, to measure the run by. */
  readonly baseline: BaselineResult;
  /** Where a solver ended; null after steps. */
  readonly solution: Solved | null;
  /** Learned numbers. */
  readonly parameters: number;
  /** Seconds of training, without loading the data. */
  readonly seconds: number;
  /** SHA-256 of the kept weights: the same seed on the same machine gives the same. */
  readonly weightsHash: string;
  /** The run was ended before its last epoch. */
  readonly interrupted: boolean;
  /** Patience has ended it. */
  readonly stoppedEarly: boolean;
  /** Where its `report.html` is; null where none was written. */
  readonly report: string | null;
  /** The bytes of `model.onnx`. */
  readonly model: Uint8Array;
  /** The bytes of `model.onnx.data`, in pieces; null where the weights are in the model, as they are up to 1 GiB. */
  readonly modelData: readonly Uint8Array[] | null;
}

/** What is known of a run before its report is written. */
export type JudgedRun = Omit<Run, "report" | "model">;
