import { describe, expect, test } from "vitest";
import { distance, indices, recipe, run, trainerOf } from "../../test/tiny.ts";
import { mlp } from "../models/index.ts";
import { adam, gradientDescent, momentum, optimizers, sgd } from "../optimizers/index.ts";
import type { LearningRateRange, RangePoint, TrainEvent } from "./events.ts";
import { steepest } from "./learning-rate-range.ts";
import type { PlanRequest } from "./make-plan.ts";
import type { Trainer } from "./trainer.ts";

async function rangeOf(trainer: Trainer, stop = () => false) {
  const events: TrainEvent[] = [];
  await trainer.findLearningRate((event) => events.push(event), stop);
  const found = events.flatMap((event) => (event.type === "range" ? [event.range] : []));
  return { events, range: found[0] as LearningRateRange };
}

/** A curve of these smoothed losses, ten points a decade from 1e-5 on, the raw losses a little off to either side. */
const curveOf = (losses: readonly number[], noise = 1e-3): RangePoint[] =>
  losses.map((smoothed, i) => {
    return { learningRate: 10 ** (-5 + i / 10), loss: smoothed + (i % 2 === 0 ? noise : -noise), smoothed };
  });
const logistic = (i: number) => 2 - 1 / (1 + Math.exp(-(i - 30) / 3));

describe("the proposal", () => {
  test("is where the loss falls most steeply", () => {
    const rate = steepest(curveOf(Array.from({ length: 60 }, (_, i) => logistic(i))))!;
    expect(Math.log10(rate)).toBeCloseTo(-2, 6);
  });

  test("lies before the minimum: a fall after a bump does not count", () => {
    const losses = Array.from({ length: 60 }, (_, i) => (i <= 45 ? logistic(i) : i < 50 ? 9 : 9 - 0.5 * (i - 50)));
    expect(Math.log10(steepest(curveOf(losses))!)).toBeCloseTo(-2, 6);
  });

  test("is not made where the loss never falls, or by less than the batches differ", () => {
    expect(steepest(curveOf(Array.from({ length: 60 }, (_, i) => 2 + i / 100)))).toBeNull();
    const slight = Array.from({ length: 60 }, (_, i) => 2 - 0.01 * (2 - logistic(i)));
    expect(steepest(curveOf(slight, 0.5))).toBeNull();
    expect(steepest(curveOf(slight, 1e-4))).not.toBeNull();
    const rounding = Array.from({ length: 60 }, (_, i) => 2 - 1e-6 * (2 - logistic(i)));
    expect(steepest(curveOf(rounding, 0))).toBeNull();
    expect(steepest([])).toBeNull();
  });
});

describe("the range test", () => {
  const requests: [string, Partial<PlanRequest>][] = [
    ["adam with averages", { recipe: { ...recipe, optimizer: adam() }, averageWeights: 0.9 }],
    ["momentum over two batches", { recipe: { ...recipe, optimizer: momentum() }, accumulate: 2 }],
    ["full-batch descent", { recipe: { ...recipe, optimizer: gradientDescent() } }],
    ["dropout", { recipe: { ...recipe, model: mlp({ hidden: [5], dropout: 0.5 }) } }],
  ];

  test.each(requests)(
    "leaves no trace, %s: what is trained afterwards is what is trained without it",
    async (_, request) => {
      const trainer = await trainerOf(request);
      const before = await trainer.score(indices(0, 6));
      const { range } = await rangeOf(trainer);
      expect(range.curve.length).toBeGreaterThan(20);
      expect(await trainer.score(indices(0, 6))).toEqual(before);
      const after = await run(request, trainer);
      const fresh = await run(request);
      expect(Object.keys(after.state)).toEqual(Object.keys(fresh.state));
      expect(distance(after.state, fresh.state)).toBe(0);
      const timeless = ({ seconds, standing, ...rest }: (typeof after.epochs)[number]) => rest;
      expect(after.epochs.map(timeless)).toEqual(fresh.epochs.map(timeless));
    },
  );

  const firstOrder = Object.values(optimizers).map((unit) => [unit.name, unit] as const);
  test.each(firstOrder)(
    "works with %s: rates rise from 1e-7, the loss is smoothed, it ends by diverging or at 10",
    async (_, unit) => {
      const optimizer = { kind: "optimizer" as const, name: unit.name, options: { ...unit.defaults } };
      const trainer = await trainerOf({ recipe: { ...recipe, optimizer } });
      const { range, events } = await rangeOf(trainer);
      const { curve, divergedAt } = range;
      expect(curve[0]!.learningRate).toBeCloseTo(1e-7, 12);
      for (let i = 1; i < curve.length; i++) {
        expect(curve[i]!.learningRate / curve[i - 1]!.learningRate).toBeCloseTo(1e8 ** (1 / 99), 6);
        const weight = (n: number) => 1 - 0.9 ** n;
        const expected = (0.9 * weight(i) * curve[i - 1]!.smoothed + 0.1 * curve[i]!.loss) / weight(i + 1);
        expect(curve[i]!.smoothed).toBeCloseTo(expected, 9);
      }
      let best = Number.POSITIVE_INFINITY;
      for (const [i, { smoothed }] of curve.entries()) {
        best = Math.min(best, smoothed);
        // Only the last point may be four times the best, and then it is where the test ends.
        const last = i === curve.length - 1 && divergedAt === curve[i]!.learningRate;
        expect([i, smoothed > 4 * best]).toEqual([i, last]);
      }
      if (divergedAt === null) expect(curve.at(-1)!.learningRate).toBeCloseTo(10, 9);
      else expect(divergedAt).toBeGreaterThanOrEqual(curve.at(-1)!.learningRate);
      expect(events.at(-1)!.type).toBe("finished");
    },
  );

  test("of sgd proposes a rate that works, and finds where it diverges", async () => {
    const request = { recipe: { ...recipe, optimizer: sgd() } };
    const { range } = await rangeOf(await trainerOf(request));
    expect(range.suggestion).toBeGreaterThan(1e-4);
    expect(range.suggestion).toBeLessThan(range.divergedAt ?? 10);
    const trained = await run({ ...request, learningRate: range.suggestion!, epochs: 30 });
    expect(trained.epochs.at(-1)!.trainLoss).toBeLessThan(0.9 * trained.initial.loss);
  });

  test("stops when it is told to, and puts the weights back then, too", async () => {
    const trainer = await trainerOf();
    const before = await trainer.score(indices(0, 6));
    let asked = 0;
    const { events } = await rangeOf(trainer, () => ++asked > 50);
    expect(events.at(-1)).toMatchObject({ type: "interrupted", step: 0 });
    expect(await trainer.score(indices(0, 6))).toEqual(before);
  });
});
