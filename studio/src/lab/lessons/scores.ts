/** Losses of a few examples whose scores the learner sets, with all that a picture of them needs: traced once, evaluated in float64. */
import { gradients } from "../../../../src/autodiff/index.ts";
import { graph, input, type NDArray, type Tensor } from "../../../../src/ir/index.ts";
import { type LossName, losses } from "../../../../src/losses/index.ts";
import { add, mean, mul, oneHot, relu, softmax, sub, sum } from "../../../../src/ops/index.ts";
import { evaluate } from "../../../../src/reference/index.ts";

/** Three pictures and what a linear classifier gave them: the worked example of Stanford's CS231n. */
export const classes = ["cat", "car", "frog"] as const;
export const given: readonly (readonly number[])[] = [
  [3.2, 5.1, -1.7],
  [1.3, 4.9, 2.0],
  [2.2, 2.5, -3.1],
];
/** Picture i shows class i. */
export const truth = [0, 1, 2] as const;

export interface Judged {
  /** Of each example. */
  readonly losses: readonly number[];
  readonly mean: number;
  /** ∂Lᵢ/∂s, [examples][classes]. */
  readonly gradient: readonly (readonly number[])[];
}

const rowsOf = ({ data, shape: [, width] }: NDArray) =>
  Array.from({ length: data.length / width }, (_, i) =>
    Array.from(data.subarray(i * width, (i + 1) * width) as Float64Array),
  );

const feedsOf = (rows: readonly (readonly number[])[], labels: readonly number[]): Record<string, NDArray> => ({
  scores: { shape: [rows.length, rows[0].length], data: Float64Array.from(rows.flat()) },
  labels: { shape: [labels.length], data: Float64Array.from(labels) },
});

const inputsOf = (count: number, width: number) => ({
  scores: input("scores", [count, width], { dtype: "float64" }) as Tensor,
  labels: input("labels", [count], { dtype: "int32" }) as Tensor,
});

/** What a loss of the library says of some scores. @param options of the loss, beside its defaults */
export function judged(
  name: LossName,
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  options: object = {},
): Judged {
  const { scores, labels: truths } = inputsOf(rows.length, rows[0].length);
  const loss = losses[name];
  const perExample = loss.perExample({ ...loss.defaults, ...options }, scores, truths);
  // Examples do not meet, so the gradient of the sum has each example's own in its row.
  const [slope] = gradients(sum(perExample), [scores]);
  const out = evaluate(graph({ perExample, mean: mean(perExample), slope }), feedsOf(rows, labels));
  return { losses: Array.from(out.perExample.data), mean: out.mean.data[0], gradient: rowsOf(out.slope) };
}

/** max(0, s_j − s_y + margin) of every class, the true one too: what the hinge adds up, and what it would if it counted y. */
export function hingeTerms(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  margin = 1,
): readonly (readonly number[])[] {
  const { scores, labels: truths } = inputsOf(rows.length, rows[0].length);
  const own = sum(mul(scores, oneHot(truths, rows[0].length, "float64")), 1, true);
  const terms = relu(add(sub(scores, own), margin));
  return rowsOf(evaluate(graph({ terms }), feedsOf(rows, labels)).terms);
}

/** Softmax of each row. */
export function probabilities(rows: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const { scores } = inputsOf(rows.length, rows[0].length);
  const { scores: fed } = feedsOf(rows, []);
  return rowsOf(evaluate(graph({ p: softmax(scores) }), { scores: fed }).p);
}
