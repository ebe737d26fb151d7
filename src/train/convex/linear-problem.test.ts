import { describe, expect, test } from "vitest";
import { distance, norm } from "../../../test/functions.ts";
import { gradients } from "../../autodiff/index.ts";
import { Random } from "../../core/index.ts";
import { graph, input, type Tensor } from "../../ir/index.ts";
import { type LossName, losses } from "../../losses/index.ts";
import { add, matmul, mul, sum } from "../../ops/index.ts";
import { evaluate } from "../../reference/index.ts";
import { openRuntime } from "../../runtime/node/index.ts";
import { minimizeLbfgs } from "../../solvers/index.ts";
import { convexGraphs, convexRecipe, LinearProblem, type LinearRequest } from "./index.ts";

const runtime = await openRuntime("cpu", 1);
const random = new Random(4, "linear problem");
const list = (length: number, next: () => number) => Float64Array.from({ length }, next);
const normals = (length: number) => list(length, () => random.normal());

const [count, width, classes] = [11, 5, 3];
const bytes = Uint8Array.from({ length: count * width }, () => (random.uniform() < 0.4 ? 0 : random.below(256)));
/** Examples in the units of pictures: bytes, each with a scale and a shift. */
const pictures = {
  count,
  width,
  data: bytes,
  scale: list(width, () => random.between(1, 3) / 255),
  shift: list(width, () => random.between(0, 150)),
};
/** The same as the numbers that are meant. */
const numbers = {
  count,
  width,
  data: Float64Array.from(bytes, (value, at) => pictures.scale[at % width] * (value - pictures.shift[at % width])),
  scale: new Float64Array(width).fill(1),
  shift: new Float64Array(width),
};
const uniform = new Float64Array(count).fill(1 / count);
const uneven = list(count, () => random.uniform()).map((value, i) => (i === 3 ? 0 : value));
const total = uneven.reduce((a, b) => a + b);
const weights = uneven.map((value) => value / total);
const targets = Float64Array.from(
  Array.from({ length: count }, () => {
    const row = list(classes, () => random.uniform());
    const mass = row.reduce((a, b) => a + b);
    return [...row].map((value) => value / mass);
  }).flat(),
);

const basic: LinearRequest = {
  features: numbers,
  classes,
  labels: Int32Array.from({ length: count }, (_, i) => (i * 7) % classes),
  weights: uniform,
  loss: "cross-entropy",
  lossOptions: {},
  l2: Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0),
  l1: Float64Array.of(1, 2, 3, 4, 5, 0),
  bias: true,
  seed: 1,
};
/** Four examples in a chunk: the last one holds three. */
const problemOf = (change: Partial<LinearRequest> = {}, chunk = 4) => {
  const request = { ...basic, ...change };
  return new LinearProblem(request, convexGraphs({ ...convexRecipe(request), chunk }), runtime, 1);
};
const near = (actual: ArrayLike<number>, expected: ArrayLike<number>, digits = 11) => {
  expect(actual.length).toBe(expected.length);
  expect(distance(actual, expected)).toBeLessThan(10 ** -digits * (1 + norm(Float64Array.from(expected))));
};

/** The whole objective as one graph over all examples, on the interpreter. */
function reference({ loss, lossOptions, features, labels, targets: soft, weights: share, l2, bias }: LinearRequest) {
  const columns = width + (bias ? 1 : 0);
  const x = Float64Array.from({ length: count * columns }, (_, at) => {
    const [i, k] = [Math.floor(at / columns), at % columns];
    return k < width ? features.scale[k] * (features.data[i * width + k] - features.shift[k]) : 1;
  });
  const shapes = {
    x: [count, columns],
    w: [columns, classes],
    d: [columns, classes],
    share: [count],
    l2: [columns, 1],
  };
  const [rows, w, d, omega, ridge] = Object.entries(shapes).map(
    ([name, shape]) => input(name, shape, { dtype: "float64" }) as Tensor,
  );
  const unit = losses[loss as LossName];
  const options = { ...unit.defaults, ...lossOptions };
  const scores = matmul(rows, w);
  const perExample = soft
    ? unit.perTarget!(options, scores, input("truth", [count, classes], { dtype: "float64" }) as Tensor)
    : unit.perExample(options, scores, input("truth", [count], { dtype: "int32" }) as Tensor);
  const penalised = add(sum(mul(perExample, omega)), sum(mul(ridge, mul(w, w))));
  const [gradient] = gradients(penalised, [w]);
  const [product] = gradients(sum(mul(gradient, d)), [w]);
  const traced = graph({ value: penalised, gradient, product });
  const feed = (shape: readonly number[], data: Float64Array) => ({ shape: [...shape], data });
  return (at: Float64Array, along: Float64Array) => {
    const out = evaluate(traced, {
      x: feed(shapes.x, x),
      w: feed(shapes.w, at),
      d: feed(shapes.d, along),
      share: feed(shapes.share, share),
      l2: feed(shapes.l2, l2.subarray(0, columns)),
      truth: soft ? feed([count, classes], soft) : feed([count], Float64Array.from(labels)),
    });
    return { value: out.value.data[0], gradient: out.gradient.data, product: out.product.data };
  };
}

const smooth = Object.values(losses).filter((loss) => loss.convex && loss.smooth);
const settings: [string, Partial<LinearRequest>][] = [
  ["bytes with a bias", { features: pictures }],
  ["numbers without a bias, weighted", { weights, bias: false }],
];

describe.each(smooth.map(({ name }) => name))("%s", (loss) => {
  test.each(settings)("of %s: value, gradient and curvature are those of the interpreter", async (_, change) => {
    const request = { ...basic, ...change, loss };
    const problem = problemOf(request);
    const truth = reference(request);
    for (const size of [0, 1]) {
      const [w, d] = [normals(problem.start.length).map((value) => size * value), normals(problem.start.length)];
      const { value, gradient } = await problem.oracle.evaluate(w);
      const expected = truth(w, d);
      expect(value).toBeCloseTo(expected.value, 11);
      near(gradient, expected.gradient);
      near(await problem.oracle.hessianVector(w, d), expected.product);
    }
  });

  test("the gradient and the curvature are the slopes of what they are of", async () => {
    const { oracle } = problemOf({ loss, features: pictures, weights });
    const [w, d] = [normals(oracle.dimension), normals(oracle.dimension)];
    const h = 1e-6;
    const [before, after] = await Promise.all([-h, h].map((t) => shifted(oracle, w, t, d)));
    const { gradient } = await oracle.evaluate(w);
    expect((after.value - before.value) / (2 * h)).toBeCloseTo(along(gradient, d), 6);
    const differences = after.gradient.map((value, k) => (value - before.gradient[k]) / (2 * h));
    near(await oracle.hessianVector(w, d), differences, 5);
  });
});

const soft = smooth.filter((loss) => loss.perTarget !== undefined);
test.each(soft.map(({ name }) => name))("%s of soft targets is that of the interpreter", async (loss) => {
  const request = { ...basic, loss, targets };
  const problem = problemOf(request);
  const [w, d] = [normals(problem.start.length), normals(problem.start.length)];
  const expected = reference(request)(w, d);
  const { value, gradient } = await problem.oracle.evaluate(w);
  expect(value).toBeCloseTo(expected.value, 11);
  near(gradient, expected.gradient);
  near(await problem.oracle.hessianVector(w, d), expected.product);
});

const along = (a: Float64Array, b: Float64Array) => a.reduce((sumSoFar, value, k) => sumSoFar + value * b[k], 0);
/** One after the other: a problem has one set of inputs. */
let queue: Promise<unknown> = Promise.resolve();
function shifted(oracle: LinearProblem["oracle"], w: Float64Array, t: number, d: Float64Array) {
  const next = queue.then(() => oracle.evaluate(w.map((value, k) => value + t * d[k])));
  queue = next;
  return next;
}

describe("a problem", () => {
  const w = normals((width + 1) * classes);

  test("of bytes is that of the numbers that are meant", async () => {
    const [a, b] = [problemOf({ features: pictures }), problemOf()];
    const [ofBytes, ofNumbers] = [await a.oracle.evaluate(w), await b.oracle.evaluate(w)];
    expect(ofBytes.value).toBeCloseTo(ofNumbers.value, 12);
    near(ofBytes.gradient, ofNumbers.gradient);
    near(await a.scores(w), await b.scores(w));
  });

  test("does not depend on how its examples are cut into chunks", async () => {
    const once = await problemOf({ weights }, count).oracle.evaluate(w);
    for (const chunk of [1, 4, 10, 30]) {
      const cut = await problemOf({ weights }, chunk).oracle.evaluate(w);
      expect(cut.value).toBeCloseTo(once.value, 12);
      near(cut.gradient, once.gradient);
    }
  });

  test("takes a weight of 2 as an example twice and of 0 as none", async () => {
    const rows = [0, 1, 1, 2, 4, 5, 6, 7, 8, 9, 10];
    const repeated = {
      features: {
        ...numbers,
        data: Float64Array.from(rows.flatMap((i) => [...numbers.data.subarray(i * width, (i + 1) * width)])),
      },
      labels: Int32Array.from(rows, (i) => basic.labels[i]),
    };
    const doubled = uniform.map((value, i) => (i === 1 ? 2 : i === 3 ? 0 : 1) * value);
    const [a, b] = [
      await problemOf({ weights: doubled }).oracle.evaluate(w),
      await problemOf(repeated).oracle.evaluate(w),
    ];
    expect(a.value).toBeCloseTo(b.value, 12);
    near(a.gradient, b.gradient);
  });

  test("has a threshold for each weight and none for the bias", () => {
    const { threshold } = problemOf();
    expect([...threshold]).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 0, 0, 0]);
  });

  test("counts its passes over the examples", async () => {
    const problem = problemOf();
    await problem.oracle.evaluate(w);
    await problem.oracle.hessianVector(w, w);
    await problem.scores(w);
    expect(problem.passes).toBe(3);
  });

  test.each([true, false])("visits rows whose scores are its own (bias: %s)", async (bias) => {
    const problem = problemOf({
      features: pictures,
      loss: "crammer-singer",
      weights,
      bias,
      l2: new Float64Array(6).fill(0.3),
    });
    const { rows, costs, scale } = await problem.rows();
    for (let row = 0; row < count; row++) rows.add(row, Int32Array.of(row % 3, (row + 1) % 3), normals(2), 2);
    const all = await problem.scores(rows.weights());
    near(await rows.allScores(), all);
    const own = new Float64Array(classes);
    for (let row = 0; row < count; row++) {
      rows.scores(row, own);
      near(own, all.subarray(row * classes, (row + 1) * classes));
    }
    // ½ ‖W‖² + Σ C_i L_i, times the scale, is Σ ω_i L_i + λ ‖W‖².
    near(
      costs.map((cost) => cost * scale),
      weights,
    );
    expect(scale / 2).toBeCloseTo(0.3, 14);
  });

  test("has the moments that its least squares are made of", async () => {
    const problem = problemOf({ features: pictures, loss: "mse", weights });
    const { moments, ridge } = await problem.moments();
    // The gradient at any W is (2 / C) (G W − M) + 2 λ W.
    const { gradient } = await problem.oracle.evaluate(w);
    const n = moments.features;
    const expected = w.map((weight, at) => {
      const [a, j] = [Math.floor(at / classes), at % classes];
      let sumSoFar = -moments.cross[at];
      for (let b = 0; b < n; b++) sumSoFar += moments.gram[a * n + b] * w[b * classes + j];
      return (2 / classes) * sumSoFar + 2 * ridge[a] * weight;
    });
    near(gradient, expected);
  });
});

describe("the preconditioner", () => {
  // Features whose units differ by 100, and that depend on each other.
  const units = [1, 10, 0.1, 1, 3];
  const ill = {
    ...numbers,
    data: numbers.data.map((value, at) => units[at % width] * (value + 3 * numbers.data[at - (at % width)])),
  };
  const request = { features: ill, l2: Float64Array.of(1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 0) };

  test("leads to the same optimum in fewer evaluations", async () => {
    const [plain, better] = [problemOf(request), problemOf(request)];
    const limits = { tolerance: 1e-7, iterations: 2000, memory: 10 };
    const slow = await minimizeLbfgs(plain.oracle, plain.start, limits);
    const fast = await minimizeLbfgs(await better.preconditioned(), better.start, limits);
    expect([slow.converged, fast.converged]).toEqual([true, true]);
    expect(fast.value).toBeCloseTo(slow.value, 9);
    expect(better.passes).toBeLessThan(0.7 * plain.passes);
  });

  test("is the inverse of the Hessian of least squares", async () => {
    const problem = problemOf({ loss: "mse" });
    const oracle = await problem.preconditioned();
    const v = normals(oracle.dimension);
    const back = oracle.precondition!(await oracle.hessianVector(oracle.precondition!(v), oracle.precondition!(v)));
    // M⁻¹ H M⁻¹ v = M⁻¹ v where M = H.
    near(back, oracle.precondition!(v), 7);
  });
});
