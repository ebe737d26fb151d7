import { expect, test } from "vitest";
import { numbersPrintedBy } from "../run-typescript.ts";
import { closed, conjugate, gradientPath, grid, lesson, valley } from "./04-valley.ts";

test("the valley: its eigenvalues belong to its Hessian, with a condition near 11.5", () => {
  const [[a, b], [c, d]] = valley.hessian;
  expect(b).toBeCloseTo(c, 12);
  expect(valley.largest + valley.smallest).toBeCloseTo(a + d, 12);
  expect(valley.largest * valley.smallest).toBeCloseTo(a * d - b * c, 12);
  const [x, y] = valley.direction;
  expect(a * x + b * y).toBeCloseTo(valley.largest * x, 12);
  expect(valley.condition).toBeGreaterThan(10);
  expect(valley.condition).toBeLessThan(13);
});

test("conjugate gradient reaches the closed form in exactly 2 steps: excess about 2.9e-3, then 0", () => {
  expect(conjugate.steps).toBe(2);
  expect(conjugate.path).toHaveLength(3);
  expect(conjugate.path[1].excess).toBeCloseTo(2.9e-3, 4);
  expect(conjugate.path[2].excess).toBeLessThan(1e-15);
  expect(conjugate.path[2].w).toBeCloseTo(closed[1].w, 10);
  expect(conjugate.path[2].b).toBeCloseTo(closed[1].b, 10);
});

test("gradient descent arrives below 2/λmax and not beyond; at 2/(λmax+λmin) both directions shrink alike", () => {
  const end = (rate: number) => gradientPath(rate).at(-1)!.excess;
  expect(end(0.98 * valley.highest)).toBeLessThan(gradientPath(0, 0)[0].excess);
  expect(end(1.02 * valley.highest)).toBeGreaterThan(gradientPath(0, 0)[0].excess);
  // Along each direction of the valley a step multiplies the error by 1 − ηλ; at the best rate both factors are equally far from 0.
  const along = (rate: number, [x, y]: readonly [number, number]) => {
    const [here, next] = gradientPath(rate, 1).map(({ w, b }) => (w - valley.w) * x + (b - valley.b) * y);
    return next / here;
  };
  const flat = [-valley.direction[1], valley.direction[0]] as const;
  for (const rate of [0.1, 0.5, valley.best, 1.25]) {
    expect(along(rate, valley.direction)).toBeCloseTo(1 - rate * valley.largest, 9);
    expect(along(rate, flat)).toBeCloseTo(1 - rate * valley.smallest, 9);
  }
  expect(along(valley.best, valley.direction)).toBeCloseTo(-along(valley.best, flat), 9);
});

test("the contours are those of the loss", () => {
  const { columns, values } = grid();
  const best = [...Array(values.length).keys()].reduce((low, i) => (values[i] < values[low] ? i : low));
  expect(-1.6 + ((best % columns) / (columns - 1)) * 4.2).toBeCloseTo(valley.w, 0);
  expect(Math.min(...Array.from(values))).toBeGreaterThan(valley.loss);
});

test.each(["gradient", "conjugate", "closed"] as const)(
  "the program of %s prints what is on the screen",
  async (method) => {
    const printed = await numbersPrintedBy(lesson.program({ method, rate: 0.5, step: 3 }));
    const shown =
      method === "gradient"
        ? gradientPath(0.5, 3).flatMap(({ w, b, loss }, step) => [step, w, b, loss])
        : [
            [method === "closed" ? 1 : 2],
            (method === "closed" ? closed : conjugate.path).slice(-1).map((s) => [s.w, s.b, s.loss]),
          ].flat(2);
    expect(printed).toEqual(shown);
  },
);
