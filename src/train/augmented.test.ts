/** Training on pictures that are changed at random: on native code, in this thread. */
import { describe, expect, test } from "vitest";
import { COUNT, distance, pictures, planOf, recipe, run } from "../../test/tiny.ts";
import { type AugmentationChoice, type AugmentOption, memoryRows, settleAugment } from "../data/index.ts";
import { hinge } from "../losses/index.ts";
import { mlp } from "../models/index.ts";
import { gradientDescent } from "../optimizers/index.ts";
import { augmenterOf, batchFeed } from "./batch-feed.ts";
import type { Feeder } from "./feeder.ts";
import { orderOf } from "./order-of.ts";

const shifts = settleAugment({ kind: "augmentation", name: "shift", options: { share: 0.4 } });
const unit = (name: string, options: object = {}): AugmentationChoice =>
  ({ kind: "augmentation", name, options }) as AugmentationChoice;
const asked = (...choices: AugmentationChoice[]) => settleAugment(choices as AugmentOption);
const still = { ...recipe, optimizer: { ...recipe.optimizer, options: { learningRate: 1e-30 } } };

describe("augmentation in a run", () => {
  test("changes what is learned, and is the same again", async () => {
    const [plain, one, two] = [await run(), await run({ augment: shifts }), await run({ augment: shifts })];
    expect(distance(plain.state, one.state)).toBeGreaterThan(1e-4);
    expect(distance(one.state, two.state)).toBe(0);
  });

  test("none of it is the run of before", async () => {
    expect(planOf({ augment: [] })).toEqual(planOf());
    expect(distance((await run({ augment: [] })).state, (await run()).state)).toBe(0);
  });

  test("is for training only: what is scored stays as it is", async () => {
    const [plain, changed] = [
      await run({ recipe: still }),
      await run({ recipe: still, augment: asked(unit("noise", { deviation: 90 })) }),
    ];
    expect(changed.initial).toEqual(plain.initial);
    expect(changed.epochs.map(({ validation }) => validation)).toEqual(
      plain.epochs.map(({ validation }) => validation),
    );
    // And the training pictures are not the same ones in every epoch.
    expect(plain.epochs[0]!.trainLoss).toBeCloseTo(plain.epochs[1]!.trainLoss, 6);
    expect(Math.abs(changed.epochs[0]!.trainLoss - changed.epochs[1]!.trainLoss)).toBeGreaterThan(1e-4);
  });

  test("comes to the same in steps of parts as in whole steps", async () => {
    const whole = await run({ augment: shifts, batchSize: 8 });
    const parts = await run({ augment: shifts, batchSize: 4, accumulate: 2 });
    expect(distance(whole.state, parts.state)).toBeLessThan(1e-5);
    const descent = { ...recipe, optimizer: gradientDescent({ learningRate: 0.1 }) };
    const full = await run({ recipe: descent, augment: shifts });
    const one = await run({ recipe: { ...recipe }, batchSize: 28, augment: shifts });
    expect(distance(full.state, one.state)).toBeLessThan(1e-5);
  });

  test("goes together with dropout, weights and targets", async () => {
    const weights = Float32Array.from({ length: COUNT }, (_, i) => 1 + (i % 3));
    const targets = Float32Array.from({ length: 3 * COUNT }, (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 0.8 : 0.1));
    const request = {
      recipe: { ...recipe, model: mlp({ hidden: [5], dropout: 0.3 }) },
      pictures: { ...pictures(), weights, targets },
      augment: asked(unit("shift"), unit("mixup", { alpha: 1 })),
    };
    const [one, two] = [await run(request), await run(request)];
    expect(distance(one.state, two.state)).toBe(0);
    expect(Number.isFinite(one.epochs.at(-1)!.trainLoss)).toBe(true);
  });

  test("mixing makes targets of labels: shares of both pictures, which sum to 1", () => {
    const plan = planOf({ augment: asked(unit("mixup", { alpha: 1 })) });
    const rows = memoryRows(plan.pictures);
    const augmenter = augmenterOf(plan, rows)!;
    const { values, fill } = batchFeed(plan.pictures, rows, 8, 3, augmenter);
    const order = orderOf(plan, 1);
    fill(order, 0, 1);
    const targets = values.targets!.data as Float32Array;
    const shares = new Set<number>();
    for (let i = 0; i < 8; i++) {
      const own = plan.pictures.labels[order[i]!]!;
      const row = [...targets.subarray(3 * i, 3 * i + 3)];
      expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
      expect(row[own]).toBeGreaterThanOrEqual(0.5);
      const bytes = new Uint8Array(9);
      rows.read(order, i, 1, bytes);
      const mixture = augmenter.apply(bytes, 1, order, i)!;
      expect([...bytes]).toEqual([...(values.pixels!.data as Uint8Array).subarray(9 * i, 9 * i + 9)]);
      const other = plan.pictures.labels[mixture.partner]!;
      if (other !== own) expect(row[other]).toBeCloseTo(1 - mixture.share, 6);
      shares.add(mixture.share);
    }
    expect(shares.size).toBe(8);
  });

  test("mixing with soft targets mixes those", () => {
    const targets = Float32Array.from({ length: 3 * COUNT }, (_, i) => [0.7, 0.2, 0.1][i % 3]!);
    const plan = planOf({ pictures: { ...pictures(), targets }, augment: asked(unit("cutmix")) });
    const rows = memoryRows(plan.pictures);
    const { values, fill } = batchFeed(plan.pictures, rows, 8, 3, augmenterOf(plan, rows));
    fill(orderOf(plan, 1), 0, 1);
    for (let i = 0; i < 8; i++) {
      const row = [...(values.targets!.data as Float32Array).subarray(3 * i, 3 * i + 3)];
      for (const [c, value] of row.entries()) expect(value).toBeCloseTo([0.7, 0.2, 0.1][c]!, 6);
    }
  });

  test("a loss that needs one true class is refused where classes are mixed", () => {
    const request = { recipe: { ...recipe, loss: hinge() }, augment: asked(unit("mixup")) };
    expect(() => planOf(request)).toThrow(/a loss that does not fit the targets/);
    expect(() => planOf({ ...request, augment: shifts })).not.toThrow();
  });
});

describe("a feeder", () => {
  test("is asked for every batch in order, and is passed by when it has another one", async () => {
    const plan = planOf({ augment: shifts });
    const asked: [number, number][] = [];
    const { createStepper } = await import("./stepper.ts");
    const { StepScalars } = await import("./step-scalars.ts");
    const { loadNative } = await import("../runtime/node/index.ts");
    const runtime = await loadNative({ threads: 1 });
    if (runtime instanceof Error) throw runtime;
    const stateWith = async (feeder?: Feeder) => {
      const scalars = new StepScalars(plan);
      const stepper = await createStepper(plan, runtime, scalars.scalars, memoryRows(plan.pictures), feeder);
      for (let step = 1; step <= 8; step++) {
        scalars.set(0.1, step);
        const epoch = Math.ceil(step / stepper.stepsPerEpoch);
        await stepper.step(orderOf(plan, epoch), (step - 1) % stepper.stepsPerEpoch, step);
      }
      return await stepper.state.snapshot();
    };
    const alone = await stateWith();
    const passedBy = await stateWith({
      take: (epoch, start) => {
        asked.push([epoch, start]);
        return false;
      },
    });
    expect(asked).toEqual([1, 2].flatMap((epoch) => [0, 8, 16, 24].map((start) => [epoch, start])));
    expect(distance(alone, passedBy)).toBe(0);
    // What it brings is what is learned from.
    const black = await stateWith({
      take: (_epoch, _start, values) => (values.pixels!.data as Uint8Array).fill(0) !== undefined,
    });
    expect(distance(alone, black)).toBeGreaterThan(1e-3);
  });
});
