import { describe, expect, test } from "vitest";
import { minimize } from "./minimize.ts";

const ACCURACY = { iterations: 200, tolerance: 1e-9, gain: 0 };
const fill = (length: number, value: number) => new Float64Array(length).fill(value);

function rosenbrock(x: Float64Array, gradient: Float64Array): number {
  let value = 0;
  gradient.fill(0);
  for (let i = 0; i + 1 < x.length; i++) {
    const [a, b] = [1 - x[i], x[i + 1] - x[i] * x[i]];
    value += a * a + 100 * b * b;
    gradient[i] += -2 * a - 400 * x[i] * b;
    gradient[i + 1] += 200 * b;
  }
  return value;
}

describe("projected L-BFGS", () => {
  test("goes to the end of Rosenbrock's valley", () => {
    const { x, value } = minimize(rosenbrock, fill(5, -1.2), fill(5, -9), fill(5, 9), ACCURACY);
    expect(value).toBeLessThan(1e-15);
    for (const entry of x) expect(entry).toBeCloseTo(1, 7);
  });

  test("stops at a bound, and moves along it", () => {
    // The minimum in the box lies on x₀ = ½: then x₁ = ¼.
    const { x } = minimize(rosenbrock, fill(2, -1), Float64Array.of(-2, -2), Float64Array.of(0.5, 2), ACCURACY);
    expect(x[0]).toBe(0.5);
    expect(x[1]).toBeCloseTo(0.25, 8);
  });

  test("backs off from where there is no value", () => {
    const log = (x: Float64Array, gradient: Float64Array) => {
      gradient[0] = 1 - 1 / x[0];
      return x[0] > 0 ? x[0] - Math.log(x[0]) : Number.POSITIVE_INFINITY;
    };
    const { x } = minimize(log, Float64Array.of(5), fill(1, -9), fill(1, 9), ACCURACY);
    expect(x[0]).toBeCloseTo(1, 8);
  });

  test("a start outside of the box is brought in, and steps that bring little end it", () => {
    let asked = 0;
    const counted = (x: Float64Array, gradient: Float64Array) => {
      asked++;
      return rosenbrock(x, gradient);
    };
    const { x } = minimize(counted, fill(2, 9), fill(2, -2), fill(2, 2), { ...ACCURACY, gain: 1e9 });
    expect(Math.max(...x)).toBeLessThanOrEqual(2);
    expect(asked).toBeLessThan(25);
  });
});
