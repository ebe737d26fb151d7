/** Lesson 16: a network that can learn its pictures by heart, and when to stop it. */
import { Random } from "../../../../src/core/index.ts";
import { accuracy } from "../../../../src/metrics/index.ts";
import { mlp } from "../../../../src/models/index.ts";
import { adam } from "../../../../src/optimizers/index.ts";
import { l2 } from "../../../../src/regularizers/index.ts";
import type { Runtime } from "../../../../src/runtime/index.ts";
import { type EpochOf, epochsOf } from "./epochs.ts";
import { type PictureSet, planOf, shapesSet } from "./picture-set.ts";

export interface OverfitSetting {
  /** Training pictures. */
  readonly pictures: number;
  readonly validation: number;
  /** Height and width of a picture. */
  readonly size: number;
  readonly units: number;
  /** λ of Σ W². */
  readonly strength: number;
  readonly dropout: number;
  readonly epochs: number;
  /** The share of the training pictures that were given a class at random. */
  readonly wrong: number;
}

export interface Epoch {
  readonly epoch: number;
  /** Over all training pictures after the epoch, without what is drawn at random. */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly loss: number;
  readonly accuracy: number;
}

export function setOf({ pictures, validation, size, wrong }: Omit<OverfitSetting, "epochs">): PictureSet {
  const set = shapesSet(pictures, validation, size);
  const random = new Random(16, "lab wrong labels");
  const chosen = random.shuffle(Array.from(set.train)).slice(0, Math.round(wrong * pictures));
  for (const picture of chosen) set.labels[picture] = random.below(set.classes.length);
  return set;
}

export async function overfit(runtime: Runtime, setting: OverfitSetting, emit: (epoch: Epoch) => void): Promise<void> {
  const set = setOf(setting);
  const plan = planOf(set, {
    model: mlp({ hidden: [setting.units], dropout: setting.dropout }),
    optimizer: adam({ learningRate: 0.002 }),
    regularizers: setting.strength > 0 ? [l2(setting.strength)] : [],
    epochs: setting.epochs,
    batchSize: 32,
  });
  const judge = async (pictures: Int32Array, score: EpochOf["score"]) => {
    const { scores, losses } = await score(pictures);
    const labels = pictures.map((picture) => set.labels[picture]);
    const loss = losses.reduce((sum, one) => sum + one, 0) / losses.length;
    return { loss, accuracy: accuracy(scores, labels, set.classes.length) };
  };
  for await (const { epoch, score } of epochsOf(plan, runtime)) {
    const { loss: trainLoss, accuracy: trainAccuracy } = await judge(set.train, score);
    emit({ epoch, trainLoss, trainAccuracy, ...(await judge(set.validation, score)) });
  }
}
