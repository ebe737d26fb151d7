import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/index.ts";
import { constant, graph, input, type NDArray, type Tensor } from "../../src/ir/index.ts";
import { losses } from "../../src/losses/index.ts";
import * as o from "../../src/ops/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { difference, runNative } from "../conformance/native.ts";
import { weightedMean } from "../conformance/weighted-mean.ts";
import { found, golden, type Row, type Stored, sayWhenMissing } from "./golden.ts";

sayWhenMissing();

type Inputs = Record<string, Tensor>;
type Build = (inputs: Inputs, row: Row) => Tensor;

/** A tuple or a number out of a row's name: `sum_dim(0, 2)_keepFalse`. */
const numbersIn = (text: string) => (text.match(/-?\d+/g) ?? []).map(Number);
const axesIn = (row: Row) => numbersIn(row.name.replace(/^.*_dim/, "").replace(/_keep.*/, ""));
const keeps = (row: Row) => row.name.endsWith("keepTrue");
const attr = (row: Row, name: string) => row.attrs[name] as unknown as o.PairLike & number;

const variance = (x: Tensor, axes: o.Axes, keep = false) =>
  o.mean(o.square(o.sub(x, o.mean(x, axes, true))), axes, keep);
/** Rows of `ops` by the pattern of their names. */
const units: [RegExp, Build][] = [
  [/^exp$/, ({ x }) => o.exp(x)],
  [/^tanh$/, ({ x }) => o.tanh(x)],
  [/^sigmoid$/, ({ x }) => o.sigmoid(x)],
  [/^relu(_at_zero)?$/, ({ x }) => o.relu(x)],
  [/^neg$/, ({ x }) => o.neg(x)],
  [/^abs(_at_zero)?$/, ({ x }) => o.abs(x)],
  [/^log$/, ({ x }) => o.log(x)],
  [/^sqrt$/, ({ x }) => o.sqrt(x)],
  [/^softplus$/, ({ x }) => o.softplus(x)],
  [/^silu$/, ({ x }) => o.silu(x)],
  [/^elu$/, ({ x }) => o.where(o.greater(x, 0), x, o.sub(o.exp(x), 1))],
  [/^erf$/, ({ x }) => o.erf(x)],
  [/^gelu_erf$/, ({ x }) => o.gelu(x)],
  [/^gelu_tanh$/, ({ x }) => o.gelu(x, { approximate: "tanh" })],
  [/^leaky_relu$/, ({ x }) => o.leakyRelu(x, 0.1)],
  [/^clip$/, ({ x }) => o.minimum(o.maximum(x, -0.5), 0.7)],
  [/^rsqrt$/, ({ x }) => o.div(1, o.sqrt(x))],
  [/^reciprocal$/, ({ x }) => o.div(1, x)],
  [/^pow3$/, ({ x }) => o.pow(x, 3)],
  [/^pow_2_5$/, ({ x }) => o.pow(x, 2.5)],
  [/^pow_tensor$/, ({ a, b }) => o.pow(a, b)],
  [/^add_\(/, ({ a, b }) => o.add(a, b)],
  [/^sub_\(/, ({ a, b }) => o.sub(a, b)],
  [/^mul_\(/, ({ a, b }) => o.mul(a, b)],
  [/^div_\(/, ({ a, b }) => o.div(a, b)],
  [/^maximum_\(/, ({ a, b }) => o.maximum(a, b)],
  [/^minimum_\(/, ({ a, b }) => o.minimum(a, b)],
  [/^matmul_/, ({ a, b }) => o.matmul(a, b)],
  [/^linear$/, ({ x, w, b }) => o.add(o.matmul(x, o.transpose(w)), b)],
  [/^sum_dim/, ({ x }, row) => o.sum(x, axesIn(row), keeps(row))],
  [/^mean_dim/, ({ x }, row) => o.mean(x, axesIn(row), keeps(row))],
  [/^amax_dim/, ({ x }, row) => o.max(x, axesIn(row), keeps(row))],
  [/^amax_ties$/, ({ x }) => o.max(x, 1)],
  [/^logsumexp_dim/, ({ x }, row) => o.log(o.sum(o.exp(x), axesIn(row), keeps(row)))],
  [/^var_biased$/, ({ x }) => variance(x, 1)],
  [/^var_unbiased$/, ({ x }) => o.mul(variance(x, 1), x.shape[1] / (x.shape[1] - 1))],
  [/^softmax_-?\d$/, ({ x }, { name }) => o.softmax(x, numbersIn(name)[0])],
  [/^log_softmax_/, ({ x }, { name }) => o.logSoftmax(x, numbersIn(name)[0])],
  [/^softmax_huge$/, ({ x }) => o.logSoftmax(x)],
  [/^transpose$/, ({ x }) => o.transpose(x, [2, 0, 1])],
  [/^slice_step$/, ({ x }) => o.slice(x, { axis: 0, start: 1 }, { axis: 1, step: 2 })],
  [/^pad$/, ({ x }) => o.pad(x, [0, 1], [1, 2])],
  [/^cat$/, ({ a, b }) => o.concat([a, b], 1)],
  [/^expand$/, ({ x }) => o.broadcastTo(x, [4, 3, 2])],
  [/^where$/, ({ a, b }) => o.where(o.cast(constant([1, 0, 1, 1, 0, 1], [2, 3]), "bool"), a, b)],
  [/^index_select_dup$/, ({ x }) => o.gather(x, constant([2, 0, 2], [3], "int32"))],
  [/^embedding$/, ({ w, i }) => o.gather(w, i)],
  [/^gather$/, ({ x, i }) => o.gatherElements(x, i, 1)],
  [
    /^conv2d_/,
    ({ x, w, b }, row) =>
      o.conv2d(x, w, {
        bias: b,
        stride: attr(row, "stride"),
        padding: attr(row, "pad"),
        dilation: attr(row, "dilation"),
        groups: attr(row, "groups"),
      }),
  ],
  [
    /^conv1d$/,
    ({ x, w, b }) => {
      const row = (t: Tensor) => o.reshape(t, [t.shape[0], t.shape[1], 1, t.shape[2]]);
      const y = o.conv2d(row(x), row(w), { bias: b, stride: [1, 2], padding: [0, 1] });
      return o.reshape(y, [y.shape[0], y.shape[1], y.shape[3]]);
    },
  ],
  [
    /^conv_transpose2d_/,
    ({ x, w, b }, row) => {
      const options = {
        stride: attr(row, "stride"),
        padding: attr(row, "pad"),
        outputPadding: attr(row, "output_padding"),
      };
      return o.add(o.convTranspose2d(x, w, options), o.reshape(b, [-1, 1, 1]));
    },
  ],
  [
    /^max_pool2d_k/,
    ({ x }, row) => o.maxPool2d(x, attr(row, "k"), { stride: attr(row, "s"), padding: attr(row, "p") }),
  ],
  [/^max_pool2d_ties$/, ({ x }) => o.maxPool2d(x, 2)],
  [
    /^avg_pool2d_k/,
    ({ x }, row) => o.averagePool2d(x, attr(row, "k"), { stride: attr(row, "s"), padding: attr(row, "p") }),
  ],
  [/^global_avg$/, ({ x }) => o.mean(x, [2, 3])],
  [/^batch_norm_train$/, ({ x, w, b }, row) => o.batchNorm(x, w, b, attr(row, "eps")).y],
  [/^layer_norm$/, ({ x, w, b }, row) => o.layerNorm(x, { scale: w, bias: b }, attr(row, "eps"))],
  [/^group_norm$/, ({ x, w, b }, row) => o.groupNorm(x, attr(row, "groups"), { scale: w, bias: b }, attr(row, "eps"))],
];

/** Rows of `ops` without a counterpart, each with the reason. */
const without: Record<string, string> = {
  sin: "no trigonometric units",
  cos: "no trigonometric units",
  prod: "no product over an axis",
  cumsum: "no running sums",
  bilinear_resize: "resizing belongs to preprocessing, which is not differentiated",
  nearest_resize: "resizing belongs to preprocessing, which is not differentiated",
};

/** One of our losses on scores [batch, classes] and labels, for each example. */
const lossOf = (name: keyof typeof losses, scores: Tensor, labels: Tensor, options: object = {}): Tensor =>
  losses[name].perExample({ ...losses[name].defaults, ...options }, scores, labels);
/** The same on targets. */
const targetLossOf = (name: keyof typeof losses, scores: Tensor, targets: Tensor, options: object = {}): Tensor =>
  losses[name].perTarget!({ ...losses[name].defaults, ...options }, scores, targets);

const numbersOf = (row: Row, attribute: string) => row.attrs[attribute] as unknown as number[];
const labelsOf = (row: Row) => constant(numbersOf(row, "y"), [numbersOf(row, "y").length], "int32");
const softTargets = (row: Row) => constant((row.attrs.p as unknown as number[][]).flat(), [5, 4]);
/** Five numbers as the scores, or the targets, of one class. */
const column = (values: Tensor) => o.reshape(values, [5, 1]);
const targetsOf = (row: Row) => column(constant(numbersOf(row, "y")));
/** Answers 1 and −1 as labels of one class: the class itself, or one that is none. */
const answersOf = (row: Row) =>
  constant(
    numbersOf(row, "y").map((answer) => (answer > 0 ? 0 : 1)),
    [5],
    "int32",
  );

/** Rows of `losses`, each through a loss of the catalogue. */
const lossRows: Record<string, Build> = {
  cross_entropy_none: ({ z, y }) => lossOf("cross-entropy", z, y),
  cross_entropy_mean: ({ z, y }) => o.mean(lossOf("cross-entropy", z, y)),
  cross_entropy_sum: ({ z, y }) => o.sum(lossOf("cross-entropy", z, y)),
  cross_entropy_weighted: ({ z }, row) => {
    const weights = o.gather(constant(numbersOf(row, "weight")), labelsOf(row));
    return weightedMean(lossOf("cross-entropy", z, labelsOf(row)), weights);
  },
  cross_entropy_ignore3: ({ z }, row) => {
    const weights = constant(numbersOf(row, "y").map((label) => Number(label !== 3)));
    return weightedMean(lossOf("cross-entropy", z, labelsOf(row)), weights);
  },
  "cross_entropy_smooth0.1": ({ z }, row) => o.mean(lossOf("cross-entropy", z, labelsOf(row), { smoothing: 0.1 })),
  cross_entropy_soft: ({ z }, row) => o.mean(targetLossOf("cross-entropy", z, softTargets(row))),
  kl_div_batchmean: ({ z }, row) => o.mean(targetLossOf("kullback-leibler", z, softTargets(row), { smoothing: 0 })),
  // PyTorch divides by the number of classes where the course adds up.
  "multi_margin_p1 (mean over C: sum/C)": ({ z }, row) => o.mul(o.mean(lossOf("hinge", z, labelsOf(row))), 1 / 4),
  multi_margin_p2: ({ z }, row) => o.mul(o.mean(lossOf("squared-hinge", z, labelsOf(row))), 1 / 4),
  crammer_singer_hinge: ({ z }, row) => o.mean(lossOf("crammer-singer", z, labelsOf(row))),
  binary_hinge: ({ z }, row) => o.mean(lossOf("one-vs-rest-hinge", column(z), answersOf(row))),
  binary_sq_hinge: ({ z }, row) => o.mean(lossOf("one-vs-rest-squared-hinge", column(z), answersOf(row))),
  bce_with_logits: ({ z }, row) => o.mean(targetLossOf("one-vs-rest-logistic", column(z), targetsOf(row))),
  mse: ({ z }, row) => o.mean(targetLossOf("mse", column(z), targetsOf(row))),
  l1: ({ z }, row) => o.mean(targetLossOf("mae", column(z), targetsOf(row))),
  huber_1: ({ z }, row) => o.mean(targetLossOf("huber", column(z), targetsOf(row), { delta: 1 })),
  // Huber's loss divided by β.
  "smooth_l1_beta.5": ({ z }, row) =>
    o.mul(o.mean(targetLossOf("huber", column(z), targetsOf(row), { delta: 0.5 })), 2),
};

const arrayOf = ({ shape, data }: Stored): NDArray => ({ shape, data: Float64Array.from(data) });

/** Forward and backward of one row: the reference to 1e-9, ONNX Runtime to what is given. */
async function compare(row: Row, build: Build, native: number): Promise<void> {
  const differentiable = Object.entries(row.inputs).map(([name, { shape }]) => input(name, shape));
  const indices = Object.entries(row.ints).map(([name, { shape }]) => input(name, shape, { dtype: "int32" }));
  const all = [...differentiable, ...indices];
  const output = build(Object.fromEntries(all.map((tensor) => [tensor.attrs.name, tensor as Tensor])), row);
  const seed = input("seed", output.shape);
  const slopes = gradients(output, differentiable as Tensor[], seed as Tensor);
  const named = Object.fromEntries(slopes.map((slope, i) => [`d ${differentiable[i].attrs.name}`, slope]));
  const traced = graph({ out: output, ...named }, [...all, seed]);
  const feeds = Object.fromEntries(
    Object.entries({ ...row.inputs, ...row.ints, seed: row.out_grad }).map(([name, value]) => [name, arrayOf(value)]),
  );
  const expected = Object.fromEntries(Object.entries(row.grads).map(([name, value]) => [`d ${name}`, arrayOf(value)]));
  const [truth, actual] = [evaluate(traced, feeds), await runNative(traced, feeds)];
  expect(Object.keys(expected)).toEqual(Object.keys(named));
  for (const [name, value] of Object.entries({ out: arrayOf(row.out), ...expected })) {
    expect([name, difference(truth[name], value, 1e-9)]).toEqual([name, undefined]);
    expect([name, difference(actual[name], value, native)]).toEqual([name, undefined]);
  }
}

describe(`PyTorch ${golden.torch}: units`, () => {
  const covered = golden.ops.flatMap((row): [string, Row, Build][] =>
    units.filter(([pattern]) => pattern.test(row.name)).map(([, build]) => [row.name, row, build]),
  );
  test.skipIf(!found)("every row is covered once or listed with a reason, and nothing is listed in vain", () => {
    const listed = Object.keys(without);
    expect([...covered.map(([name]) => name), ...listed].sort()).toEqual(golden.ops.map(({ name }) => name).sort());
    expect(units.filter(([pattern]) => !golden.ops.some(({ name }) => pattern.test(name)))).toEqual([]);
  });
  test.each(covered)("%s", (_, row, build) => compare(row, build, 1e-4));
  test.skip.each(Object.entries(without))("%s: %s", () => {});
});

describe(`PyTorch ${golden.torch}: losses`, () => {
  test.skipIf(!found)("every row is covered", () =>
    expect(Object.keys(lossRows).sort()).toEqual(golden.losses.map(({ name }) => name).sort()),
  );
  test.each(golden.losses.map((row): [string, Row] => [row.name, row]))("%s", (name, row) =>
    compare(row, lossRows[name], 1e-5),
  );
});
