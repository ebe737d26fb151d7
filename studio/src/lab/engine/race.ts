/** Lesson 13: three ways to find the weights of a linear classifier, with as many looks at the loss each. */
import { Random, sizeOf } from "../../../../src/core/index.ts";
import { accuracy } from "../../../../src/metrics/index.ts";
import { linear } from "../../../../src/models/index.ts";
import { gradientDescent } from "../../../../src/optimizers/index.ts";
import type { Runtime } from "../../../../src/runtime/index.ts";
import { createStepper, orderOf, StepScalars, Trainer } from "../../../../src/train/index.ts";
import { type PictureSet, planOf } from "./picture-set.ts";

export const strategies = ["random", "local", "gradient"] as const;
export type Strategy = (typeof strategies)[number];

/** Where a strategy stands after so many looks at the loss. */
export interface Standing {
  readonly strategy: Strategy;
  readonly looks: number;
  /** The least training loss so far; of the gradient the last one. */
  readonly loss: number;
  /** Of those weights on the validation pictures. */
  readonly accuracy: number;
}

export interface RaceSetting {
  readonly looks: number;
  readonly seed: number;
  /** Deviation of the weights that random search draws, and of the steps of random local search. */
  readonly spread: number;
  readonly learningRate: number;
}

type Weights = Record<string, Float32Array>;

interface Best {
  readonly weights: Weights;
  readonly loss: number;
  readonly accuracy: number;
}

/** Runs the three side by side: each look of one is followed by one of the others. */
export async function race(
  runtime: Runtime,
  set: PictureSet,
  setting: RaceSetting,
  emit: (standing: Standing) => void,
): Promise<void> {
  const { looks, seed, spread, learningRate } = setting;
  const optimizer = gradientDescent({ learningRate });
  const plan = planOf(set, { model: linear(), optimizer, epochs: looks, seed });
  const trainer = await Trainer.create(plan, runtime);
  const labels = set.validation.map((i) => set.labels[i]);
  const lossOf = async (weights: Weights) => {
    const { losses } = await trainer.score(set.train, weights);
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  };
  const accuracyOf = async (weights: Weights) =>
    accuracy((await trainer.score(set.validation, weights)).scores, labels, set.classes.length);

  /** Weights at random: around 0, or around what is best so far. */
  const draw = (strategy: Strategy, look: number, around?: Weights): Weights => {
    const random = new Random(seed, `lab race ${strategy}`, look);
    const drawn = plan.parameters.map(({ name, shape }) => {
      const middle = around?.[name];
      const next = (_: unknown, i: number) => (middle?.[i] ?? 0) + spread * random.normal();
      return [name, Float32Array.from({ length: sizeOf(shape) }, next)];
    });
    return Object.fromEntries(drawn);
  };
  const propose = async (strategy: "random" | "local", look: number, before: Best | undefined): Promise<Best> => {
    const weights = draw(strategy, look, strategy === "local" ? before?.weights : undefined);
    const loss = await lossOf(weights);
    if (before !== undefined && loss >= before.loss) return before;
    return { weights, loss, accuracy: await accuracyOf(weights) };
  };

  const scalars = new StepScalars(plan);
  const stepper = await createStepper(plan, runtime, scalars.scalars);
  const order = orderOf(plan, 1);
  let [random, local]: (Best | undefined)[] = [];
  for (let look = 1; look <= looks; look++) {
    random = await propose("random", look, random);
    emit({ strategy: "random", looks: look, loss: random.loss, accuracy: random.accuracy });
    local = await propose("local", look, local);
    emit({ strategy: "local", looks: look, loss: local.loss, accuracy: local.accuracy });
    scalars.set(learningRate, look);
    const { loss } = (await stepper.step(order, 0, look))!;
    emit({ strategy: "gradient", looks: look, loss, accuracy: await accuracyOf(await stepper.state.snapshot()) });
  }
}
