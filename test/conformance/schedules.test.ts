/** Every schedule of the catalogue: laws, and values that its definition gives. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkOptions } from "../../src/core/index.ts";
import { type Schedule, type ScheduleName, schedules, type Time, warmedUp, warmUp } from "../../src/schedules/index.ts";

const catalogue = Object.entries(schedules) as [ScheduleName, Schedule][];
const when = (epoch: number, epochs = 10, losses: readonly number[] = []): Time => ({ epoch, epochs, losses });
/** The factors of a run of ten epochs with ten steps each, whose loss stays where it is. */
const run = (unit: Schedule, options: object = unit.defaults) =>
  Array.from({ length: 101 }, (_, step) =>
    unit.factor(options, when(step / 10, 10, Array(Math.floor(step / 10)).fill(1))),
  );
const factor = (name: ScheduleName, options: object, time: Time) =>
  schedules[name].factor({ ...schedules[name].defaults, ...options }, time);

describe.each(catalogue)("schedule %s", (name, unit) => {
  test("is listed by its name, and its defaults are within its ranges", () => {
    expect(unit.name).toBe(name);
    expect(() => checkOptions("schedule", unit, { ...unit.defaults })).not.toThrow();
  });

  test("the factors of a run lie in [0, 1], and the highest is 1: the rate is the peak", () => {
    const factors = run(unit);
    expect(factors.filter((value) => !(value >= 0 && value <= 1 + 1e-12))).toEqual([]);
    expect(Math.max(...factors)).toBeCloseTo(1, 12);
  });

  test("is pure: the same in any order, and it changes neither options nor losses", () => {
    const [options, losses] = [Object.freeze({ ...unit.defaults }), Object.freeze([3, 2, 2, 2, 2])];
    const epochs = [5, 0, 2.5, 9.9, 2.5, 0];
    const [first, second] = [0, 1].map(() => epochs.map((epoch) => unit.factor(options, when(epoch, 10, losses))));
    expect(second).toEqual(first);
    expect([first[4], first[5]]).toEqual([first[2], first[1]]);
  });

  test("every option counts, and its extremes give finite factors that are not negative", () => {
    for (const [option, own] of Object.entries(unit.defaults)) {
      const [low, high] = unit.ranges?.[option] ?? [0, Number.POSITIVE_INFINITY];
      const numbers = [low, Number.isFinite(high) ? high - 1e-9 : 1e3, (own + (Number.isFinite(high) ? high : 5)) / 2];
      const values = Array.isArray(own) ? [[1], [2, 2], [100]] : numbers;
      const runs = values.map((value) => run(unit, { ...unit.defaults, [option]: value }));
      for (const factors of runs) expect(factors.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      // A loss that stays where it is is below no threshold, so that one is looked at by itself.
      if (option !== "threshold") expect(runs.filter((factors) => `${factors}` !== `${run(unit)}`)).not.toEqual([]);
    }
  });

  test("goes on past the end, and begins in a run of no length", () => {
    expect(Number.isFinite(unit.factor(unit.defaults, when(25)))).toBe(true);
    expect(unit.factor(unit.defaults, when(0, 0))).toBe(unit.factor(unit.defaults, when(0)));
  });
});

describe("values", () => {
  test("constant", () => expect(factor("constant", {}, when(7))).toBe(1));
  test("cosine falls all the way, through one half in the middle, to its end", () => {
    const factors = run(schedules.cosine);
    expect(factors.every((value, i) => i === 0 || value < factors[i - 1])).toBe(true);
    expect(factors[0]).toBe(1);
    expect(factors[50]).toBeCloseTo(0.5, 12);
    expect(factors[100]).toBeCloseTo(0, 12);
    expect(factor("cosine", { final: 0.1 }, when(10))).toBeCloseTo(0.1, 12);
  });
  test("step: down at every edge, not before it", () => {
    const at = (epoch: number) => factor("step", { every: 2, gamma: 0.5 }, when(epoch));
    expect([0, 1.99, 2, 3.99, 4, 9.9].map(at)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.0625]);
  });
  test("multi-step: down at each milestone, in whatever order they are given, twice where one is given twice", () => {
    const at = (epoch: number) => factor("multi-step", { milestones: [5, 2], gamma: 0.5 }, when(epoch));
    expect([0, 1.99, 2, 4.99, 5, 9.9].map(at)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
    expect(factor("multi-step", { milestones: [2, 2], gamma: 0.5 }, when(3))).toBe(0.25);
  });
  test("exponential: by the same share from any time to one epoch later", () => {
    const at = (epoch: number) => factor("exponential", { gamma: 0.7 }, when(epoch));
    for (const epoch of [0, 0.3, 4.5]) expect(at(epoch + 1) / at(epoch)).toBeCloseTo(0.7, 12);
    expect([at(0), at(0.5)]).toEqual([1, Math.sqrt(0.7)]);
  });
  test("polynomial: the power of what is left, between 1 and the end", () => {
    expect(factor("polynomial", { power: 3 }, when(5))).toBeCloseTo(0.125, 12);
    expect(factor("polynomial", { power: 2, final: 0.2 }, when(5))).toBeCloseTo(0.2 + 0.8 / 4, 12);
    expect(factor("polynomial", { power: 2, final: 0.2 }, when(10))).toBeCloseTo(0.2, 12);
  });
  test("linear: a straight line between its ends", () => {
    const at = (epoch: number) => factor("linear", { initial: 0.2, final: 0.8 }, when(epoch));
    expect([0, 5, 10, 11].map((epoch) => Number(at(epoch).toFixed(12)))).toEqual([0.2, 0.5, 0.8, 0.8]);
  });
  test("warm-restarts: back at 1 after 2, 2 + 6 and 2 + 6 + 18 epochs, at the end just before", () => {
    const at = (epoch: number) => factor("warm-restarts", { period: 2, multiplier: 3, final: 0.1 }, when(epoch, 30));
    for (const restart of [0, 2, 8, 26]) expect(at(restart)).toBe(1);
    for (const restart of [2, 8, 26]) expect(at(restart - 1e-6)).toBeCloseTo(0.1, 9);
    for (const middle of [1, 5, 17]) expect(at(middle)).toBeCloseTo(0.55, 12);
  });
  test("one-cycle: from 1/25 up to the rate at 30 %, down to 1/250000", () => {
    const at = (epoch: number) => factor("one-cycle", {}, when(epoch));
    expect(at(0)).toBeCloseTo(1 / 25, 15);
    expect(at(1.5)).toBeCloseTo((1 / 25 + 1) / 2, 12);
    expect(at(3)).toBe(1);
    expect(at(10)).toBeCloseTo(1 / 25 / 1e4, 15);
    expect(factor("one-cycle", { warmUp: 0 }, when(0))).toBe(1);
  });
});

/** Factors at the start of each epoch, given the losses of those before it. */
const alongLosses = (options: object, losses: readonly number[]) =>
  [...losses, 0].map((_, epoch) => factor("plateau", options, when(epoch, losses.length, losses.slice(0, epoch))));

describe("plateau", () => {
  const losses = [1, 0.8, 0.7995, 0.81, 0.7992, 0.7, 0.7, 0.71, 0.699, 0.72, 0.73, 0.7, Number.NaN, 0.69, 0.5];
  // torch.optim.lr_scheduler.ReduceLROnPlateau of PyTorch 1.13 on these losses, from a rate of 1.
  const torch: [string, object, number[]][] = [
    ["patient", { factor: 0.5, patience: 1, threshold: 1e-3 }, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4]],
    ["impatient", { factor: 0.1, patience: 0, threshold: 0.05 }, [0, 0, 0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11]],
    ["easily pleased", { factor: 0.3, patience: 2, threshold: 0 }, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]],
  ];
  test.each(torch)("falls when PyTorch's does: %s", (_, options, reductions) => {
    const { factor: each } = options as { factor: number };
    expect(alongLosses(options, losses)).toEqual(reductions.map((count) => each ** count));
  });

  test("a loss that is no number makes no progress and spoils nothing", () => {
    const options = { factor: 0.5, patience: 0, threshold: 0.01 };
    expect(alongLosses(options, [Number.NaN, 1, Number.POSITIVE_INFINITY, 0.5])).toEqual([1, 0.5, 0.5, 0.25, 0.25]);
    expect(alongLosses(options, [0, 0, 0])).toEqual([1, 1, 0.5, 0.25]);
  });

  test("the time within an epoch does not matter", () => {
    for (const epoch of [3, 3.5, 3.99]) expect(factor("plateau", {}, when(epoch, 9, [1, 1, 1]))).toBe(0.5);
  });
});

describe.each(catalogue)("a warm-up before %s", (_, unit) => {
  const at = (epoch: number, warm: number, losses: readonly number[] = []) =>
    warmedUp(unit, unit.defaults, { epochs: warm, start: 0.25 }, when(epoch, 10, losses));
  const first = unit.factor(unit.defaults, when(0));

  test("rises along a line from start times the first factor to the first factor", () => {
    expect(at(0, 4)).toBeCloseTo(0.25 * first, 12);
    expect(at(2, 4)).toBeCloseTo(0.625 * first, 12);
    expect(at(4 - 1e-12, 4)).toBeCloseTo(first, 9);
    expect(at(4, 4)).toBe(first);
  });

  test("then the schedule runs over what is left, with the losses since", () => {
    const losses = [1, 1, 1, 1, 1, 1, 1, 1];
    for (const epoch of [4, 4.5, 7, 10]) {
      const known = losses.slice(0, Math.floor(epoch));
      expect(at(epoch, 4, known)).toBe(unit.factor(unit.defaults, when(epoch - 4, 6, known.slice(4))));
    }
  });

  test("of no length changes nothing, and one as long as the run is all there is", () => {
    for (const epoch of [0, 3.3, 10])
      expect(at(epoch, 0, [2, 2])).toBe(unit.factor(unit.defaults, when(epoch, 10, [2, 2])));
    expect(at(5, 10)).toBeCloseTo(0.625 * unit.factor(unit.defaults, when(0, 0)), 12);
    for (const epoch of [10, 12]) expect(Number.isFinite(at(epoch, 10))).toBe(true);
    expect(at(3, 20)).toBeGreaterThan(0);
  });
});

test("the options of a warm-up are checked like those of a unit", () => {
  expect(() => checkOptions("schedule", warmUp, { ...warmUp.defaults })).not.toThrow();
  expect(() => checkOptions("schedule", warmUp, { epochs: -1 })).toThrow("a number, 0 or more");
  expect(() => checkOptions("schedule", schedules["multi-step"], { milestones: [0.5] })).toThrow("whole numbers");
});

test("docs/losses.md says when to choose which", () => {
  const text = readFileSync(new URL("../../docs/losses.md", import.meta.url), "utf8");
  expect(catalogue.filter(([name]) => !text.includes(`\n| \`${name}\` |`))).toEqual([]);
});
