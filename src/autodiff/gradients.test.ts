import { describe, expect, test } from "vitest";
import { UsageError } from "../core/index.ts";
import { constant, graph, input, type NDArray, type Tensor, verify } from "../ir/index.ts";
import { add, broadcastTo, exp, greater, matmul, mean, mul, relu, square, sub, sum, where } from "../ops/index.ts";
import { evaluate } from "../reference/index.ts";
import { gradients } from "./index.ts";

const array = (shape: number[], ...values: number[]): NDArray => ({ shape, data: Float64Array.from(values) });
const data = (name: string, ...shape: number[]) => input(name, shape) as Tensor;

/** ∂y/∂x for every x, at the given values. */
function slopes(y: Tensor, wrt: readonly Tensor[], feeds: Record<string, NDArray>, seed?: Tensor): number[][] {
  const outputs = gradients(y, wrt, seed);
  outputs.forEach((slope, i) => {
    expect([slope.dtype, slope.shape]).toEqual([wrt[i].dtype, wrt[i].shape]);
  });
  const closed = graph(Object.fromEntries(outputs.map((slope, i) => [`${i}`, slope])));
  verify(closed);
  const results = evaluate(closed, feeds);
  return outputs.map((_, i) => [...results[i].data]);
}

describe("the reverse sweep", () => {
  const x = data("x");
  const at = (value: number) => ({ x: array([], value) });

  test("a value that is used twice receives the sum", () => {
    expect(slopes(mul(x, x), [x], at(3))).toEqual([[6]]);
    expect(slopes(add(mul(x, 2), add(x, mul(x, x))), [x], at(3))).toEqual([[2 + 1 + 6]]);
  });

  test("a diamond: each node's cotangent is complete before it is handed on", () => {
    // y = u² + u·v with u = 2x, v = u + 1: y = 8x² + 2x, so a rule that ran too early would be seen.
    const u = mul(x, 2);
    const v = add(u, 1);
    expect(slopes(add(square(u), mul(u, v)), [x], at(1.5))).toEqual([[16 * 1.5 + 2]]);
  });

  test("a thousand uses of one value", () => {
    const total = Array.from({ length: 1000 }).reduce<Tensor>((sum) => add(sum, x), constant(0));
    expect(slopes(total, [x], at(1))).toEqual([[1000]]);
  });

  test("an x that y does not depend on receives zeros of its shape", () => {
    expect(slopes(mul(x, x), [data("other", 2, 2), x], at(3))).toEqual([[0, 0, 0, 0], [6]]);
    expect(slopes(constant(4), [x], at(3))).toEqual([[0]]);
  });

  test("where nothing flows (a comparison) the slope is 0", () => {
    expect(slopes(where(greater(x, 0), 1, 2), [x], at(3))).toEqual([[0]]);
  });

  test("y itself, and a value on the way, may be asked for", () => {
    const u = mul(x, 3);
    const y = square(u);
    expect(slopes(y, [y, u, x], at(2))).toEqual([[1], [12], [36]]);
  });

  test("a seed weighs the elements of y; its slope is linear in it", () => {
    const v = data("v", 3);
    const feeds = { v: array([3], 1, 2, 3), seed: array([3], 1, 0, -1) };
    expect(slopes(square(v), [v], feeds, data("seed", 3))).toEqual([[2, 0, -6]]);
    expect(slopes(mul(x, x), [x], at(3), constant(10))).toEqual([[60]]);
  });

  test("a value that is no scalar needs a seed, and says so", () => {
    const attempt = () => gradients(data("v", 2, 3), [data("v", 2, 3)]);
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow("gradients: the value has shape [2,3]; reduce it to a scalar, or give a seed");
  });

  test("a seed of another shape is refused", () => {
    const v = data("v", 4);
    expect(() => gradients(mul(v, 2), [v], data("seed", 2, 1))).toThrow(
      "gradients: the seed has shape [2,1], the value [4]; give a seed of the value's shape",
    );
  });

  test("what was broadcast is summed back", () => {
    const [bias, rows, one] = [data("bias", 3), data("rows", 2, 3), data("one", 2, 1)];
    const feeds = {
      bias: array([3], 1, 2, 3),
      rows: array([2, 3], 1, 2, 3, 4, 5, 6),
      one: array([2, 1], 10, 20),
      ...at(2),
    };
    const y = sum(mul(add(rows, bias), mul(one, x)));
    expect(slopes(y, [bias, one, x], feeds)).toEqual([[60, 60, 60], [2 * 12, 2 * 21], [10 * 12 + 20 * 21]]);
    expect(slopes(sum(broadcastTo(one, [4, 2, 3])), [one], feeds)).toEqual([[12, 12]]);
  });

  test("leaves out what is not asked for: no slope of the pictures, no transposed weights", () => {
    const [pictures, w] = [data("pictures", 2, 3), data("w", 3, 2)];
    const [slope] = gradients(sum(relu(matmul(pictures, w))), [w]);
    const reached = JSON.stringify(graph({ slope }).inputs.map(({ attrs }) => attrs.name));
    expect(reached).toBe('["pictures","w"]');
    const products = [...new Set(walk(slope))].filter(({ op }) => op.name === "matmul");
    expect(products).toHaveLength(2);
  });

  test("its nodes inherit the place of what they are the adjoint of", () => {
    const [slope] = gradients(sum(exp(mul(x, 2))), [x]);
    expect(slope.place.backward).toBe(true);
  });

  test("applied again: third derivative of x⁴ is 24x", () => {
    const first = gradients(square(square(x)), [x])[0];
    const second = gradients(first, [x])[0];
    expect(slopes(second, [x], at(2))).toEqual([[48]]);
    expect(slopes(exp(gradients(exp(x), [x])[0]), [x], at(0))).toEqual([[Math.E]]);
  });
});

function walk(tensor: Tensor): Tensor[] {
  return [tensor, ...tensor.inputs.flatMap(walk)];
}

/** Lesson 10 of the Lab: y = wx + b, L = ½ (y − 0.8)² at w = 0.8, b = 0.2, x = 1.5. */
describe("backpropagation by hand", () => {
  const [w, b, x] = ["w", "b", "x"].map((name) => data(name));
  const y = add(mul(w, x), b);
  const loss = mul(0.5, square(sub(y, 0.8)));
  const feeds = (vw: number, vb: number) => ({ w: array([], vw), b: array([], vb), x: array([], 1.5) });
  const lossAt = (vw: number, vb: number) => evaluate(graph({ loss }), feeds(vw, vb)).loss.data[0];
  const [dw, db] = [0.9, 0.6];

  test("forward: y = 1.4, L = 0.18", () => {
    const values = evaluate(graph({ y, loss }), feeds(0.8, 0.2));
    expect(values.y.data[0]).toBeCloseTo(1.4, 12);
    expect(values.loss.data[0]).toBeCloseTo(0.18, 12);
  });

  test("backward: dL/dy = 0.6, dL/dw = 0.9, dL/db = 0.6, dL/dx = 0.48", () => {
    const found = slopes(loss, [y, w, b, x], feeds(0.8, 0.2)).flat();
    [0.6, dw, db, 0.48].forEach((expected, i) => {
      expect(found[i]).toBeCloseTo(expected, 12);
    });
  });

  test("a step of 0.1: w = 0.71, b = 0.14, L = 0.0820", () => {
    expect([0.8 - 0.1 * dw, 0.2 - 0.1 * db].map((v) => Number(v.toFixed(9)))).toEqual([0.71, 0.14]);
    expect(lossAt(0.71, 0.14)).toBeCloseTo(0.082, 4);
  });

  test("the residual shrinks by 1 − 3.25η: 0.3077 solves at once, 0.6154 stays, 0.7 diverges", () => {
    const lossAfter = (rate: number) => lossAt(0.8 - rate * dw, 0.2 - rate * db);
    expect(lossAfter(1 / 3.25)).toBeCloseTo(0, 12);
    expect(lossAfter(2 / 3.25)).toBeCloseTo(0.18, 12);
    expect(lossAfter(0.7)).toBeGreaterThan(0.18);
    for (const rate of [0.1, 0.5, 0.7]) expect(lossAfter(rate)).toBeCloseTo(0.18 * (1 - 3.25 * rate) ** 2, 12);
  });
});

/** Lessons 1 to 3: five points, one parameter; L(b) = ½ mean (½x + b − y)² is a parabola with L″ = 1 and b* = 1. */
describe("fitting the height of a line", () => {
  const b = data("b");
  const heights = [1.1, 1.4, 2.1, 2.4, 3.0].map((y, x) => 0.5 * x - y);
  const loss = mul(0.5, mean(square(add(constant(heights), b))));
  const slopeAt = (value: number) => slopes(loss, [b], { b: array([], value) })[0][0];

  test("the minimum is at b = 1, and the slope is b − 1 everywhere", () => {
    for (const value of [-2, 0, 1, 3]) expect(slopeAt(value)).toBeCloseTo(value - 1, 12);
  });

  test.each([
    [0.1, [-1, -0.8, -0.62]],
    [1, [-1, 1, 1]],
    [1.5, [-1, 2, 0.5]],
    [2, [-1, 3, -1, 3]],
  ])("a rate of %d walks %j", (rate, path) => {
    path.slice(1).forEach((expected, i) => {
      expect(path[i] - rate * slopeAt(path[i])).toBeCloseTo(expected, 12);
    });
  });
});
