import { describe, expect, test } from "vitest";
import { type Configuration, choice, float, int, logFloat, Space } from "../space/index.ts";
import { importances } from "./importance.ts";
import type { Sampler } from "./sampler.ts";
import { randomSampler } from "./samplers/random.ts";
import { tpeSampler } from "./samplers/tpe.ts";
import type { Trial } from "./trial.ts";

const guided = tpeSampler as unknown as Sampler;

type Judge = (one: Record<string, number>) => Partial<Trial>;

function search(space: Space, judge: Judge, count: number, seed = 1, sampler = randomSampler): Trial[] {
  const trials: Trial[] = [];
  for (let number = 0; number < count; number++) {
    const configuration = sampler.ask({ space, seed, number, trials }, sampler.defaults)!;
    const known = judge(configuration as Configuration & Record<string, number>);
    trials.push({ number, configuration, outcome: "complete", ...known });
  }
  return trials;
}
const shares = (space: Space, trials: readonly Trial[], limits?: Record<string, number>) =>
  Object.fromEntries(
    importances({ space, trials, ...(limits ? { limits } : {}) }).map(({ parameter, share }) => [parameter, share]),
  ) as Record<string, number>;

const cube = new Space({ x0: float(0, 1), x1: float(0, 1), x2: float(0, 1) });

describe("the importance of hyperparameters", () => {
  test.each([1, 2, 3])("10·x0 + x1: nearly all is x0, nothing is x2 (seed %i)", (seed) => {
    const trials = search(cube, ({ x0, x1 }) => ({ value: 10 * x0! + x1! }), 300, seed);
    const { x0, x1, x2 } = shares(cube, trials);
    expect(x0).toBeGreaterThan(0.9);
    expect(x1).toBeLessThan(0.08);
    expect(x2).toBeLessThan(0.03);
    expect(x0! + x1! + x2!).toBeCloseTo(1, 12);
    expect(importances({ space: cube, trials })[0]!.parameter).toBe("x0");
  });

  test("equal parameters have equal shares, whatever their scale and kind", () => {
    const space = new Space({ rate: logFloat(1e-4, 1), units: int(1, 64), other: float(5, 6) });
    const judge: Judge = ({ rate, units }) => ({
      value: (Math.log10(rate!) / 4 + 0.5) ** 2 + ((units! - 32.5) / 64) ** 2,
    });
    const { rate, units, other } = shares(space, search(space, judge, 300));
    expect(Math.abs(rate! - units!)).toBeLessThan(0.15);
    expect(other).toBeLessThan(0.05);
  });

  test("a choice is as important as what it decides", () => {
    const space = new Space({ kind: choice("a", "b", "c", "d"), colour: choice("red", "green"), x: float(0, 1) });
    const judge: Judge = ({ kind, x }) => ({ value: ((kind as unknown) === "b" ? 0 : 1) + 0.1 * x! });
    const { kind, colour, x } = shares(space, search(space, judge, 200));
    expect(kind).toBeGreaterThan(0.6);
    expect(x).toBeGreaterThan(colour!);
    expect(colour).toBeLessThan(0.05);
  });

  test("under a condition: choosing it belongs to the parent, what is tuned there to the child", () => {
    const when = (is: string) => ({ when: { parameter: "model", is: [is] } });
    const space = new Space({
      model: choice("good", "bad"),
      tuned: { ...float(0, 1), ...when("good") },
      idle: { ...float(0, 1), ...when("good") },
      lost: { ...float(0, 1), ...when("bad") },
    });
    const worse: Judge = ({ model, lost }) => ({
      value: (model as unknown) === "good" ? 0 : 10 + (lost ?? 0),
    });
    const chosen = shares(
      space,
      search(space, (one) => ({ value: worse(one).value! + 1e-6 * one.idle! || 0 }), 300),
    );
    expect(chosen.lost).toBeLessThan(0.01);
    const both = search(space, (one) => ({ value: worse(one).value! + (one.tuned ?? 0) }), 300);
    const { model, tuned, idle, lost } = shares(space, both);
    expect(tuned).toBeGreaterThan(0.3);
    expect(model).toBeGreaterThan(0.05);
    expect(idle! + lost!).toBeLessThan(0.1);
  });

  test("a short search has many parameters that differ by chance, and hardly shows it", () => {
    const names = Array.from({ length: 12 }, (_, i) => `x${i}`);
    const wide = new Space(Object.fromEntries(names.map((name) => [name, float(0, 1)])));
    const found = [1, 2, 3].map((seed) =>
      shares(
        wide,
        search(wide, ({ x0 }) => ({ value: x0! }), 25, seed),
      ),
    );
    expect(found.reduce((sum, { x0 }) => sum + x0!, 0) / 3).toBeGreaterThan(0.7);
  });

  test("what is rarely there among the best is not important, however much it decides where it is", () => {
    const space = new Space({
      model: choice("good", "fair", "bad"),
      other: float(0, 1),
      rate: { ...float(0, 1), when: { parameter: "model", is: ["bad"] } },
    });
    const value = { good: 0, fair: 1, bad: 2 };
    const judge: Judge = ({ model, rate }) => ({
      value: value[model as unknown as keyof typeof value] - (rate !== undefined && rate < 0.1 ? 1.5 : 0),
    });
    const { model, rate } = shares(space, search(space, judge, 300));
    expect(rate).toBeLessThan(0.3);
    expect(model).toBeGreaterThan(0.7);
  });

  test("a short search that has closed in still tells what matters", () => {
    const judge: Judge = ({ x0, x1 }) => ({ value: 10 * (x0! - 0.4) ** 2 + (x1! - 0.4) ** 2 });
    const tops = [1, 2, 3].map((seed) => shares(cube, search(cube, judge, 30, seed)).x0!);
    expect(tops.toSorted((a, b) => a - b)[1]).toBeGreaterThan(0.5);
    const closed = [1, 2].map((seed) => shares(cube, search(cube, judge, 60, seed, guided)));
    for (const { x0, x1, x2 } of closed) expect(x0).toBeGreaterThan(Math.max(x1!, x2!));
  });

  test("what fails, or breaks a limit, counts as bad", () => {
    const failing = search(cube, ({ x2 }) => (x2! > 0.5 ? { outcome: "failed" } : { value: 1 }), 200);
    expect(shares(cube, failing).x2).toBeGreaterThan(0.8);
    const slow = search(cube, ({ x1, x2 }) => ({ value: x1!, measured: { latencyMs: x2! } }), 200);
    expect(shares(cube, slow).x1).toBeGreaterThan(0.8);
    expect(shares(cube, slow, { latencyMs: 0.1 }).x2).toBeGreaterThan(0.5);
  });

  test("of too few, or of what makes no difference at all, nothing is said", () => {
    expect(importances({ space: cube, trials: search(cube, ({ x0 }) => ({ value: x0! }), 9) })).toEqual([]);
    const fixed = new Space({ x: int(3, 3) });
    const trials = Array.from({ length: 20 }, (_, number) => ({
      ...{ number, configuration: { x: 3 }, outcome: "complete" as const },
      value: number,
    }));
    expect(importances({ space: fixed, trials })).toEqual([]);
  });
});
