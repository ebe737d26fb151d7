import { describe, expect, test } from "vitest";
import { checkOptions, Random } from "../../core/index.ts";
import type { Progress, Pruner, Race } from "../pruner.ts";
import { pruners } from "./index.ts";

const curve = (...values: number[]): Progress["values"] => new Map(values.map((value, i) => [i + 1, value]));
const trial = (number: number, state: Progress["state"], ...values: number[]): Progress => ({
  ...{ number, state },
  values: curve(...values),
});
const race = (trials: Progress[], steps = 27, more = true): Race => ({ trials, steps, more });

/** Runs trials one after the other as a study would; tells how many steps each was given. */
function run(pruner: Pruner, curves: readonly (readonly number[])[], steps: number, options: object = pruner.defaults) {
  const trials: { number: number; state: Progress["state"]; values: Map<number, number> }[] = [];
  const advance = (number: number, to: number) => {
    const one = trials[number];
    one.state = "running";
    for (let step = one.values.size + 1; step <= to; step++) {
      one.values.set(step, curves[number][step - 1]);
      if (pruner.prunes(one, race(trials, steps), options)) {
        one.state = "ended";
        return;
      }
    }
    one.state = to === steps ? "ended" : "paused";
  };
  for (;;) {
    const more = trials.length < curves.length;
    const next = pruner.promote(race(trials, steps, more), options);
    if (next) advance(next.number, next.toStep);
    else if (more) {
      trials.push({ number: trials.length, state: "running", values: new Map() });
      advance(trials.length - 1, pruner.stop(0, race(trials, steps), options));
    } else return trials.map(({ values }) => values.size);
  }
}

/** Curves that fall towards ends of their own; those that end lower are lower all the way. */
const falling = (count: number, steps: number, seed = 1) => {
  const random = new Random(seed, "curves");
  return Array.from({ length: count }, () => {
    const end = random.uniform();
    return Array.from({ length: steps }, (_, i) => end + 1 / (i + 1));
  });
};

describe.each(Object.entries(pruners))("%s", (_, pruner) => {
  test.each([1, 2, 5, 27, 100])("lets the best of 40 trials of %i steps have all of them", (steps) => {
    const curves = falling(40, steps);
    const given = run(pruner, curves, steps);
    const ends = curves.map((values) => values[steps - 1]);
    expect(given[ends.indexOf(Math.min(...ends))]).toBe(steps);
  });

  test("has something to look at where nothing was a number", () => {
    const given = run(
      pruner,
      falling(9, 9).map((values) => values.map(() => Number.NaN)),
      9,
    );
    expect(given).toHaveLength(9);
  });

  test("keeps its own ranges", () =>
    expect(() => checkOptions("pruner", pruner, { ...pruner.defaults })).not.toThrow());
});

test("none gives everything", () => {
  expect(run(pruners.none, falling(5, 9), 9)).toEqual([9, 9, 9, 9, 9]);
});

describe("the median of the others", () => {
  const others = [1, 2, 3, 4, 5].map((end, number) => trial(number, "ended", end + 2, end + 1, end));
  const prunes = (values: number[], trials = others, options = {}, steps = 4) => {
    const one = trial(9, "running", ...values);
    return pruners.median.prunes(one, race([...trials, one], steps), { ...pruners.median.defaults, ...options });
  };

  test("of their means so far is what the best so far must reach", () => {
    // After two steps the means are end + 1.5, and their median is 4.5.
    expect(prunes([9, 4.5])).toBe(false);
    expect(prunes([9, 4.6])).toBe(true);
    expect(prunes([4.5, 9])).toBe(false);
    // After three steps they are end + 1.
    expect(prunes([9, 9, 4])).toBe(false);
    expect(prunes([9, 9, 4.1])).toBe(true);
  });

  test("is of those that have come as far, ended and did not fail", () => {
    expect(prunes([9, 9], others.slice(1))).toBe(false);
    expect(prunes([9, 9], others.slice(1), { startupTrials: 4 })).toBe(true);
    expect(prunes([9, 9], [...others.slice(1), trial(8, "running", 1, 1)])).toBe(false);
    expect(prunes([9, 9], [...others.slice(1), trial(8, "ended", 1)])).toBe(false);
    expect(prunes([9, 9], [...others.slice(1), { ...trial(8, "ended", 1, 1), failed: true }])).toBe(false);
    expect(prunes([9, 9], [...others.slice(1), trial(8, "ended", 1, 1)])).toBe(true);
  });

  test("counts from the step after the warm-up, and no more at the end", () => {
    expect(prunes([99])).toBe(false);
    expect(prunes([99], others, { warmUpSteps: 0 })).toBe(true);
    expect(prunes([99, 99], others, { warmUpSteps: 2 })).toBe(false);
    expect(prunes([99, 99, 99], others, {}, 3)).toBe(false);
  });

  test("takes what is no number for the worst", () => {
    expect(prunes([Number.NaN, 4])).toBe(false);
    expect(prunes([Number.NaN, Number.NaN])).toBe(true);
    const lost = others.map(({ number }) => trial(number, "ended", 1, number < 3 ? Number.NaN : 1));
    expect(prunes([99, 99], lost)).toBe(false);
  });

  test("stops about half of what does not matter, never the best", () => {
    const given = run(pruners.median, falling(60, 20), 20);
    const stopped = given.filter((steps) => steps < 20).length;
    expect(stopped).toBeGreaterThan(20);
    expect(stopped).toBeLessThan(50);
  });
});

describe("asha", () => {
  const { asha } = pruners;
  const rungs = (steps: number, options = {}) => {
    const all: number[] = [];
    for (let at = 0; at < steps; ) {
      at = asha.stop(at, race([], steps), { ...asha.defaults, ...options });
      all.push(at);
    }
    return all;
  };
  const promote = (trials: Progress[], more = true, steps = 27) =>
    asha.promote(race(trials, steps, more), asha.defaults);

  test("has rungs a factor of η apart, from the end or from a first one", () => {
    expect(rungs(27)).toEqual([1, 3, 9, 27]);
    expect(rungs(10)).toEqual([1, 3, 10]);
    expect(rungs(1000)).toEqual([12, 37, 111, 333, 1000]);
    expect(rungs(2)).toEqual([1, 2]);
    expect(rungs(1)).toEqual([1]);
    expect(rungs(64, { eta: 4 })).toEqual([1, 4, 16, 64]);
    expect(rungs(27, { minSteps: 2 })).toEqual([2, 6, 18, 27]);
    expect(rungs(5, { eta: 1.5, minSteps: 1 })).toEqual([1, 2, 3, 5]);
    expect(rungs(5, { minSteps: 9 })).toEqual([5]);
  });

  test("promotes the best third of those that have come to a rung, once", () => {
    const paused = [0.5, 0.4, 0.6].map((value, number) => trial(number, "paused", value));
    expect(promote(paused.slice(0, 2))).toBeUndefined();
    expect(promote(paused)).toEqual({ number: 1, toStep: 3 });
    const gone = [paused[0], trial(1, "running", 0.4, 0.3), paused[2]];
    expect(promote(gone)).toBeUndefined();
    // A better one comes too late for the first third, and is the first of the next.
    const later = [...gone, trial(3, "paused", 0.1), trial(4, "paused", 0.2)];
    expect(promote(later)).toEqual({ number: 3, toStep: 3 });
    expect(promote([...later, trial(5, "paused", 0.3)])).toEqual({ number: 3, toStep: 3 });
  });

  test("looks at the highest rung first", () => {
    const high = [0.3, 0.2, 0.1].map((value, number) => trial(number, "paused", 1, 1, value));
    const low = [0, 0, 0].map((value, i) => trial(3 + i, "paused", value));
    expect(promote([...high, ...low])).toEqual({ number: 2, toStep: 9 });
    const nine = Array.from({ length: 9 }, (_, i) => i);
    expect(promote([0, 1, 2].map((number) => trial(number, "paused", ...nine)))).toEqual({ number: 0, toStep: 27 });
  });

  test("of equals the first one; what failed or is no number is never among them, but has come", () => {
    expect(promote([2, 0, 1].map((number) => trial(number, "paused", 0.5)))).toEqual({ number: 0, toStep: 3 });
    const failed: Progress = { ...trial(0, "ended", 0.1, 0.1), failed: true };
    expect(promote([failed, trial(1, "paused", Number.NaN), trial(2, "paused", 0.9)])).toEqual({
      ...{ number: 2, toStep: 3 },
    });
    expect(promote([failed, trial(1, "paused", Number.NaN), trial(2, "running")])).toBeUndefined();
  });

  test("brings one to the end when no more will come", () => {
    const two = [0.5, 0.4].map((value, number) => trial(number, "paused", value));
    expect(promote(two)).toBeUndefined();
    expect(promote(two, false)).toEqual({ number: 1, toStep: 3 });
    expect(run(asha, falling(4, 27), 27).filter((steps) => steps === 27)).toHaveLength(1);
    expect(promote([trial(0, "paused", Number.NaN)], false)).toBeUndefined();
  });

  test("gives 81 trials of 27 steps a quarter of what they would take", () => {
    const given = run(asha, falling(81, 27), 27);
    const spent = given.reduce((sum, steps) => sum + steps, 0);
    // Halving that waits for all would take 81·1 + 27·2 + 9·6 + 3·18 = 243 of 2,187; not waiting promotes some that others overtake.
    expect(spent).toBeGreaterThanOrEqual(243);
    expect(spent).toBeLessThan(2187 / 4);
  });
});
