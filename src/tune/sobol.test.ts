import { describe, expect, test } from "vitest";
import { Random } from "../core/index.ts";
import { SOBOL_AXES, Sobol, sobolBits } from "./sobol.ts";

/** In how many parts of [0, 1), so many, points lie. */
const parts = (points: readonly number[], count: number) => new Set(points.map((x) => Math.floor(x * count))).size;

describe("Sobol's sequence", () => {
  test("is van der Corput's in the first axis, and known points in the next two", () => {
    const point = (index: number, axes: number) =>
      Array.from({ length: axes }, (_, axis) => sobolBits(index, axis) / 2 ** 32);
    expect(point(0, 3)).toEqual([0, 0, 0]);
    expect(point(1, 3)).toEqual([0.5, 0.5, 0.5]);
    expect(point(2, 3)).toEqual([0.25, 0.75, 0.75]);
    expect(point(3, 3)).toEqual([0.75, 0.25, 0.25]);
    expect(point(4, 3)).toEqual([0.125, 0.625, 0.375]);
  });

  test.each([1, 7, 12345])(
    "seed %i: every axis has one point in each of 256 parts, from any multiple of 256",
    (seed) => {
      // The last two axes are drawn at random, and so are not even.
      const axes = SOBOL_AXES + 2;
      const sobol = new Sobol(axes, seed);
      for (const from of [0, 256, 4096]) {
        const points = Array.from({ length: 256 }, (_, i) => sobol.at(from + i));
        const even = Array.from({ length: axes }, (_, axis) =>
          parts(
            points.map((p) => p[axis]!),
            256,
          ),
        );
        expect(even.slice(0, SOBOL_AXES)).toEqual(new Array(SOBOL_AXES).fill(256));
        for (const count of even.slice(SOBOL_AXES)) expect(count).toBeLessThan(200);
      }
    },
  );

  test("the first two axes are even together: one of 256 points in each of 16 × 16 squares", () => {
    const sobol = new Sobol(2, 3);
    const squares = new Set(
      Array.from({ length: 256 }, (_, i) => {
        const [x, y] = sobol.at(i);
        return `${Math.floor(16 * x!)} ${Math.floor(16 * y!)}`;
      }),
    );
    expect(squares.size).toBe(256);
  });

  test("integrates better than random points do", () => {
    // The mean of Π 2xᵢ over the cube of 6 axes is 1.
    const value = (p: ArrayLike<number>) => Array.from(p).reduce((product, x) => product * 2 * x, 1);
    const error = (pointOf: (i: number) => ArrayLike<number>) => {
      let sum = 0;
      for (let i = 0; i < 1024; i++) sum += value(pointOf(i));
      return Math.abs(sum / 1024 - 1);
    };
    const errors = { sobol: 0, random: 0 };
    for (let seed = 0; seed < 20; seed++) {
      const sobol = new Sobol(6, seed);
      const random = new Random(seed, "points");
      errors.sobol += error((i) => sobol.at(i)) / 20;
      errors.random += error(() => Array.from({ length: 6 }, () => random.uniform())) / 20;
    }
    expect(errors.sobol).toBeLessThan(errors.random / 3);
  });

  test("a seed has points of its own", () => {
    expect(new Sobol(3, 1).at(5)).toEqual(new Sobol(3, 1).at(5));
    expect(new Sobol(3, 1).at(5)).not.toEqual(new Sobol(3, 2).at(5));
    expect(new Sobol(3, 1).at(5)).not.toEqual(new Sobol(3, 1, "other").at(5));
  });
});
