import { expect, test } from "vitest";
import { float, Space } from "../../space/index.ts";
import type { Trial } from "../trial.ts";
import { beliefOf } from "./belief.ts";

const space = new Space({ x: float(0, 1) });
const f = (x: number) => 3 + Math.sin(6 * x);
const trials = [0.05, 0.3, 0.5, 0.75, 0.95].map((x, number): Trial => {
  return { number, configuration: { x }, outcome: "complete", value: f(x) };
});
const request = { space, seed: 1, number: trials.length, trials };

test("the mean goes through what was seen, and the deviation grows between", () => {
  const believed = beliefOf(request)!;
  for (const { configuration, value } of trials) {
    const { mean, deviation } = believed(configuration);
    expect(mean).toBeCloseTo(value!, 1);
    expect(deviation).toBeLessThan(0.1);
  }
  expect(believed({ x: 0.62 }).deviation).toBeGreaterThan(2 * believed({ x: 0.75 }).deviation);
  expect(Math.abs(believed({ x: 0.62 }).mean - f(0.62))).toBeLessThan(0.3);
});

test("an improvement is expected where the function is low or not known, and not at what was seen", () => {
  const believed = beliefOf(request)!;
  const improvement = (x: number) => believed({ x }).logImprovement;
  // The least is at π/4 = 0.785.
  expect(improvement(0.8)).toBeGreaterThan(improvement(0.3));
  expect(improvement(0.8)).toBeGreaterThan(improvement(0.5));
});

test("fewer than two values say nothing", () => {
  expect(beliefOf({ ...request, trials: trials.slice(0, 1) })).toBeUndefined();
  const failed = { ...trials[1], outcome: "failed" as const, value: undefined };
  const { value: _none, ...lost } = failed;
  expect(beliefOf({ ...request, trials: [trials[0], lost] })).toBeUndefined();
});
