/** A run epoch by epoch, of which the caller may look at anything in between: a session does one thing at a time. */
import type { Runtime } from "../../../../src/runtime/index.ts";
import { createStepper, orderOf, type Plan, StepScalars, Trainer } from "../../../../src/train/index.ts";

export interface EpochOf {
  readonly epoch: number;
  /** Mean over the steps of the epoch, each before its update. */
  readonly trainLoss: number;
  readonly weights: Readonly<Record<string, Float32Array>>;
  /** Scores and losses of pictures with these weights. */
  readonly score: (pictures: Int32Array) => ReturnType<Trainer["score"]>;
}

/** The epochs of a plan with a constant learning rate, by the stepper that `argmin train` takes; it ends where the loss is no number. */
export async function* epochsOf(plan: Plan, runtime: Runtime): AsyncGenerator<EpochOf> {
  const trainer = await Trainer.create(plan, runtime);
  const scalars = new StepScalars(plan);
  const stepper = await createStepper(plan, runtime, scalars.scalars);
  for (let epoch = 1, step = 0; epoch <= plan.epochs; epoch++) {
    const order = orderOf(plan, epoch);
    let [total, seen] = [0, 0];
    for (let index = 0; index < stepper.stepsPerEpoch; index++) {
      step++;
      scalars.set(plan.learningRate, step);
      const { loss, weight } = (await stepper.step(order, index, step))!;
      if (!Number.isFinite(loss)) return;
      total += loss * weight;
      seen += weight;
    }
    const state = await stepper.state.snapshot();
    const weights = Object.fromEntries(plan.parameters.map(({ name }) => [name, state[name]]));
    yield { epoch, trainLoss: total / seen, weights, score: (pictures) => trainer.score(pictures, weights) };
  }
}
