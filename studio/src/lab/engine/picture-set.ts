/** Pictures of one size that a lesson trains on: builtin:shapes, or the learner's own. */
import { channelStatistics, makeSplit, shapesSource } from "../../../../src/data/index.ts";
import { crossEntropy, type LossChoice } from "../../../../src/losses/index.ts";
import type { ModelChoice } from "../../../../src/models/index.ts";
import type { OptimizerChoice } from "../../../../src/optimizers/index.ts";
import type { RegularizerChoice } from "../../../../src/regularizers/index.ts";
import { makePlan, type Plan, type Recipe } from "../../../../src/train/index.ts";

/** Plain data, so that it crosses to a worker. */
export interface PictureSet {
  readonly name: string;
  readonly classes: readonly string[];
  /** [count, size, size, 3] */
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
  readonly size: number;
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);

/**
 * Pictures of builtin:shapes made easier, so that seconds of training show something: figures are lighter than the ground, near the
 * middle, and without lines behind them.
 */
export const EASY = { darkShare: 0, lines: 0, shiftPixels: 1.5 } as const;

export function shapesSet(train: number, validation: number, size: number): PictureSet {
  const { classes, labels, uniform } = shapesSource({ train, validation, test: 0, size, ...EASY });
  return {
    name: "builtin:shapes",
    classes,
    pixels: Uint8Array.from(uniform!.pixels),
    labels,
    size,
    train: range(0, train),
    validation: range(train, train + validation),
  };
}

/** One decoded picture of the learner's, [size, size, 3]. */
export interface Decoded {
  readonly label: number;
  readonly pixels: Uint8Array;
}

/** A fifth of the pictures is kept for validation, as `argmin train` splits them. */
export function ownSet(
  name: string,
  classes: readonly string[],
  pictures: readonly Decoded[],
  size: number,
): PictureSet {
  const row = 3 * size * size;
  const pixels = new Uint8Array(pictures.length * row);
  for (const [i, picture] of pictures.entries()) pixels.set(picture.pixels, i * row);
  const labels = Int32Array.from(pictures, ({ label }) => label);
  const declared = pictures.map(() => undefined);
  const { split } = makeSplit({ labels, declared, classes, seed: 1, validationShare: 0.2, testShare: 0 });
  return { ...{ name, classes, pixels, labels, size }, train: split.train, validation: split.validation };
}

export interface Setting {
  readonly model: ModelChoice;
  readonly optimizer: OptimizerChoice;
  readonly loss?: LossChoice;
  readonly regularizers?: readonly RegularizerChoice[];
  readonly epochs: number;
  readonly batchSize?: number;
  readonly seed?: number;
}

export function recipeOf(set: PictureSet, setting: Setting): Recipe {
  const { pixels, size, train, classes } = set;
  const pictures = { store: { kind: "memory" as const, pixels }, height: size, width: size, channels: 3 as const };
  const { mean, standardDeviation } = channelStatistics(pictures, train);
  return {
    model: setting.model,
    loss: setting.loss ?? crossEntropy(),
    regularizers: setting.regularizers ?? [],
    optimizer: setting.optimizer,
    // Where a channel never changes nothing is to be learned of it, and nothing to be divided by.
    normalization: { mean, deviation: standardDeviation.map((deviation) => deviation || 1) },
    ...{ height: size, width: size, channels: 3, classes: classes.length },
  };
}

/** The plan of a lesson's run: the very one that `argmin train` makes of such a recipe. */
export function planOf(set: PictureSet, setting: Setting): Plan {
  const { pixels, labels, size, train, validation } = set;
  return makePlan({
    recipe: recipeOf(set, setting),
    schedule: { kind: "schedule", name: "constant", options: {} },
    seed: setting.seed ?? 1,
    epochs: setting.epochs,
    batchSize: setting.batchSize ?? 64,
    pictures: { store: { kind: "memory", pixels }, labels, height: size, width: size, channels: 3 },
    ...{ train, validation, test: new Int32Array(0), device: "auto" },
  });
}
