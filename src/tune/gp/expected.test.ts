import { expect, test } from "vitest";
import { Random } from "../../core/index.ts";
import { float, Space } from "../../space/index.ts";
import { expected } from "./expected.ts";

const space = new Space({ x: float(0, 1) });
const truth = (x: number) => (x - 0.5) ** 2;

/** Trials all over the space, each with as much luck as the slope from its ends to its middle is high. */
function searched(seed: number, noise = 0.06) {
  const random = new Random(seed, "luck");
  return Array.from({ length: 40 }, (_, number) => {
    const x = random.uniform();
    const luck = noise * (random.uniform() + random.uniform() + random.uniform() - 1.5) * 2;
    return { number, configuration: { x }, outcome: "complete" as const, value: truth(x) + luck };
  });
}
const requestOf = (trials: ReturnType<typeof searched>) => ({ space, seed: 1, number: trials.length, trials });

test("the one that is expected best is nearer to the truth than the one that was", () => {
  let [lucky, believed] = [0, 0];
  for (let seed = 0; seed < 12; seed++) {
    const trials = searched(seed);
    const seen = trials.reduce((a, b) => (b.value < a.value ? b : a));
    const [best] = expected(requestOf(trials));
    lucky += truth(seen.configuration.x);
    believed += truth(trials[best.number].configuration.x);
    // What was seen is below what is true; what is believed lies within what it says of itself.
    expect(Math.abs(best.mean - truth(trials[best.number].configuration.x))).toBeLessThan(4 * best.deviation + 0.01);
  }
  expect(believed).toBeLessThan(lucky / 2);
});

test("of values without luck it believes each", () => {
  const trials = searched(3, 0);
  const best = expected(requestOf(trials));
  for (const { number, mean } of best) expect(mean).toBeCloseTo(trials[number].value, 2);
  expect(best.length).toBeGreaterThanOrEqual(20);
  expect(best.map(({ mean }) => mean)).toEqual(best.map(({ mean }) => mean).toSorted((a, b) => a - b));
});

test("of few trials, and where one has no value, it says nothing", () => {
  expect(expected(requestOf(searched(1).slice(0, 9)))).toEqual([]);
  const [first, ...rest] = searched(1);
  expect(expected(requestOf([{ ...first, value: Number.NaN }, ...rest]))).toEqual([]);
});
