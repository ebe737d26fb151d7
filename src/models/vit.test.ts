import { describe, expect, test } from "vitest";
import { graph, input, type NDArray, type Tensor } from "../ir/index.ts";
import { Parameters } from "../nn/index.ts";
import { evaluate } from "../reference/index.ts";
import { vitModel } from "./vit.ts";

const small = { ...vitModel.defaults, dim: 6, depth: 2, heads: 2 };
const random = (shape: readonly number[], seed: number): NDArray => ({
  shape,
  data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(seed + 12.9898 * i)),
});

/** The scores of pictures, with every parameter away from its first value unless `fixed` gives one. */
function scoresOf(patch: number, pictures: NDArray, fixed: Record<string, NDArray> = {}) {
  const parameters = new Parameters();
  const x = input("x", pictures.shape) as Tensor;
  const scores = vitModel.apply({ ...small, patch }, x, 3, parameters);
  const own = parameters.list.map(({ name, shape }, i): [string, NDArray] => [name, fixed[name] ?? random(shape, i)]);
  const values = evaluate(graph({ scores }), { x: pictures, ...Object.fromEntries(own) }).scores;
  return { values: [...values.data], parameters: parameters.list };
}

describe("vit", () => {
  test("makes 64 tokens or fewer of pictures of any size", () => {
    const patchFor = (height: number, width: number) => vitModel.settle!(small, { height, width }).patch;
    expect([patchFor(28, 28), patchFor(32, 32), patchFor(64, 64), patchFor(224, 224)]).toEqual([4, 4, 8, 28]);
    expect([patchFor(8, 8), patchFor(5, 7), patchFor(64, 32)]).toEqual([1, 1, 7]);
    expect(vitModel.settle!({ ...small, patch: 16 }, { height: 32, width: 32 }).patch).toBe(16);
  });

  test("names its parameters by their place", () => {
    const { parameters } = scoresOf(2, random([1, 3, 4, 4], 1));
    const shapes = Object.fromEntries(parameters.map(({ name, shape }) => [name, shape]));
    expect(shapes).toMatchObject({
      "patches.weight": [12, 6],
      "patches.positions": [4, 6],
      "blocks.1.attention.norm.scale": [6],
      "blocks.1.attention.query.weight": [6, 6],
      "blocks.2.mlp.hidden.weight": [6, 12],
      "norm.scale": [6],
      "scores.weight": [6, 3],
    });
    expect(Object.keys(shapes).filter((name) => name.includes("key"))).toEqual([
      "blocks.1.attention.key.weight",
      "blocks.2.attention.key.weight",
    ]);
  });

  // Two squares of 2×2 of one channel, side by side: pixels 0, 1, 4, 5 and 2, 3, 6, 7.
  const left = [0.3, -1, 0.7, 2];
  const right = [1.5, 0.2, -0.4, 0.1];
  const sideBySide = (a: number[], b: number[]): NDArray => ({
    shape: [1, 1, 2, 4],
    data: Float64Array.of(a[0], a[1], b[0], b[1], a[2], a[3], b[2], b[3]),
  });

  test("knows where a square lies by its position alone", () => {
    const nowhere = { "patches.positions": { shape: [2, 6], data: new Float64Array(12) } };
    const [here, there] = [sideBySide(left, right), sideBySide(right, left)];
    scoresOf(2, there, nowhere).values.forEach((score, i) => {
      expect(score).toBeCloseTo(scoresOf(2, here, nowhere).values[i], 12);
    });
    expect(Math.abs(scoresOf(2, there).values[0] - scoresOf(2, here).values[0])).toBeGreaterThan(1e-3);
  });

  test("cuts the squares out as they lie, and adds zeros where they do not fill the picture", () => {
    // Of a 2×3 picture the second square has a column that is not there.
    const narrow = { shape: [1, 1, 2, 3], data: Float64Array.of(0.3, -1, 1.5, 0.7, 2, -0.4) };
    expect(scoresOf(2, narrow).values).toEqual(scoresOf(2, sideBySide(left, [1.5, 0, -0.4, 0])).values);
  });

  test("pictures of a batch do not meet", () => {
    const [one, two] = [random([1, 2, 4, 4], 3), random([1, 2, 4, 4], 4)];
    const both = { shape: [2, 2, 4, 4], data: Float64Array.of(...one.data, ...two.data) };
    const alone = [...scoresOf(2, one).values, ...scoresOf(2, two).values];
    scoresOf(2, both).values.forEach((score, i) => {
      expect(score).toBeCloseTo(alone[i], 12);
    });
  });

  test.each([
    [{ heads: 5, dim: 64 }, "model vit, heads: 5 heads do not divide dim=64; write dim=65, or other heads"],
    [{ depth: 2.5 }, "model vit, depth: is 2.5; give a whole number, 1 or more"],
  ])("refuses %o", (options, message) => {
    expect(() => vitModel.settle!({ ...vitModel.defaults, ...options }, { height: 8, width: 8 })).toThrow(message);
  });
});
