/** Lesson 7: the multiclass SVM loss on three pictures, and the five questions that one should be able to answer about it. */

import { losses } from "../../../../src/losses/index.ts";
import { choice, number, numbers, text } from "../fields.ts";
import { defineLesson } from "../lesson.ts";
import { tex } from "../shown.ts";
import { classes, given, hingeTerms, type Judged, judged, truth } from "./scores.ts";

export type SvmLoss = "hinge" | "squared-hinge";

export interface Svm extends Judged {
  /** max(0, s_j − s_y + margin) of the other classes, 0 in the place of the true one. */
  readonly terms: readonly (readonly number[])[];
}

export function svm(rows: readonly (readonly number[])[], loss: SvmLoss = "hinge", margin = 1): Svm {
  const terms = hingeTerms(rows, truth, margin).map((row, i) => row.map((term, j) => (j === truth[i] ? 0 : term)));
  return { ...judged(loss, rows, truth, { margin }), terms };
}

/** The loss of each picture while its own sum also counts the true class: each grows by the margin. */
export function withTrueClass(rows: readonly (readonly number[])[], margin = 1): { losses: number[]; mean: number } {
  const sums = hingeTerms(rows, truth, margin).map((row) => row.reduce((total, term) => total + term, 0));
  return { losses: sums, mean: sums.reduce((total, one) => total + one, 0) / sums.length };
}

/** The loss of each picture where the C − 1 terms are averaged instead of summed. */
export function averaged(rows: readonly (readonly number[])[], margin = 1): { losses: number[]; mean: number } {
  const { losses: sums, mean } = judged("hinge", rows, truth, { margin });
  const others = classes.length - 1;
  return { losses: sums.map((one) => one / others), mean: mean / others };
}

/** The car picture with its car score lowered. */
export const lowered = (by: number): number[][] =>
  given.map((row, i) => (i === 1 ? [row[0], row[1] - by, row[2]] : [...row]));

/** How far the car score may fall before the car picture costs anything: its lead over the next class, less the margin. */
export function slack(rows: readonly (readonly number[])[], picture = 1, margin = 1): number {
  const own = rows[picture][truth[picture]];
  const rival = Math.max(...rows[picture].filter((_, j) => j !== truth[picture]));
  return own - rival - margin;
}

/** The loss while all scores are 0, as `argmin train` prints it before it begins. */
export const atStart = (count: number, loss: SvmLoss = "hinge") => losses[loss].initial(losses[loss].defaults, count);

export function code(rows: readonly (readonly number[])[], loss: SvmLoss = "hinge", margin = 1): string {
  const squared = loss === "squared-hinge";
  return `import { add, compile, gradients, mean, mul, oneHot, relu, ${squared ? "square, " : ""}sub, sum } from "argmin/graph";

const svm = compile(({ scores, labels }) => {
  const truth = oneHot(labels, 3);
  const own = sum(mul(scores, truth), 1, true); // s_y
  const terms = mul(relu(add(sub(scores, own), ${margin})), sub(1, truth)); // max(0, s_j − s_y + ${margin}) for j ≠ y
  const losses = sum(${squared ? "square(terms)" : "terms"}, 1);
  return { losses, mean: mean(losses), slope: gradients(sum(losses), { scores }).scores };
});

const { losses, mean: loss, slope } = await svm({
  scores: ${JSON.stringify(rows)},
  labels: Int32Array.of(0, 1, 2), // cat, car, frog
});
console.log([...losses.data], loss.value);
console.log([...slope.data]);
`;
}

const rowsOf = (flat: readonly number[]) => given.map((row, i) => row.map((_, j) => flat[i * row.length + j]));

/** One sum of a picture, with its numbers. */
function sumOf(
  rows: readonly (readonly number[])[],
  picture: number,
  margin: number,
  squared: boolean,
  value: number,
): string {
  const [own, power] = [rows[picture][truth[picture]], squared ? "^2" : ""];
  const terms = rows[picture].flatMap((score, j) =>
    j === truth[picture] ? [] : [`\\max(0,\\,${tex(score)}-${bracketed(own)}+${tex(margin)})${power}`],
  );
  return `L_{\\text{${classes[picture]}}} = ${terms.join("+")} = ${tex(value)}`;
}

const bracketed = (value: number) => (value < 0 ? `(${tex(value)})` : tex(value));

export const lesson = defineLesson({
  question: {
    text: {
      en: "The car picture has scores cat 1.3, car 4.9, frog 2.0. How large is its SVM loss?",
      zh: "汽车图片的得分是：猫 1.3、汽车 4.9、青蛙 2.0。它的 SVM 损失是多少？",
    },
    choices: [
      { en: "0: the right class leads by more than 1", zh: "0：正确类别领先超过 1" },
      { en: "Small, but never quite 0", zh: "很小，但绝不会正好是 0" },
      { en: "2.9: its lead over the next class", zh: "2.9：它领先第二名的分数" },
    ],
    answer: 0,
    because: {
      en: "Car leads frog by 2.9 and cat by 3.6. Both leads are above the margin of 1, so both terms are 0.",
      zh: "汽车比青蛙高 2.9，比猫高 3.6，都超过间隔 1，所以两项都是 0。",
    },
  },
  task: {
    en: "Drag a score, or move it with the arrow keys. What lies in the red zone of its row costs as much as it lies inside. Then answer the five questions below.",
    zh: "拖动任意一个得分（或用方向键）。落入该行红色区域的部分有多长，损失就有多大。然后回答下面的五个问题。",
  },
  truth: {
    en: "The SVM only asks that the right class leads by the margin; beyond that it does not care.",
    zh: "SVM 只要求正确类别领先一个间隔；再多，它就不在乎了。",
  },
  fields: {
    scores: numbers(given.flat(), -8, 8, 1),
    loss: choice(["hinge", "squared-hinge"]),
    margin: number(1, 0, 3, 0.1),
    answers: text(),
  },
  formulas: ({ scores, loss, margin }) => {
    const rows = rowsOf(scores);
    const { losses: values, mean } = svm(rows, loss, margin);
    const squared = loss === "squared-hinge";
    return [
      `L_i = \\sum_{j \\ne y_i} \\max(0,\\, s_j - s_{y_i} + ${tex(margin)})${squared ? "^2" : ""}`,
      ...values.map((value, i) => sumOf(rows, i, margin, squared, value)),
      `L = \\tfrac13(${values.map((value) => tex(value)).join("+")}) = ${tex(mean)}`,
    ];
  },
  program: ({ scores, loss, margin }) => code(rowsOf(scores), loss, margin),
});

export { rowsOf };
