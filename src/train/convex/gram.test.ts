import { describe, expect, test } from "vitest";
import { Random } from "../../core/index.ts";
import { openRuntime } from "../../runtime/node/index.ts";
import { type Features, sparse } from "./features.ts";
import { gramOf } from "./gram.ts";
import { convexGraphs } from "./graphs.ts";

const runtime = await openRuntime("cpu", 1);
const random = new Random(6, "gram");

async function gram(features: Features, weights: Float64Array, bias: boolean) {
  const graphs = convexGraphs({
    loss: { kind: "loss", name: "mse", options: {} },
    chunk: 8,
    features: features.width,
    dtype: features.data instanceof Uint8Array ? "uint8" : "float64",
    classes: 2,
    softTargets: false,
    weighted: weights.some((weight) => weight !== weights[0]),
  });
  const session = await runtime.createSession(graphs.gram, { threads: 1 });
  // Chunks of 2000 would hold everything: the sum over chunks needs more than one.
  return { matrix: await gramOf(features, weights, bias, session, graphs), graphs };
}

/** Σ ω x xᵀ by its definition, with the 1 of the bias last. */
function written({ count, width, data, scale, shift }: Features, weights: Float64Array, bias: boolean) {
  const n = width + (bias ? 1 : 0);
  const x = (i: number, k: number) => (k < width ? scale[k] * (data[i * width + k] - shift[k]) : 1);
  return Float64Array.from({ length: n * n }, (_, at) => {
    let total = 0;
    for (let i = 0; i < count; i++) total += weights[i] * x(i, Math.floor(at / n)) * x(i, at % n);
    return total;
  });
}

/** More examples than a chunk of the Gram matrix holds, and not a multiple of it. */
const [count, width] = [4100, 6];
const plain = { scale: new Float64Array(width).fill(1), shift: new Float64Array(width) };
const pixels = { count, width, data: Uint8Array.from({ length: count * width }, () => random.below(256)), ...plain };
const affine = {
  scale: Float64Array.from({ length: width }, () => random.between(0.5, 2) / 255),
  shift: Float64Array.from({ length: width }, () => random.between(0, 255)),
};
const uniform = new Float64Array(count).fill(1 / count);
const uneven = Float64Array.from({ length: count }, (_, i) => (i % 5 === 0 ? 0 : random.uniform()));
const total = uneven.reduce((a, b) => a + b);
const weights = uneven.map((value) => value / total);

test("of bytes it is exact: sums of integers, then one division", async () => {
  const { matrix, graphs } = await gram(pixels, uniform, false);
  expect(graphs.exactGram).toBe(true);
  const sums = written(pixels, new Float64Array(count).fill(1), false);
  expect(matrix).toEqual(sums.map((value) => value * (1 / count)));
});

test("of the brightest pictures it does not overflow", async () => {
  const white = { ...pixels, data: new Uint8Array(count * width).fill(255) };
  const { matrix } = await gram(white, uniform, false);
  for (const value of matrix) expect(value).toBeCloseTo(255 * 255, 8);
});

describe.each([
  ["bytes", pixels],
  ["numbers", { ...pixels, data: Float64Array.from(pixels.data) }],
])("of %s", (_, features) => {
  test.each([
    ["all alike, with a bias", uniform, true, plain],
    ["all alike, scaled and shifted, with a bias", uniform, true, affine],
    ["all alike, scaled and shifted", uniform, false, affine],
    ["weighted, some with nothing, with a bias", weights, true, affine],
    ["weighted", weights, false, plain],
  ])("%s, it is Σ ω x xᵀ", async (__, share, bias, map) => {
    const meant = { ...features, ...map };
    const { matrix } = await gram(meant, share, bias);
    const expected = written(meant, share, bias);
    const largest = Math.max(...expected.map(Math.abs));
    expected.forEach((value, at) => {
      expect(Math.abs(matrix[at] - value)).toBeLessThan(1e-11 * largest);
    });
  });
});

describe("rows without their zeros", () => {
  test("hold each entry that is not 0 once, in order", () => {
    const matrix = sparse({ count: 3, width: 3, data: Uint8Array.of(0, 7, 0, 0, 0, 0, 1, 0, 255), ...plain });
    expect([...matrix.starts]).toEqual([0, 1, 1, 3]);
    expect([...matrix.features]).toEqual([1, 0, 2]);
    expect(matrix.values).toEqual(Uint8Array.of(7, 1, 255));
  });

  test("keep numbers as numbers, and count features beyond 65,536", () => {
    const data = new Float64Array(70_000);
    data[69_999] = -0.5;
    const matrix = sparse({ count: 1, width: 70_000, data, ...plain });
    expect([matrix.features[0], matrix.values[0]]).toEqual([69_999, -0.5]);
  });
});
