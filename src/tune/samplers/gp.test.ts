import { describe, expect, test, vi } from "vitest";
import { type Configuration, Space } from "../../space/index.ts";
import type { Ask } from "../sampler.ts";
import type { Trial } from "../trial.ts";
import { gpSampler } from "./gp.ts";
import { tpeSampler } from "./tpe.ts";

const ask = (request: Ask, sampler = gpSampler) => sampler.ask(request, {});
const plane = new Space({ x: { kind: "float", low: -5, high: 10 }, y: { kind: "float", low: 0, high: 15 } });

/** Branin 1972; least 0.398. */
function branin({ x, y }: Configuration): number {
  const [a, b] = [x as number, y as number];
  const valley = b - (5.1 / (4 * Math.PI ** 2)) * a * a + (5 / Math.PI) * a - 6;
  return valley ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10;
}

interface Run {
  readonly space?: Space;
  readonly of?: (configuration: Configuration) => Partial<Trial>;
  readonly count: number;
  /** Trials that are asked for before the first of them has ended. */
  readonly batch?: number;
  readonly rest?: Partial<Ask>;
  /** Whether those that run are told of. */
  readonly tells?: boolean;
}

function run({
  space = plane,
  of = (c) => ({ value: branin(c) }),
  count,
  batch = 1,
  rest,
  tells = true,
}: Run): Trial[] {
  const trials: Trial[] = [];
  while (trials.length < count) {
    const open: Trial[] = [];
    for (let i = 0; i < batch; i++) {
      const known = tells ? [...trials, ...open] : trials;
      const number = trials.length + i;
      const configuration = ask({ space, seed: 3, number, trials: known, ...rest })!;
      open.push({ number, configuration, outcome: "running" });
    }
    for (const trial of open) trials.push({ ...trial, outcome: "complete", ...of(trial.configuration) });
  }
  return trials;
}
const least = (trials: readonly Trial[]) => Math.min(...trials.map(({ value }) => value!));

test("finds a minimum", () => {
  expect(least(run({ count: 24 }))).toBeLessThan(0.398 + 0.01);
});

test("what others are trying is believed, so a batch is spread, and finds more", () => {
  const believing = run({ count: 32, batch: 8 });
  const ignoring = run({ count: 32, batch: 8, tells: false });
  expect(least(believing)).toBeLessThan(0.398 + 0.1);
  expect(least(believing)).toBeLessThan(least(ignoring));
  const far = ({ configuration: a }: Trial, { configuration: b }: Trial) =>
    Math.hypot((a.x as number) - (b.x as number), (a.y as number) - (b.y as number));
  const nearest = (batch: Trial[]) =>
    Math.min(...batch.flatMap((one, i) => batch.slice(i + 1).map((other) => far(one, other))));
  expect(nearest(believing.slice(8, 16))).toBeGreaterThan(nearest(ignoring.slice(8, 16)));
});

describe("replay", () => {
  const trials = run({ count: 24 });

  test("out of nothing the same is asked for as in the course of the study", async () => {
    vi.resetModules();
    const { gpSampler: fresh } = await import("./gp.ts");
    expect(fresh).not.toBe(gpSampler);
    for (const number of [23, 17]) {
      const request = { space: plane, seed: 3, number, trials: trials.slice(0, number) };
      expect(ask(request, fresh)).toEqual(trials[number].configuration);
    }
  });

  test("the order in which trials are told of does not matter", () => {
    const request = { space: plane, seed: 3, number: 24, trials };
    expect(ask({ ...request, trials: trials.toReversed() })).toEqual(ask(request));
  });
});

describe("limits", () => {
  test("what can be computed is kept, and asked only where it matters", () => {
    let asked = 0;
    const allows = ({ y }: Configuration) => {
      asked++;
      return (y as number) > 4;
    };
    const trials = run({ count: 24, rest: { allows } });
    expect(trials.every(({ configuration }) => allows(configuration))).toBe(true);
    asked = 0;
    ask({ space: plane, seed: 3, number: 24, trials, allows });
    // Of 1,084 candidates few are asked for, and what becomes of the best of them.
    expect(asked).toBeLessThan(250);
    // Of three minima the one that is left.
    expect(least(trials)).toBeLessThan(0.398 + 0.1);
  });

  test("what is measured is learnt: the least value that keeps the limit", () => {
    // The two minima with little y are forbidden; the one that is left lies at (−π, 12.275).
    const of = (configuration: Configuration): Partial<Trial> => ({
      value: branin(configuration),
      measured: { latency: Math.exp(-(configuration.y as number)) },
    });
    const limits = { latency: Math.exp(-8) };
    const trials = run({ count: 26, of, rest: { limits } });
    const kept = trials.filter(({ measured }) => measured!.latency <= limits.latency);
    expect(least(kept)).toBeLessThan(0.398 + 0.05);
    expect(kept.length).toBeGreaterThan(12);
  });

  test("while nothing is known to keep them, that is what is looked for", () => {
    const of = ({ x, y }: Configuration): Partial<Trial> => ({
      value: -(x as number),
      measured: { size: 10 ** ((25 - (x as number) - (y as number)) / 5) },
    });
    // A corner of 0.03 % of the plane.
    const trials = run({ count: 14, of, rest: { limits: { size: 1.2 } } });
    expect(trials.slice(0, 8).some(({ measured }) => measured!.size <= 1.2)).toBe(false);
    expect(trials.slice(8).some(({ measured }) => measured!.size <= 1.2)).toBe(true);
  });
});

test("trials that failed are told apart from those that did well", () => {
  // Half of the plane cannot be trained.
  const of = (configuration: Configuration): Partial<Trial> =>
    (configuration.x as number) < 2.5 ? { outcome: "failed" } : { value: branin(configuration) };
  const trials = run({ count: 26, of });
  expect(trials.slice(12).filter(({ outcome }) => outcome === "failed").length).toBeLessThan(5);
  const values = trials.flatMap(({ value }) => (value === undefined ? [] : [value]));
  expect(Math.min(...values)).toBeLessThan(0.398 + 0.1);
});

test("while every trial fails, the space is gone through evenly", () => {
  const trials = run({ count: 12, of: () => ({ outcome: "failed" }) });
  expect(new Set(trials.map(({ configuration }) => plane.keyOf(configuration))).size).toBe(12);
});

test("leaves more than 1,000 trials, and more than 50 parameters, to tpe", () => {
  const trials = Array.from({ length: 1001 }, (_, number): Trial => {
    const configuration = { x: -5 + ((number * 0.137) % 15), y: (number * 0.311) % 15 };
    return { number, configuration, outcome: "complete", value: branin(configuration) };
  });
  const many = { space: plane, seed: 3, number: 1001, trials };
  expect(ask(many)).toEqual(tpeSampler.ask(many, tpeSampler.defaults));
  const names = Array.from({ length: 51 }, (_, i) => `x${i}`);
  const wide = new Space(Object.fromEntries(names.map((name) => [name, { kind: "float", low: 0, high: 1 }])));
  const first = { space: wide, seed: 3, number: 0, trials: [] };
  expect(ask(first)).toEqual(tpeSampler.ask(first, tpeSampler.defaults));
});

test("a mixed space: the right choice, its own parameter, and the best of many integers", () => {
  const space = new Space({
    model: { kind: "choice", choices: ["linear", "mlp", "cnn"] },
    depth: { kind: "int", low: 1, high: 100, when: { parameter: "model", is: ["mlp"] } },
    rate: { kind: "float", low: 1e-5, high: 1, log: true, when: { parameter: "model", is: ["mlp", "cnn"] } },
  });
  const of = ({ model, depth, rate }: Configuration): Partial<Trial> => {
    if (model === "linear") return { value: 1 };
    const value = 0.3 * Math.log10((rate as number) / 1e-3) ** 2;
    return { value: model === "cnn" ? 0.6 + value : value + Math.abs((depth as number) - 61) / 60 };
  };
  const best = run({ space, of, count: 32 }).reduce((a, b) => (b.value! < a.value! ? b : a));
  expect(best.configuration.model).toBe("mlp");
  expect(Math.abs((best.configuration.depth as number) - 61)).toBeLessThan(4);
  expect(best.value).toBeLessThan(0.06);
});
