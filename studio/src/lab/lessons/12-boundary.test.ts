import { describe, expect, test } from "vitest";
import { numbersPrintedBy } from "../run-typescript.ts";
import {
  type BoundaryLoss,
  cells,
  code,
  decisions,
  lines,
  look,
  pointsOf,
  readPoints,
  training,
  written,
} from "./12-boundary.ts";

const STEPS = 50;
const all: readonly BoundaryLoss[] = ["hinge", "squared-hinge", "cross-entropy", "mse"];

describe.each(all)("%s", (loss) => {
  test("three lines tell three clusters apart", () => {
    const points = pointsOf("blobs");
    const run = training(points, { loss, strength: 0, hidden: 0 });
    expect(look(run, STEPS, points).accuracy).toBe(1);
    expect(look(run, STEPS, points).loss).toBeLessThan(look(run, 0, points).loss);
    expect(lines(run, STEPS)).toHaveLength(3);
  });
});

test("no line does XOR or rings; a hidden layer does", () => {
  for (const task of ["xor", "rings"] as const) {
    const points = pointsOf(task);
    const flat = training(points, { loss: "cross-entropy", strength: 0, hidden: 0 });
    expect(look(flat, 20, points).accuracy).toBeLessThan(0.8);
  }
  const points = pointsOf("xor");
  const deep = training(points, { loss: "cross-entropy", strength: 0, hidden: 8 });
  expect(look(deep, 80, points).accuracy).toBe(1);
  expect(lines(deep, 80)).toEqual([]);
});

test("a penalty makes the weights smaller", () => {
  const points = pointsOf("blobs");
  const size = (strength: number) => {
    const { "scores.weight": weight } = training(points, { loss: "hinge", strength, hidden: 0 }).state(STEPS);
    return weight.data.reduce((sum, value) => sum + value ** 2, 0);
  };
  expect(size(0.1)).toBeLessThan(size(0));
});

test("a score is what its line says", () => {
  const points = pointsOf("blobs");
  const run = training(points, { loss: "hinge", strength: 0.001, hidden: 0 });
  const grid = cells(4);
  expect([...grid.subarray(0, 2)]).toEqual([-0.75, 0.75]);
  const scores = run.scores(30, grid);
  const found = lines(run, 30);
  for (let i = 0; i < 16; i++) {
    for (const [k, { a, b, c }] of found.entries()) {
      expect(scores[3 * i + k]).toBeCloseTo(a * grid[2 * i] + b * grid[2 * i + 1] + c, 10);
    }
  }
  expect(decisions(Float64Array.of(1, 3, 2, 5, 4, 0), 3)).toEqual([1, 0]);
});

test("points survive an address, and what is none is refused", () => {
  for (const task of ["blobs", "xor", "rings"] as const) {
    const points = pointsOf(task);
    expect(readPoints(written(points))).toEqual(points);
  }
  for (const bad of ["", "1.2", "1.2.3", "x.1.0_1.1.1", "1.200.0_1.1.1"]) expect(readPoints(bad)).toBeUndefined();
});

describe.each([
  { hidden: 0, some: all },
  { hidden: 3, some: ["mse"] as const },
])("with $hidden hidden units", ({ hidden, some }) => {
  test.each(some)("the TypeScript of %s prints what is shown", async (loss) => {
    const points = pointsOf("blobs");
    const setting = { loss, strength: 0.01, hidden };
    const run = training(points, setting);
    const [data, ...slope] = await numbersPrintedBy(code(points, setting, run));
    expect(data).toBeCloseTo(look(run, 0, points).loss, 4);
    // After the first step Adam remembers the first gradient.
    const remembered = run.state(1)["velocity of scores.weight"].data;
    expect(slope).toHaveLength(remembered.length);
    for (const [i, value] of remembered.entries()) expect(slope[i]).toBeCloseTo(value, 4);
  });
});
