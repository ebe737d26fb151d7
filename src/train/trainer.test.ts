/** The trainer on native code, in this thread: what the options of a run do to whole runs. */
import { describe, expect, test } from "vitest";
import { COUNT, distance, indices, pictures, planOf, recipe, run, runtime, trainerOf } from "../../test/tiny.ts";
import { UsageError } from "../core/index.ts";
import { cnn, mlp } from "../models/index.ts";
import { adam, gradientDescent } from "../optimizers/index.ts";
import { l2, maxNorm } from "../regularizers/index.ts";
import type { TrainEvent } from "./events.ts";
import type { PlanRequest } from "./make-plan.ts";
import { averageScalars } from "./next-state.ts";
import { weightsOf } from "./plan.ts";
import { Trainer } from "./trainer.ts";

const fill = (count: number, weight: (i: number) => number) =>
  Float32Array.from({ length: count }, (_, i) => weight(i));
const weighted = (weight: (i: number) => number) => ({ ...pictures(), weights: fill(COUNT, weight) });
const oneHot = Float32Array.from({ length: 3 * COUNT }, (_, i) => Number(i % 3 === Math.floor(i / 3) % 3));

describe("weights of pictures", () => {
  test("that are all the same change nothing but the rounding", async () => {
    const [plain, same] = [await run(), await run({ pictures: weighted(() => 3) })];
    expect(distance(plain.state, same.state)).toBeLessThan(1e-6);
    for (const [i, epoch] of plain.epochs.entries()) {
      expect(same.epochs[i]!.trainLoss).toBeCloseTo(epoch.trainLoss, 6);
      expect(same.epochs[i]!.validation!.loss).toBeCloseTo(epoch.validation!.loss, 6);
    }
    expect(same.initial.loss).toBeCloseTo(plain.initial.loss, 6);
  });

  test("of 0 take pictures out of what is learned and of what is reported", async () => {
    // One step of all: the last 14 pictures count nothing, so only the first 14 do; of validation, only the first two.
    const request = { batchSize: 28, epochs: 1 };
    const kept = (i: number) => Number(i < 14 || (i >= 28 && i < 30));
    const some = await run({ ...request, pictures: weighted(kept) });
    const few = await run({ ...request, batchSize: 14, train: indices(0, 14), validation: indices(28, 30) });
    expect(distance(some.state, few.state)).toBeLessThan(1e-6);
    expect(some.epochs[0]!.trainLoss).toBeCloseTo(few.epochs[0]!.trainLoss, 6);
    expect(some.epochs[0]!.validation!.loss).toBeCloseTo(few.epochs[0]!.validation!.loss, 6);
    // Accuracy counts every picture.
    expect(some.epochs[0]!.validation!.accuracy * 6).toBeCloseTo(
      Math.round(some.epochs[0]!.validation!.accuracy * 6),
      9,
    );
  });

  test("the loss of an epoch weighs the batches by what is in them", async () => {
    const weight = (i: number) => 1 + (i % 7);
    const still = { ...recipe, optimizer: { ...recipe.optimizer, options: { learningRate: 1e-30 } } };
    const { epochs, initial } = await run({ recipe: still, pictures: weighted(weight), epochs: 1, batchSize: 8 });
    // Nothing moves, so the mean over batches of 8, 8, 8 and 4 is the mean over all.
    expect(epochs[0]!.trainLoss).toBeCloseTo(initial.loss, 6);
  });

  test("a batch in which nothing counts is harmless", async () => {
    const { epochs } = await run({ pictures: weighted((i) => Number(i === 3 || i === 29)), batchSize: 4 });
    expect(epochs).toHaveLength(2);
    expect(epochs[1]!.trainLoss).toBeGreaterThan(0);
  });

  test("act in full-batch descent in the same way", async () => {
    const descent = { ...recipe, optimizer: gradientDescent({ learningRate: 0.1 }) };
    const weight = (i: number) => 0.5 + (i % 4);
    const whole = await run({ pictures: weighted(weight), batchSize: 28, epochs: 3 });
    const chunks = await run({ recipe: descent, pictures: weighted(weight), epochs: 3 });
    expect(distance(whole.state, chunks.state)).toBeLessThan(1e-6);
  });

  test("that are 0 for every training picture are refused", () => {
    const build = () => planOf({ pictures: weighted((i) => Number(i >= 28)) });
    expect(build).toThrow(UsageError);
    expect(build).toThrow("training: the weights of all training pictures are 0; give some a weight above 0");
  });
});

test("soft targets that are one-hot train as the labels do, in both kinds of step", async () => {
  for (const request of [{}, { accumulate: 2 }]) {
    const [hard, soft] = [await run(request), await run({ ...request, pictures: { ...pictures(), targets: oneHot } })];
    expect(distance(hard.state, soft.state)).toBeLessThan(1e-6);
    expect(soft.epochs[1]!.validation!.accuracy).toBe(hard.epochs[1]!.validation!.accuracy);
    expect(soft.epochs[1]!.validation!.loss).toBeCloseTo(hard.epochs[1]!.validation!.loss, 6);
  }
});

describe("accumulation", () => {
  const rows: [string, Partial<PlanRequest>][] = [
    ["sgd", {}],
    ["adam with l2", { recipe: { ...recipe, optimizer: adam(), regularizers: [l2(1e-2)] } }],
    ["clipping and a limit", { recipe: { ...recipe, regularizers: [maxNorm(0.8)] }, clipNorm: 0.1, clipValue: 0.05 }],
    ["averages and weights", { averageWeights: 0.9, pictures: weighted((i) => 1 + (i % 3)) }],
  ];
  test.each(rows)("of two batches is one batch of twice the size: %s", async (_, request) => {
    // 28 pictures: steps of 8 and 8, of 8 and 4.
    const accumulated = await run({ ...request, batchSize: 8, accumulate: 2 });
    const large = await run({ ...request, batchSize: 16 });
    expect(distance(accumulated.state, large.state)).toBeLessThan(1e-6);
    expect(accumulated.epochs.map(({ step }) => step)).toEqual([2, 4]);
    for (const [i, epoch] of large.epochs.entries()) {
      expect(accumulated.epochs[i]!.trainLoss).toBeCloseTo(epoch.trainLoss, 6);
    }
  });

  test("of more batches than there are is full-batch descent", async () => {
    const descent = await run({ recipe: { ...recipe, optimizer: gradientDescent({ learningRate: 0.1 }) } });
    const all = await run({ accumulate: 100 });
    expect(distance(descent.state, all.state)).toBeLessThan(1e-6);
  });

  test("a stop is heard between the parts of a step, which then does not count", async () => {
    const stoppedAt = async (question: number) => {
      const trainer = await trainerOf({ accumulate: 2 });
      const events: TrainEvent[] = [];
      let asked = 0;
      await trainer.run(
        (event) => events.push(event),
        () => ++asked === question,
      );
      return events.at(-1) as Extract<TrainEvent, { type: "interrupted" }>;
    };
    // Asked between the parts of step 1, after step 1, between the parts of step 2.
    const [after, within] = [await stoppedAt(2), await stoppedAt(3)];
    for (const event of [after, within]) expect(event).toMatchObject({ type: "interrupted", epoch: 1, step: 1 });
    expect(distance(after.state, within.state)).toBe(0);
    expect(distance(after.state, planOf().initial)).toBeGreaterThan(0);
  });
});

describe("averages of the weights", () => {
  test("are what is judged, and stand beside the weights in the state", async () => {
    const plain = await run({ epochs: 1, batchSize: 28 });
    const averaged = await run({ epochs: 1, batchSize: 28, averageWeights: 0.999 });
    const plan = planOf({ averageWeights: 0.999 });
    const names = plan.parameters.map(({ name }) => name);
    expect(Object.keys(averaged.state)).toEqual([...names, ...names.map((name) => `average of ${name}`)]);
    for (const name of names) expect(averaged.state[name]).toEqual(plain.state[name]);
    // One step: d = min(0.999, 2 / 11).
    const kept = 2 / 11;
    for (const name of names) {
      const after = averaged.state[name]!;
      const expected = plan.initial[name]!.map((before, i) => kept * before + (1 - kept) * after[i]!);
      expect(distance({ w: averaged.state[`average of ${name}`]! }, { w: expected })).toBeLessThan(1e-7);
    }
    expect(averaged.epochs[0]!.validation!.loss).not.toBe(plain.epochs[0]!.validation!.loss);
    const trainer = await trainerOf({ averageWeights: 0.999 });
    const { losses } = await trainer.score(indices(28, 34), weightsOf(plan, averaged.state));
    const mean = losses.reduce((total, loss) => total + loss, 0) / 6;
    expect(averaged.epochs[0]!.validation!.loss).toBeCloseTo(mean, 9);
  });

  test("forget the first weights soon, and then keep the decay that is asked for", () => {
    expect(averageScalars(0.99, 1)).toEqual({ "average.kept": 2 / 11, "average.taken": 1 - 2 / 11 });
    expect(averageScalars(0.99, 10_000)["average.kept"]).toBe(0.99);
    expect(averageScalars(0.99, 10_000)["average.taken"]).toBeCloseTo(0.01, 15);
  });
});

describe("dropout", () => {
  const withRate = (dropout: number, more = {}) => ({
    recipe: { ...recipe, model: mlp({ hidden: [16, 8], activation: "tanh" as const, dropout }) },
    ...more,
  });

  test("repeats for the same seed, and changes with seed and rate", async () => {
    const [first, again] = [await run(withRate(0.5)), await run(withRate(0.5))];
    expect(distance(first.state, again.state)).toBe(0);
    for (const other of [withRate(0), withRate(0.25)]) {
      expect(distance(first.state, (await run(other)).state)).toBeGreaterThan(1e-3);
    }
  });

  test("drops something else in each step", async () => {
    // Eight times the same picture, and a rate so small that nothing moves: the loss shows the masks alone.
    const still = withRate(0.5, { train: new Int32Array(8), epochs: 3, validation: new Int32Array(0) });
    still.recipe.optimizer = { ...recipe.optimizer, options: { learningRate: 1e-20 } };
    const { epochs } = await run(still);
    expect(new Set(epochs.map(({ trainLoss }) => trainLoss.toFixed(6))).size).toBe(3);
  });

  test("drops something else in each chunk of a longer step", async () => {
    // Chunks of one and the same picture: with the same masks the loss of two would be the loss of one.
    const lossOf = async (count: number) => {
      const request = { train: new Int32Array(count), batchSize: 4, accumulate: 2, epochs: 1 };
      return (await run(withRate(0.5, request))).epochs[0]!.trainLoss;
    };
    expect(Math.abs((await lossOf(8)) - (await lossOf(4)))).toBeGreaterThan(1e-4);
  });

  test("is away while judging: the same weights get the same scores, those of the network without it", async () => {
    const trainer = await trainerOf(withRate(0.5));
    const plain = await trainerOf(withRate(0));
    const { initial } = planOf(withRate(0.5));
    const [first, again, without] = [
      await trainer.score(indices(0, 6), initial),
      await trainer.score(indices(0, 6), initial),
      await plain.score(indices(0, 6), initial),
    ];
    expect(again.scores).toEqual(first.scores);
    expect(without.scores).toEqual(first.scores);
  });

  test("learns, in an mlp and in a cnn", async () => {
    const quick = { optimizer: adam({ learningRate: 0.02 }) };
    const models = [mlp({ hidden: [32], dropout: 0.3 }), cnn({ channels: [16], dropout: 0.3 })];
    for (const model of models) {
      const { epochs, initial } = await run({ recipe: { ...recipe, ...quick, model }, epochs: 60 });
      expect(initial.loss).toBeCloseTo(Math.log(3), 1);
      expect(epochs.at(-1)!.trainLoss).toBeLessThan(0.6);
    }
  });
});

describe("warm-up", () => {
  test("rises from a tenth of the rate to the rate, then the schedule begins", async () => {
    const { events } = await run({ epochs: 4, warmUp: 2, batchSize: 28 });
    const rates = events.flatMap((event) => (event.type === "epoch" ? [event.learningRate] : []));
    // Steps at the times 0, 1, 2 and 3 epochs.
    for (const [i, expected] of [0.01, 0.055, 0.1, 0.1].entries()) expect(rates[i]).toBeCloseTo(expected, 12);
  });
});

test("a schedule that waits for the loss hears it: the rate falls on a plateau", async () => {
  const still = { ...recipe, optimizer: { ...recipe.optimizer, options: { learningRate: 1e-20 } } };
  const schedule = {
    kind: "schedule" as const,
    name: "plateau",
    options: { factor: 0.5, patience: 0, threshold: 0.01 },
  };
  const { epochs } = await run({ recipe: still, schedule, epochs: 4, batchSize: 28 });
  expect(epochs.map(({ learningRate }) => learningRate / 1e-20)).toEqual(
    [1, 1, 0.5, 0.25].map((x) => expect.closeTo(x, 9)),
  );
});

test("a trainer that owns its plan's first values ends as one that copies them, and scores the weights it is given", async () => {
  const plain = await run();
  const [plan, first] = [planOf(), planOf().initial];
  const owner = await Trainer.create(plan, runtime, undefined, undefined, true);
  const owned = await run({}, owner);
  expect(distance(plain.state, owned.state)).toBe(0);
  // The very arrays were written over.
  expect(distance(plan.initial, first)).toBeGreaterThan(0);
  const fresh = await trainerOf();
  const pictures = indices(28, 34);
  const [before, after] = [await fresh.score(pictures), await owner.score(pictures)];
  owner.use(first);
  expect((await owner.score(pictures)).scores).toEqual(before.scores);
  expect(after.scores).not.toEqual(before.scores);
});
