import { describe, expect, test } from "vitest";
import { numbersPrintedBy } from "../run-typescript.ts";
import { best, flat, lesson, map, measured, path, slower, steep, theory } from "./17-momentum.ts";

describe("the map's rate is the one that the engine has", () => {
  // A double root (the best pair) approaches its rate slowly, and swings average out slowly: two parts in a hundred.
  test.each([
    [0.1, 0, "monotone"],
    [0.19, 0, "alternating"],
    [0.21, 0, "divergent"],
    [0.1, 0.5, "oscillating"],
    [0.05, 0.2, "monotone"],
    [0.3, 0.9, "oscillating"],
    [0.37, 0.9, "oscillating"],
    [0.39, 0.9, "divergent"],
  ])("η = %f, β = %f: %s", (rate, beta, regime) => {
    const [a, b] = [theory(rate, beta, steep), theory(rate, beta, flat)];
    expect((a.rate >= b.rate ? a : b).regime).toBe(regime);
    expect(measured(rate, beta) / slower(rate, beta)).toBeCloseTo(1, 1);
    expect(measured(rate, beta) < 1).toBe(regime !== "divergent");
  });
});

test("it converges for 0 < ηλ < 2 + 2β, everywhere on the map", () => {
  for (const { rate, beta, slower: size, regime } of map) {
    const left = 2 + 2 * beta - rate * steep;
    // On the border itself rounding decides.
    if (Math.abs(left) < 1e-9) continue;
    const converges = left > 0;
    expect(size < 1, `η ${rate}, β ${beta}`).toBe(converges);
    expect(regime === "divergent").toBe(!converges);
  }
});

test("Polyak's pair is the best of the map, with rate (√κ − 1)/(√κ + 1)", () => {
  const root = Math.sqrt(steep / flat);
  expect(slower(best.rate, best.beta)).toBeCloseTo((root - 1) / (root + 1), 6);
  expect(Math.min(...map.map((cell) => cell.slower))).toBeGreaterThan(slower(best.rate, best.beta));
  expect(slower(best.plainRate, 0)).toBeCloseTo((steep / flat - 1) / (steep / flat + 1), 12);
});

test("the program prints what is on the screen", async () => {
  const { u, v, loss } = path(0.15, 0.5, 10)[10];
  expect(await numbersPrintedBy(lesson.program({ rate: 0.15, beta: 0.5, step: 10 }))).toEqual([u, v, loss]);
});
