/** Lesson 14: the templates of a linear classifier while they are learned, and the pictures that shape them. */
import { heatOf } from "../../../../src/explain/index.ts";
import { accuracy } from "../../../../src/metrics/index.ts";
import { linear } from "../../../../src/models/index.ts";
import { momentum } from "../../../../src/optimizers/index.ts";
import type { Runtime } from "../../../../src/runtime/index.ts";
import { network, Trainer } from "../../../../src/train/index.ts";
import { judged } from "../lessons/scores.ts";
import { type EpochOf, epochsOf } from "./epochs.ts";
import { type PictureSet, planOf, recipeOf } from "./picture-set.ts";

export interface TemplateSetting {
  readonly epochs: number;
  readonly learningRate: number;
}

/** A training picture, and what it does to the template of a class: −∂L/∂s_c, from −1 to 1. */
export interface Pull {
  readonly picture: number;
  /** Above 0 the picture is added to the template, below 0 taken away from it. */
  readonly weight: number;
}

export interface Grown {
  readonly epoch: number;
  /** null before the first epoch. */
  readonly trainLoss: number | null;
  readonly accuracy: number | null;
  /** [3 · size · size, classes]; channels first, then rows. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  /** By class: the pictures that will raise and lower it the most in the next step over all of them. */
  readonly pulls: readonly { readonly up: readonly Pull[]; readonly down: readonly Pull[] }[];
}

const SHOWN = 6;

export const settingOf = ({ epochs, learningRate }: TemplateSetting) => ({
  model: linear(),
  optimizer: momentum({ learningRate }),
  epochs,
  batchSize: 32,
});

export async function grow(
  runtime: Runtime,
  set: PictureSet,
  setting: TemplateSetting,
  emit: (grown: Grown) => void,
): Promise<void> {
  const plan = planOf(set, settingOf(setting));
  const labels = set.validation.map((picture) => set.labels[picture]);
  const report = async (
    { epoch, weights: found, score }: Pick<EpochOf, "epoch" | "weights" | "score">,
    trainLoss: number | null,
  ) => {
    const pulls = pullsOf(set, (await score(set.train)).scores);
    const scored = labels.length === 0 || epoch === 0 ? null : (await score(set.validation)).scores;
    const right = scored === null ? null : accuracy(scored, labels, set.classes.length);
    const { "scores.weight": weights, "scores.bias": bias } = found;
    emit({ epoch, trainLoss, accuracy: right, weights, bias, pulls });
  };
  const first = await Trainer.create(plan, runtime);
  await report({ epoch: 0, weights: plan.initial, score: (pictures) => first.score(pictures) }, null);
  for await (const epoch of epochsOf(plan, runtime)) await report(epoch, epoch.trainLoss);
}

/** The gradient of cross-entropy by the scores says how much of each picture a step adds to each template. */
export function pullsOf(set: PictureSet, scores: Float32Array): Grown["pulls"] {
  const count = set.classes.length;
  const rows = Array.from(set.train, (_, i) => Array.from(scores.subarray(i * count, (i + 1) * count)));
  const labels = Array.from(set.train, (picture) => set.labels[picture]);
  const { gradient } = judged("cross-entropy", rows, labels);
  return set.classes.map((_, c) => {
    const pulls = gradient.map((row, i): Pull => ({ picture: set.train[i], weight: 0 - row[c] }));
    pulls.sort((a, b) => b.weight - a.weight);
    return { up: pulls.slice(0, SHOWN), down: pulls.slice(-SHOWN).reverse() };
  });
}

/** What each pixel of a picture adds to a class's score, [size · size], and the scores. */
export async function contributions(
  runtime: Runtime,
  set: PictureSet,
  { weights, bias }: Pick<Grown, "weights" | "bias">,
  picture: number,
  of: number,
): Promise<{ readonly map: Float32Array; readonly scores: Float32Array }> {
  const traced = network(recipeOf(set, settingOf({ epochs: 1, learningRate: 1 })), 1);
  const row = 3 * set.size * set.size;
  const pixels = set.pixels.slice(picture * row, (picture + 1) * row);
  const { maps, scores } = await heatOf(
    traced,
    { "scores.weight": weights, "scores.bias": bias },
    pixels,
    [of],
    async (model, feeds) => {
      const session = await runtime.createSession(model);
      const results = await session.run(feeds);
      await session.release();
      return results;
    },
    "input-gradient",
  );
  return { map: maps[0].values, scores };
}
