/** Lesson 8: softmax and cross-entropy beside the SVM on the same scores. */

import { losses } from "../../../../src/losses/index.ts";
import { numbers, whole } from "../fields.ts";
import { defineLesson } from "../lesson.ts";
import { tex } from "../shown.ts";
import { given, type Judged, judged, probabilities } from "./scores.ts";

/** The pair of the CS231n notes: three scores of a picture of the last class. */
export const pair = { scores: [-2.85, 0.86, 0.28], label: 2 } as const;

export interface Beside {
  readonly probabilities: readonly (readonly number[])[];
  readonly softmax: Judged;
  readonly hinge: Judged;
}

export function beside(rows: readonly (readonly number[])[], labels: readonly number[]): Beside {
  return {
    probabilities: probabilities(rows),
    softmax: judged("cross-entropy", rows, labels),
    hinge: judged("hinge", rows, labels),
  };
}

/** ln C: what cross-entropy is before anything is learned. */
export const atStart = (count: number) => {
  const loss = losses["cross-entropy"];
  return loss.initial(loss.defaults, count);
};

export interface LeadPoint {
  /** By how much the true class leads all others, which are equal. */
  readonly lead: number;
  readonly hinge: number;
  readonly softmax: number;
  /** −∂L/∂s_y: how hard each loss still pulls the true class up. */
  readonly hingePull: number;
  readonly softmaxPull: number;
}

/** Both losses, and how hard they still pull, as the true class draws ahead of one other. */
export function alongLead(leads: readonly number[]): LeadPoint[] {
  const rows = leads.map((lead) => [lead, 0]);
  const labels = leads.map(() => 0);
  const [hinge, softmax] = [judged("hinge", rows, labels), judged("cross-entropy", rows, labels)];
  return leads.map((lead, i) => ({
    lead,
    hinge: hinge.losses[i],
    softmax: softmax.losses[i],
    hingePull: 0 - hinge.gradient[i][0],
    softmaxPull: 0 - softmax.gradient[i][0],
  }));
}

export function code(scores: readonly number[], label: number): string {
  return `import { add, compile, gradients, logSoftmax, mul, neg, oneHot, relu, softmax, sub, sum } from "argmin/graph";

const both = compile(({ scores, label }) => {
  const truth = oneHot(label, ${scores.length});
  const crossEntropy = neg(sum(mul(logSoftmax(scores), truth))); // −ln p_y
  const own = sum(mul(scores, truth), 1, true);
  const hinge = sum(mul(relu(add(sub(scores, own), 1)), sub(1, truth)));
  const pull = gradients(crossEntropy, { scores }).scores; // p − 1_y: never quite 0
  return { p: softmax(scores), crossEntropy, hinge, pull };
});

const { p, crossEntropy, hinge, pull } = await both({ scores: [${JSON.stringify(scores)}], label: Int32Array.of(${label}) });
console.log([...p.data], crossEntropy.value, hinge.value);
console.log([...pull.data]);
`;
}

export const lesson = defineLesson({
  question: {
    text: {
      en: "The right class leads all others by 10. Which loss still pulls it further up?",
      zh: "正确类别比其他类别都高 10 分。哪一种损失还会继续把它往上推？",
    },
    choices: [
      { en: "Cross-entropy, a little", zh: "交叉熵，还会推一点点" },
      { en: "The SVM loss", zh: "SVM 损失" },
      { en: "Both", zh: "两者都会" },
      { en: "Neither", zh: "都不会" },
    ],
    answer: 0,
    because: {
      en: "The SVM loss is 0 as soon as the lead is 1, and so is its gradient. The gradient of cross-entropy is p − 1 for the right class, and p never reaches 1.",
      zh: "领先一到 1，SVM 损失就是 0，梯度也是 0。交叉熵对正确类别的梯度是 p − 1，而 p 永远到不了 1。",
    },
  },
  task: {
    en: "Change the scores of one picture, or take one of the examples. Watch both losses, and the dot on the curves.",
    zh: "改变一张图片的得分，或选一个例子。观察两种损失，以及曲线上的点。",
  },
  truth: {
    en: "The SVM is satisfied once the lead is large enough; softmax never is.",
    zh: "领先够了，SVM 就满意了；softmax 永远不满意。",
  },
  fields: {
    scores: numbers(given[0], -8, 8, 2),
    label: whole(0, 0, 2),
  },
  formulas: ({ scores, label }) => {
    const { probabilities: p, softmax, hinge } = beside([scores], [label]);
    const exps = scores.map((score) => `e^{${tex(score)}}`);
    return [
      `p_y = \\frac{e^{s_y}}{\\sum_j e^{s_j}} = \\frac{${exps[label]}}{${exps.join("+")}} = ${tex(p[0][label], 3)}`,
      `L_{\\text{softmax}} = -\\ln p_y = ${tex(softmax.losses[0], 3)} \\qquad L_{\\text{SVM}} = ${tex(hinge.losses[0])}`,
      `\\frac{\\partial L_{\\text{softmax}}}{\\partial s} = p - 1_y = (${softmax.gradient[0].map((slope) => tex(slope, 3)).join(",\\ ")})`,
    ];
  },
  program: ({ scores, label }) => code(scores, label),
});

/** By how much the true class leads the best of the others. */
export const leadOf = (scores: readonly number[], label: number): number =>
  scores[label] - Math.max(...scores.filter((_, j) => j !== label));
