/** PyTorch's clip_grad_norm_ on stored gradients, in float64. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { graph, input, type NDArray, type Tensor } from "../../src/ir/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { clippedByNorm } from "../../src/train/clip.ts";
import { found, sayWhenMissing } from "./golden.ts";

sayWhenMissing();

interface Row {
  readonly max_norm: number;
  readonly before: (number[] | number[][])[];
  readonly after: (number[] | number[][])[];
}

const shapeOf = (numbers: number[] | number[][]) =>
  Array.isArray(numbers[0]) ? [numbers.length, numbers[0].length] : [numbers.length];
const array = (numbers: number[] | number[][]): NDArray => ({
  shape: shapeOf(numbers),
  data: Float64Array.from(numbers.flat()),
});

test.skipIf(!found)("clip_grad_norm", () => {
  const file = new URL("../../../shared/oracles/torch_golden.json", import.meta.url);
  const { clip_grad_norm: row } = JSON.parse(readFileSync(file, "utf8")) as { clip_grad_norm: Row };
  const gradients = row.before.map((numbers, i) => input(`g${i}`, shapeOf(numbers)) as Tensor);
  const clipped = clippedByNorm(gradients, input("c", []) as Tensor);
  const traced = graph(Object.fromEntries(clipped.map((tensor, i) => [`g${i}`, tensor])));
  const feeds = Object.fromEntries(row.before.map((numbers, i) => [`g${i}`, array(numbers)]));
  const results = evaluate(traced, { ...feeds, c: { shape: [], data: Float64Array.of(row.max_norm) } });
  for (const [i, expected] of row.after.entries()) {
    const own = results[`g${i}`]!;
    expect(own.shape).toEqual(shapeOf(expected));
    for (const [at, value] of expected.flat().entries()) expect(Math.abs(own.data[at]! - value)).toBeLessThan(1e-9);
  }
  expect(row.before.length).toBeGreaterThan(1);
});
