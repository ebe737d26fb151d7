import { expect, test } from "vitest";
import { colourOf, dashOf, nearest, type Series } from "./series.ts";

const curve = (name: string, ...ys: number[]): Series => ({ name, place: 0, points: ys.map((y, x) => ({ x, y })) });
const screen = { x: (value: number) => 100 * value, y: (value: number) => 100 - 100 * value };

test("a pointer means the curve that it is nearest to, between its points as well", () => {
  const all = [curve("low", 0, 0, 0), curve("high", 1, 1, 0.5)];
  expect(nearest(all, { x: 50, y: 5 }, screen, 10)).toMatchObject({ series: { name: "high" } });
  expect(nearest(all, { x: 140, y: 97 }, screen, 10)).toMatchObject({ series: { name: "low" }, index: 1 });
  expect(nearest(all, { x: 180, y: 40 }, screen, 10)).toMatchObject({ series: { name: "high" }, index: 2 });
  expect(nearest(all, { x: 50, y: 50 }, screen, 10)).toBeNull();
});

test("a curve of one point, and none", () => {
  expect(nearest([curve("dot", 0.5)], { x: 3, y: 54 }, screen, 10)).toMatchObject({ index: 0 });
  expect(nearest([curve("none")], { x: 0, y: 0 }, screen, 10)).toBeNull();
});

test("thirty-two curves look different from each other", () => {
  const looks = Array.from({ length: 32 }, (_, place) => `${colourOf(place)} ${dashOf(place)}`);
  expect(new Set(looks).size).toBe(32);
});
