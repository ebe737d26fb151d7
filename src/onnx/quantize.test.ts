import { expect, test } from "vitest";
import { Random } from "../core/index.ts";
import { quantizeWeights } from "./index.ts";

const random = new Random(1, "weights");
const normal = (length: number) => Float32Array.from({ length }, () => random.normal());

test.each([
  { shape: [4, 3, 3, 3], axis: 0, placeOf: (i: number) => Math.floor(i / 27) },
  { shape: [12, 5], axis: 1, placeOf: (i: number) => i % 5 },
])("weights $shape are off by half a step of their unit at most", ({ shape, axis, placeOf }) => {
  const weights = normal(shape.reduce((a, b) => a * b));
  const { values, scales, axis: along } = quantizeWeights(weights, shape);
  expect([along, scales.length]).toEqual([axis, shape[axis]]);
  const most = new Array(scales.length).fill(0);
  weights.forEach((weight, i) => {
    const scale = scales[placeOf(i)]!;
    expect(Math.abs(weight - values[i]! * scale)).toBeLessThanOrEqual(0.5 * scale * (1 + 1e-5));
    most[placeOf(i)] = Math.max(most[placeOf(i)], Math.abs(values[i]!));
  });
  expect(most).toEqual(new Array(scales.length).fill(127));
});

test("a weight and its negative become a byte and its negative, and a silent unit stays silent", () => {
  const { values, scales } = quantizeWeights(Float32Array.of(-2, 0, 1, 0, 0.5, 0, 2, 0), [4, 2]);
  expect([...values]).toEqual([-127, 0, 64, 0, 32, 0, 127, 0]);
  expect(scales[1]).toBe(1);
});
