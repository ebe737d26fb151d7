import { describe, expect, test } from "vitest";
import { Random } from "../core/index.ts";
import { graph, input, type NDArray, scoped, type Tensor } from "../ir/index.ts";
import { conv2d } from "../ops/index.ts";
import { evaluate } from "../reference/index.ts";
import { batchNorm, type Mode, normedConvolution, Parameters, runningScalars } from "./index.ts";

const random = new Random(2, "batch norm");
const drawn = (shape: readonly number[]): NDArray => {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return { shape, data: Float64Array.from({ length: size }, () => random.between(1, 3)) };
};
const filled = (...values: number[]): NDArray => ({ shape: [values.length], data: Float64Array.from(values) });

/** A layer on rows or maps, with its values and what a step makes of its buffers. */
function layer(x: NDArray, mode: Mode, step = 4) {
  const parameters = new Parameters(mode);
  const y = scoped("layer", () => batchNorm(parameters, input("x", x.shape) as Tensor));
  const next = Object.fromEntries(parameters.buffers.map((buffer) => [buffer.name, buffer.next]));
  const scalars = Object.fromEntries(
    Object.entries(runningScalars(step)).map(([name, value]) => [name, { shape: [], data: Float64Array.of(value) }]),
  );
  const feeds = {
    x,
    ...scalars,
    "layer.norm.scale": filled(2, 0.5),
    "layer.norm.shift": filled(-1, 3),
    "layer.norm.mean": filled(0.5, 2),
    "layer.norm.variance": filled(4, 0.25),
  };
  return { parameters, values: evaluate(graph({ y, ...next }), feeds) };
}

/** Mean, and variance over n − 1, of a column of [rows, 2]. */
function moments(x: NDArray, column: number) {
  const values = Array.from(x.data).filter((_, i) => i % 2 === column);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) };
}

describe("batch norm", () => {
  test.each([8, 3])("of %d rows: mean β and deviation γ by their own statistics", (rows) => {
    const { y } = layer(drawn([rows, 2]), "training").values;
    for (const [column, shift, scale] of [
      [0, -1, 2],
      [1, 3, 0.5],
    ] as const) {
      const { mean, variance } = moments(y, column);
      expect(mean).toBeCloseTo(shift, 9);
      expect(Math.sqrt((variance * (rows - 1)) / rows)).toBeCloseTo(scale, 3);
    }
  });

  test.each([
    [1, 0],
    [4, 0.75],
    [400, 0.9],
  ])("in step %d keeps %d of its running statistics, and takes the variance over n − 1", (step, kept) => {
    const x = drawn([6, 2]);
    const { values } = layer(x, "training", step);
    for (const [column, before] of [
      [0, { mean: 0.5, variance: 4 }],
      [1, { mean: 2, variance: 0.25 }],
    ] as const) {
      const { mean, variance } = moments(x, column);
      expect(values["layer.norm.mean"].data[column]).toBeCloseTo(kept * before.mean + (1 - kept) * mean, 9);
      expect(values["layer.norm.variance"].data[column]).toBeCloseTo(kept * before.variance + (1 - kept) * variance, 9);
    }
  });

  test("of one value in a channel gives β, and leaves the running statistics", () => {
    const { values } = layer(drawn([1, 2]), "training");
    expect([...values.y.data]).toEqual([-1, 3]);
    expect([...values["layer.norm.mean"].data]).toEqual([0.5, 2]);
    expect([...values["layer.norm.variance"].data]).toEqual([4, 0.25]);
  });

  test("in use is an affine map by the running statistics, whatever lies beside a row", () => {
    const x: NDArray = { shape: [2, 2], data: Float64Array.of(0.5, 2.5, 4.5, 2) };
    const { values } = layer(x, "scoring");
    [-1, 3.5, 3, 3].forEach((expected, i) => {
      expect(values.y.data[i]).toBeCloseTo(expected, 4);
    });
  });

  test("has buffers that are no parameters", () => {
    const { parameters } = layer(drawn([2, 2]), "training");
    expect(parameters.list.map(({ name, role }) => [name, role])).toEqual([
      ["layer.norm.scale", "bias"],
      ["layer.norm.shift", "bias"],
    ]);
    expect(parameters.buffers.map(({ name, start }) => [name, start])).toEqual([
      ["layer.norm.mean", 0],
      ["layer.norm.variance", 1],
    ]);
    expect(parameters.count).toBe(4);
  });

  test("behind a convolution becomes part of its weights in use, and means the same", () => {
    const parameters = new Parameters("scoring");
    const x = input("x", [2, 1, 5, 5]) as Tensor;
    const folded = normedConvolution(parameters, x, 2, 3, { stride: 2 });
    expect(folded.op.name).toBe("conv2d");
    const apart = new Parameters("scoring");
    const weight = parameters.list[0]!.tensor as Tensor;
    const two = scoped("apart", () => batchNorm(apart, conv2d(x, weight, { stride: 2, padding: 1 })));
    const values = { scale: filled(2, -0.5), shift: filled(-1, 3), mean: filled(0.5, 2), variance: filled(4, 0.25) };
    const feeds: Record<string, NDArray> = { x: drawn([2, 1, 5, 5]), weight: drawn([2, 1, 3, 3]) };
    for (const [name, value] of Object.entries(values)) {
      feeds[`norm.${name}`] = value;
      feeds[`apart.norm.${name}`] = value;
    }
    const found = evaluate(graph({ folded, two }), feeds);
    expect(found.folded.shape).toEqual([2, 2, 3, 3]);
    found.two.data.forEach((expected, i) => {
      expect(found.folded.data[i]).toBeCloseTo(expected, 9);
    });
  });
});
