/** PyTorch's learning-rate schedules: the rates at the start of each epoch, from a rate of 0.1. */
import { describe, expect, test } from "vitest";
import { type ScheduleName, schedules, type Time, warmedUp } from "../../src/schedules/index.ts";
import { found, golden, sayWhenMissing } from "./golden.ts";

sayWhenMissing();

type Factor = (epoch: number) => number;
const when = (epoch: number, epochs: number): Time => ({ epoch, epochs, losses: [] });
const of =
  (name: ScheduleName, options: object, epochs = 11): Factor =>
  (epoch) =>
    schedules[name].factor({ ...schedules[name].defaults, ...options }, when(epoch, epochs));

/** How each stored schedule is said here. */
const counterparts: Record<string, Factor> = {
  step: of("step", { every: 3, gamma: 0.5 }),
  multistep: of("multi-step", { milestones: [2, 5], gamma: 0.1 }),
  exp: of("exponential", { gamma: 0.9 }),
  cosine: of("cosine", { final: 0.01 }, 10),
  warm_restarts: of("warm-restarts", { period: 4, multiplier: 2 }),
  // Of 12 steps PyTorch's first is at 0 and its last at 11; its peak is at 0.3 · 12 − 1.
  onecycle: of("one-cycle", { warmUp: (0.3 * 12 - 1) / 11 }, 11),
  linear: of("linear", { initial: 0.25, final: 1 }, 5),
  poly: of("polynomial", { power: 2 }, 8),
};

describe(`PyTorch ${golden.torch}: schedules`, () => {
  const rows = Object.entries(golden.lr_schedules);
  test.skipIf(!found)("every row is covered", () =>
    expect(Object.keys(counterparts).sort()).toEqual(rows.map(([name]) => name).sort()),
  );

  const compare = (factor: Factor, rates: readonly number[]) =>
    rates.forEach((rate, epoch) => {
      expect(Math.abs(0.1 * factor(epoch) - rate), `epoch ${epoch}`).toBeLessThan(1e-9 * Math.max(rate, 1e-3));
    });
  test.each(rows)("%s", (name, rates) => compare(counterparts[name], rates));

  test.skipIf(!found)("its linear schedule is also our warm-up before a constant rate", () => {
    const warm: Factor = (epoch) =>
      warmedUp(schedules.constant, {}, { epochs: 5, start: 0.25 }, when(epoch, golden.lr_schedules.linear.length));
    compare(warm, golden.lr_schedules.linear);
  });
});
