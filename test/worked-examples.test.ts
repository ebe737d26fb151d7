/**
 * The worked examples of the course, with the numbers that come out by hand: the library's gradients, losses, penalties and
 * optimizers in float64, where nothing but the arithmetic of the course can explain a digit. The programs in examples/ print
 * the same on ONNX Runtime.
 */
import { describe, expect, test } from "vitest";
import { gradients } from "../src/autodiff/index.ts";
import { constant, graph, input, type Tensor } from "../src/ir/index.ts";
import { type LossName, losses } from "../src/losses/index.ts";
import { add, matmul, mean, mul, oneHot, relu, reshape, square, sub, sum } from "../src/ops/index.ts";
import { optimizers } from "../src/optimizers/index.ts";
import { evaluate } from "../src/reference/index.ts";
import { regularizers } from "../src/regularizers/index.ts";

type Numbers = readonly number[];
type Wanted = Readonly<Record<string, Tensor>>;

/** A function of scalars and vectors, traced once and evaluated in float64; each answer as a list. */
function asked<In extends string>(sizes: Readonly<Record<In, number>>, body: (at: Record<In, Tensor>) => Wanted) {
  const shapeOf = (size: number) => (size === 0 ? [] : [size]);
  const inputs = Object.entries<number>(sizes).map(([name, size]) => [name, input(name, shapeOf(size))] as const);
  const traced = graph(body(Object.fromEntries(inputs) as unknown as Record<In, Tensor>));
  return (values: Readonly<Record<In, number | Numbers>>): Record<string, number[]> => {
    const feeds = Object.entries<number | Numbers>(values).map(([name, value]) => {
      const data = Float64Array.from(typeof value === "number" ? [value] : value);
      return [name, { shape: shapeOf(sizes[name as In]), data }] as const;
    });
    const found = evaluate(traced, Object.fromEntries(feeds));
    return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, [...data]]));
  };
}

/** Equal to the last digit but for the rounding of float64. */
function expectClose(actual: Numbers, expected: Numbers, digits = 12): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i], `number ${i} of ${actual}`).toBeCloseTo(value, digits);
}

const half = (x: Tensor) => mul(0.5, x);
const five = { x: [0, 1, 2, 3, 4], y: [1.1, 1.4, 2.1, 2.4, 3.0] };

describe("a line with its slope fixed at ½: b alone", () => {
  const parabola = asked({ b: 0 }, ({ b }) => {
    const loss = half(mean(square(sub(add(b, constant(five.x.map((x) => x / 2))), constant(five.y)))));
    const [slope] = gradients(loss, [b]);
    return { loss, slope, curvature: gradients(slope, [b])[0] };
  });
  const descent = (rate: number, steps: number) => {
    const path = [-1];
    for (let i = 0; i < steps; i++) path.push(path[i] - rate * parabola({ b: path[i] }).slope[0]);
    return path;
  };

  test("calculus: the slope is b − 1 and the curvature 1, so b* = 1, with L = 0.004", () => {
    for (const b of [-1, 0, 1, 2.5]) {
      const { slope, curvature } = parabola({ b });
      expectClose([slope[0], curvature[0]], [b - 1, 1]);
    }
    expectClose(parabola({ b: 1 }).loss, [0.004]);
  });

  test.each<[number, string, number[]]>([
    [0.1, "creeps", [-1, -0.8, -0.62, -0.458]],
    [1, "arrives in one step", [-1, 1, 1, 1]],
    [1.5, "comes in from both sides", [-1, 2, 0.5, 1.25]],
    [2, "goes to and fro for ever", [-1, 3, -1, 3]],
    [2.1, "diverges", [-1, 3.2, -1.42, 3.662]],
  ])("a rate of %d %s", (rate, _, path) => expectClose(descent(rate, 3), path));

  test("every step multiplies the error by 1 − η", () => {
    for (const rate of [0.1, 0.5, 1.5, 2, 2.1]) {
      const errors = descent(rate, 20).map((b) => b - 1);
      for (const [k, error] of errors.entries()) expect(error).toBeCloseTo(-2 * (1 - rate) ** k, 10);
    }
  });
});

describe("a line, w and b together", () => {
  const bowl = asked({ p: 2, along: 2 }, ({ p, along }) => {
    const rows = constant(
      five.x.flatMap((x) => [x, 1]),
      [5, 2],
    );
    const loss = half(mean(square(sub(sum(mul(rows, p), 1), constant(five.y)))));
    const [slope] = gradients(loss, [p]);
    return { loss, slope, bend: gradients(sum(mul(slope, along)), [p])[0] };
  });
  const at = (p: Numbers) => bowl({ p, along: [0, 0] });
  const [[ww, wb], [bw, bb]] = [[1, 0] as Numbers, [0, 1] as Numbers].map((along) => bowl({ p: [0, 0], along }).bend);
  const spread = Math.sqrt((ww + bb) ** 2 - 4 * (ww * bb - wb * bw));
  const [largest, smallest] = [(ww + bb + spread) / 2, (ww + bb - spread) / 2];
  const best = [0.48, 1.04];
  const errorAfter = (rate: number, steps: number, start: Numbers = [0, 0]) => {
    let p = start;
    for (let i = 0; i < steps; i++) {
      const { slope } = at(p);
      p = p.map((value, j) => value - rate * slope[j]);
    }
    return Math.hypot(p[0] - best[0], p[1] - best[1]);
  };

  test("the Hessian is the mean of x², x and 1, its eigenvalues (7 ± √41)/2", () => {
    expectClose([ww, wb, bw, bb], [6, 2, 2, 1]);
    expectClose([largest, smallest], [(7 + Math.sqrt(41)) / 2, (7 - Math.sqrt(41)) / 2]);
    expect([largest, smallest, largest / smallest].map((v) => v.toFixed(4))).toEqual(["6.7016", "0.2984", "22.4555"]);
  });

  test("the normal equations H (w, b) = −∇L(0) give w = 0.48, b = 1.04, where the slope is 0", () => {
    const { slope } = at([0, 0]);
    const determinant = ww * bb - wb * bw;
    const solved = [(wb * slope[1] - bb * slope[0]) / determinant, (bw * slope[0] - ww * slope[1]) / determinant];
    expectClose(solved, best);
    expectClose(at(solved).slope, [0, 0]);
    expectClose(at(solved).loss, [0.0036]);
  });

  test("descent converges just below 2/λmax and diverges just above", () => {
    expect(errorAfter(0.999 * (2 / largest), 10_000)).toBeLessThan(1e-8);
    expect(errorAfter(1.001 * (2 / largest), 10_000)).toBeGreaterThan(1e8);
  });

  test("2/(λmax + λmin) = 2/7 shrinks both errors alike, and no rate shrinks the larger one more", () => {
    const rate = 2 / (largest + smallest);
    expect(rate).toBeCloseTo(2 / 7, 12);
    const worst = (eta: number) => Math.max(Math.abs(1 - eta * largest), Math.abs(1 - eta * smallest));
    expect(Math.abs(1 - rate * largest)).toBeCloseTo(Math.abs(1 - rate * smallest), 12);
    // Along an eigenvector one step multiplies the error by 1 − ηλ, so the start on it tells the factor.
    for (const eta of [0.5 * rate, 0.97 * rate, rate, 1.03 * rate]) {
      const factors = [largest, smallest].map((lambda) => {
        const start = [best[0] + (lambda - bb), best[1] + wb];
        return errorAfter(eta, 1, start) / errorAfter(eta, 0, start);
      });
      expect(Math.max(...factors)).toBeCloseTo(worst(eta), 10);
      expect(Math.max(...factors)).toBeGreaterThanOrEqual(worst(rate) - 1e-10);
    }
  });

  test("conjugate gradients are there after exactly two steps, steepest descent is not", () => {
    const dot = (p: Numbers, q: Numbers) => p.reduce((total, value, i) => total + value * q[i], 0);
    const walk = (conjugate: boolean) => {
      let p: Numbers = [0, 0];
      let slope: Numbers = at(p).slope;
      let along = slope.map((value) => -value);
      return [1, 2].map(() => {
        const far = dot(slope, slope) / dot(along, bowl({ p, along }).bend);
        p = p.map((value, i) => value + far * along[i]);
        const next = at(p).slope;
        const kept = conjugate ? dot(next, next) / dot(slope, slope) : 0;
        along = along.map((value, i) => kept * value - next[i]);
        slope = next;
        return at(p).loss[0] - 0.0036;
      });
    };
    const [conjugate, steepest] = [walk(true), walk(false)];
    expect(conjugate[0]).toBeGreaterThan(0.09);
    expect(conjugate[1]).toBeCloseTo(0, 14);
    expect(steepest[0]).toBeCloseTo(conjugate[0], 14);
    expect(steepest[1]).toBeGreaterThan(0.003);
  });
});

describe("backpropagation through w = 0.8, b = 0.2, x = 1.5", () => {
  const pass = asked({ w: 0, b: 0, x: 0 }, ({ w, b, x }) => {
    const y = add(mul(w, x), b);
    const loss = half(square(sub(y, 0.8)));
    const [dy, dw, db, dx] = gradients(loss, [y, w, b, x]);
    return { y, loss, dy, dw, db, dx };
  });
  const descended = (rate: number, steps: number) => {
    let [w, b] = [0.8, 0.2];
    for (let i = 0; i < steps; i++) {
      const { dw, db } = pass({ w, b, x: 1.5 });
      [w, b] = [w - rate * dw[0], b - rate * db[0]];
    }
    return { w, b, loss: pass({ w, b, x: 1.5 }).loss[0] };
  };

  test("forward y = 1.4 and L = 0.18; backward 0.6, 0.9, 0.6, 0.48", () => {
    const { y, loss, dy, dw, db, dx } = pass({ w: 0.8, b: 0.2, x: 1.5 });
    expectClose([y, loss].flat(), [1.4, 0.18]);
    expectClose([dy, dw, db, dx].flat(), [0.6, 0.9, 0.6, 0.48]);
  });

  test("a step of 0.1 goes to w = 0.71, b = 0.14, L = 0.0820", () => {
    const { w, b, loss } = descended(0.1, 1);
    expectClose([w, b, loss], [0.71, 0.14, 0.0820125]);
  });

  test("a step multiplies the residual by 1 − 3.25η: 0.3077 solves at once, 0.6154 stays, 0.7 diverges", () => {
    for (const rate of [0.05, 0.1, 0.5, 0.7]) {
      for (const steps of [1, 2, 3])
        expect(descended(rate, steps).loss).toBeCloseTo(0.18 * (1 - 3.25 * rate) ** (2 * steps), 12);
    }
    expect([(1 / 3.25).toFixed(4), (2 / 3.25).toFixed(4)]).toEqual(["0.3077", "0.6154"]);
    expect(descended(1 / 3.25, 1).loss).toBeCloseTo(0, 14);
    expect(descended(2 / 3.25, 7).loss).toBeCloseTo(0.18, 12);
    expect(descended(0.7, 30).loss).toBeGreaterThan(1e5);
  });
});

/** The sums r themselves are in test/conformance/optimizers.test.ts. */
describe("AdaGrad from w = 0.8, b = 0.2 at a rate of 0.1", () => {
  const { adagrad } = optimizers;
  const step = asked({ p: 2, r: 2, learningRate: 0, epsilon: 0 }, ({ p, r, learningRate, epsilon }) => {
    const loss = half(square(sub(sum(mul(p, constant([1.5, 1]))), 0.8)));
    const [gradient] = gradients(loss, [p]);
    const scalars = { learningRate, epsilon };
    const next = adagrad.update({ parameter: p, role: "weight", gradient, slots: { squares: r }, scalars });
    return { p: next.parameter, r: next.slots.squares, gradient };
  });
  let state: Record<string, number[]> = { p: [0.8, 0.2], r: [0, 0] };
  const steps = Array.from({ length: 8 }, () => {
    const { p, r } = state;
    state = step({ p, r, learningRate: 0.1, epsilon: 0 });
    return { ...state, moved: state.p.map((value, i) => value - p[i]) } as Record<string, number[]>;
  });

  test("the first step is exactly η · sign(g): w = 0.7, b = 0.1", () => {
    expectClose(steps[0].moved, [-0.1, -0.1]);
    expectClose(steps[0].p, [0.7, 0.1]);
  });

  test("the parameters of the four steps", () => {
    const shown = steps.slice(0, 4).map(({ p }) => p.map((value) => Number(value.toFixed(3))));
    expect(shown.map(([w]) => w)).toEqual([0.7, 0.65, 0.619, 0.599]);
    expect(shown.map(([, b]) => b)).toEqual([0.1, 0.05, 0.019, -0.001]);
  });

  test("the effective rate η/√r only shrinks, whatever the slope does", () => {
    const rates = steps.map(({ moved, gradient }) => moved.map((value, i) => -value / gradient[i]));
    for (const i of [0, 1]) {
      expect(rates[0][i]).toBeCloseTo(0.1 / [0.9, 0.6][i], 12);
      for (const [k, rate] of rates.entries()) {
        expect(rate[i]).toBeCloseTo(0.1 / Math.sqrt(steps[k].r[i]), 12);
        if (k > 0) expect(rate[i]).toBeLessThan(rates[k - 1][i]);
      }
    }
  });
});

const pictures = [
  [3.2, 5.1, -1.7],
  [1.3, 4.9, 2.0],
  [2.2, 2.5, -3.1],
];
const truths = [0, 1, 2];
const doubled = pictures.map((row) => row.map((score) => 2 * score));

/** The losses of rows of scores, their mean and its slope. */
function judged(name: LossName, rows: readonly Numbers[], labels: Numbers) {
  const unit = losses[name];
  const truth = constant(labels, [labels.length], "int32");
  const [rowCount, classes] = [rows.length, rows[0].length];
  const scores = input("scores", [rowCount, classes]) as Tensor;
  const each = unit.perExample(unit.defaults, scores, truth);
  const traced = graph({ each, mean: mean(each), slope: gradients(mean(each), [scores])[0] });
  const found = evaluate(traced, { scores: { shape: scores.shape, data: Float64Array.from(rows.flat()) } });
  return { each: [...found.each.data], mean: found.mean.data[0], slope: [...found.slope.data] };
}

describe("the multiclass SVM on a cat, a car and a frog", () => {
  test("2.9, 0, 12.9, mean 5.27", () => {
    const { each, mean } = judged("hinge", pictures, truths);
    expectClose(each, [2.9, 0, 12.9]);
    expect(mean).toBeCloseTo(15.8 / 3, 12);
    expect(mean.toFixed(2)).toBe("5.27");
  });

  test("1: the car's picture costs nothing until its score has fallen by 1.9", () => {
    const cost = (fall: number) => judged("hinge", [[1.3, 4.9 - fall, 2.0]], [1]).each[0];
    for (const fall of [-5, 0, 1, 1.899]) expect(cost(fall)).toBe(0);
    expect(cost(1.9)).toBeCloseTo(0, 12);
    for (const fall of [1.901, 2, 2.5]) expect(cost(fall)).toBeCloseTo(fall - 1.9, 12);
  });

  test("2: the least is 0, and there is no greatest", () => {
    const cost = (score: number) => judged("hinge", [[score, 5.1, -1.7]], [0]).each[0];
    expect(cost(1e6)).toBe(0);
    for (const score of [-1e2, -1e4, -1e6]) expect(cost(score)).toBeCloseTo(5.1 - 1.7 + 2 - 2 * score, 6);
  });

  test.each([3, 10])("3: while all scores are 0 it is one less than the %d classes", (classes) => {
    expect(judged("hinge", [Array(classes).fill(0)], [1]).mean).toBe(classes - 1);
    const nearly = Array.from({ length: classes }, (_, i) => 1e-3 * Math.sin(i));
    expect(judged("hinge", [nearly], [1]).mean).toBeCloseTo(classes - 1, 1);
  });

  /** The loss written out of ops: with the true class among the terms, and as a mean over the others. */
  const written = asked({ scores: 9 }, ({ scores }) => {
    const rows = reshape(scores, [3, 3]);
    const truth = oneHot(constant(truths, [3], "int32"), 3);
    const terms = relu(add(sub(rows, sum(mul(rows, truth), 1, true)), 1));
    const withTruth = mean(sum(terms, 1));
    const averaged = mean(mul(sum(mul(terms, sub(1, truth)), 1), 1 / 2));
    const slopes = [withTruth, averaged].map((loss) => gradients(loss, [scores])[0]);
    return { withTruth, averaged, slopeWithTruth: slopes[0], slopeAveraged: slopes[1] };
  })({ scores: pictures.flat() });
  const plain = judged("hinge", pictures, truths);

  test("4: the true class among the terms adds 1 and no slope: 6.27", () => {
    expectClose(written.withTruth, [plain.mean + 1]);
    expect(written.withTruth[0].toFixed(2)).toBe("6.27");
    expectClose(written.slopeWithTruth, plain.slope);
  });

  test("5: a mean over the classes halves loss and slope, and so has the same minimum", () => {
    expectClose(written.averaged, [plain.mean / 2]);
    expectClose(
      written.slopeAveraged,
      plain.slope.map((value) => value / 2),
    );
  });

  test("squared: 8.41, 0, 83.25, mean 30.55, and its slope points elsewhere", () => {
    const squared = judged("squared-hinge", pictures, truths);
    expectClose(squared.each, [8.41, 0, 83.25]);
    expect(squared.mean.toFixed(2)).toBe("30.55");
    expectClose(plain.slope.slice(6), [1 / 3, 1 / 3, -2 / 3]);
    expectClose(squared.slope.slice(6), [4.2, 4.4, -8.6]);
  });
});

describe("hinge and squared hinge, for a threshold t between low and high numbers", () => {
  const [low, high] = [
    [0, 1, 2, 8],
    [4, 4, 5],
  ];
  const numbers = [...low, ...high];
  const labels = numbers.map((_, i) => (i < low.length ? 0 : 1));
  /** Two classes with the scores 0 and x − t, and the slope of the mean loss along t. */
  const at = (name: LossName, t: number) => {
    const threshold = input("t", []) as Tensor;
    const x = constant(numbers, [numbers.length, 1]);
    const scores = matmul(sub(x, threshold), constant([0, 1], [1, 2]));
    const unit = losses[name];
    const loss = mean(unit.perExample(unit.defaults, scores, constant(labels, [labels.length], "int32")));
    const traced = graph({ loss, slope: gradients(loss, [threshold])[0] });
    const found = evaluate(traced, { t: { shape: [], data: Float64Array.of(t) } });
    return { loss: found.loss.data[0], slope: found.slope.data[0] };
  };
  test("the hinge is least at 3: it falls by 2/7 before and rises by 1/7 behind", () => {
    expectClose([at("hinge", 2.99).slope, at("hinge", 3.01).slope], [-2 / 7, 1 / 7]);
    expect(at("hinge", 3).loss).toBeCloseTo(6 / 7, 12);
  });

  test("the squared hinge is least at 4.75, where its slope is 0", () => {
    expect(at("squared-hinge", 4.75).slope).toBeCloseTo(0, 12);
    expect(at("squared-hinge", 4.74).slope).toBeLessThan(0);
    expect(at("squared-hinge", 4.76).slope).toBeGreaterThan(0);
    expect(at("squared-hinge", 4.75).loss).toBeCloseTo(24.75 / 7, 12);
  });

  test("so they decide the two 4s differently", () => {
    const thresholds = Array.from({ length: 33 }, (_, i) => i / 4);
    const decidedHigh = (name: LossName) => {
      const costs = thresholds.map((t) => at(name, t).loss);
      const best = thresholds[costs.indexOf(Math.min(...costs))];
      return numbers.filter((x) => x > best);
    };
    expect(decidedHigh("hinge")).toEqual([8, 4, 4, 5]);
    expect(decidedHigh("squared-hinge")).toEqual([8, 5]);
  });
});

describe("W against 2W", () => {
  test("the hinge: 2.9 becomes 4.8, 12.9 becomes 23.8, and 0 stays 0", () => {
    expectClose(judged("hinge", doubled, truths).each, [4.8, 0, 23.8]);
  });

  test("cross-entropy: 2.04 becomes 3.82, 0.079 becomes 0.0038: it is never content", () => {
    const shown = [pictures, doubled].map((rows) => judged("cross-entropy", rows, truths).each);
    expect(shown.map(([cat, car]) => [cat.toFixed(2), car.toPrecision(2)])).toEqual([
      ["2.04", "0.079"],
      ["3.82", "0.0038"],
    ]);
    const more = pictures.map((row) => row.map((score) => 4 * score));
    expect(judged("cross-entropy", more, truths).each[1]).toBeGreaterThan(0);
  });

  const weigh = asked({ w: 4, x: 4 }, ({ w, x }) => ({
    score: sum(mul(w, x)),
    l2: regularizers.l2.penalty!(w, { l2: constant(1) }),
    l1: regularizers.l1.penalty!(w, { l1: constant(1) }),
  }));
  test.each<[Numbers, number, number, number]>([
    [[1, 0, 0, 0], 1, 1, 1],
    [[0.25, 0.25, 0.25, 0.25], 1, 0.25, 1],
    [[2, 0, 0, 0], 2, 4, 2],
    [[0.5, -0.5, 0.5, 0.5], 1, 1, 2],
  ])("w = %j on (1, 1, 1, 1): score %d, L2 %d, L1 %d", (w, score, l2, l1) => {
    expect(weigh({ w, x: [1, 1, 1, 1] })).toEqual({ score: [score], l2: [l2], l1: [l1] });
  });
});
