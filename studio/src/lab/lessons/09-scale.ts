/** Lesson 9: W and 2W tell classes apart alike. What the loss says of that, and how a penalty decides. */

import { graph, input, type Tensor } from "../../../../src/ir/index.ts";
import { matmul } from "../../../../src/ops/index.ts";
import { evaluate } from "../../../../src/reference/index.ts";
import { regularizers } from "../../../../src/regularizers/index.ts";
import { choice, number, whole } from "../fields.ts";
import { defineLesson } from "../lesson.ts";
import { tex } from "../shown.ts";
import { given, judged, truth } from "./scores.ts";

export type ScaleLoss = "hinge" | "cross-entropy";

/** The three pictures with all weights, and so all scores, multiplied. */
export const scaled = (loss: ScaleLoss, factor: number) =>
  judged(
    loss,
    given.map((row) => row.map((score) => factor * score)),
    truth,
  );

/** R(w) of some weights, with a strength of 1. */
export function penalty(name: "l1" | "l2", weights: readonly number[]): number {
  const w = input("w", [weights.length], { dtype: "float64", role: "weight" }) as Tensor;
  const strength = input("strength", [], { dtype: "float64", role: "scalar" }) as Tensor;
  const value = regularizers[name].penalty!(w, { [name]: strength });
  const feeds = {
    w: { shape: [weights.length], data: Float64Array.from(weights) },
    strength: { shape: [], data: Float64Array.of(1) },
  };
  return evaluate(graph({ value }), feeds).value.data[0];
}

export interface ScalePoint {
  readonly factor: number;
  readonly data: number;
  /** λ R(kW) */
  readonly penalty: number;
  readonly total: number;
}

/**
 * Data loss and penalty of one picture over the factor k. The picture is a single pixel of brightness 1, so that its scores are the
 * three weights, and R(kW) can be seen in the scores.
 */
export function alongScale(
  loss: ScaleLoss,
  picture: number,
  strength: number,
  factors: readonly number[],
): ScalePoint[] {
  const rows = factors.map((factor) => given[picture].map((score) => factor * score));
  const { losses } = judged(
    loss,
    rows,
    factors.map(() => truth[picture]),
  );
  const own = penalty("l2", given[picture]);
  return factors.map((factor, i) => {
    const cost = strength * own * factor ** 2;
    return { factor, data: losses[i], penalty: cost, total: losses[i] + cost };
  });
}

/** The point with the least total, the smallest weights among equals. */
export const best = (points: readonly ScalePoint[]): ScalePoint =>
  points.reduce((least, point) => (point.total < least.total ? point : least));

/** Four equal pixels, and two ways to the same score. */
export const pixels = [1, 1, 1, 1] as const;
export const one = [1, 0, 0, 0] as const;
export const spread = [0.25, 0.25, 0.25, 0.25] as const;

/** w between the two: 0 is `one`, 1 is `spread`. */
export const between = (share: number): number[] => one.map((weight, i) => weight + share * (spread[i] - weight));

export function preference(share: number): { w: number[]; score: number; l1: number; l2: number } {
  const w = between(share);
  const product = matmul(
    input("x", [1, 4], { dtype: "float64" }) as Tensor,
    input("w", [4, 1], { dtype: "float64" }) as Tensor,
  );
  const { score } = evaluate(graph({ score: product }), {
    x: { shape: [1, 4], data: Float64Array.from(pixels) },
    w: { shape: [4, 1], data: Float64Array.from(w) },
  });
  return { w, score: score.data[0], l1: penalty("l1", w), l2: penalty("l2", w) };
}

export function code(factor: number, share: number): string {
  return `import { abs, add, compile, logSoftmax, matmul, mul, neg, oneHot, relu, square, sub, sum } from "argmin/graph";

const losses = compile(({ scores, labels, k }) => {
  const s = mul(scores, k); // kW instead of W
  const truth = oneHot(labels, 3);
  const own = sum(mul(s, truth), 1, true);
  const hinge = sum(mul(relu(add(sub(s, own), 1)), sub(1, truth)), 1);
  return { hinge, crossEntropy: neg(sum(mul(logSoftmax(s), truth), 1)) };
});
const { hinge, crossEntropy } = await losses({
  scores: ${JSON.stringify(given)},
  labels: Int32Array.of(0, 1, 2),
  k: ${factor},
});
console.log([...hinge.data]);
console.log([...crossEntropy.data]);

const penalties = compile(({ x, w }) => ({ score: matmul(x, w), l1: sum(abs(w)), l2: sum(square(w)) }));
const { score, l1, l2 } = await penalties({ x: [${JSON.stringify(pixels)}], w: ${JSON.stringify(between(share).map((w) => [w]))} });
console.log(score.value, l1.value, l2.value);
`;
}

/** The factors that the curves are drawn for. */
export const factors: readonly number[] = Array.from({ length: 121 }, (_, i) => i / 40);

export const lesson = defineLesson({
  question: {
    text: {
      en: "All weights are doubled, so all scores are. Picture 2 had an SVM loss of 0. What has it now?",
      zh: "所有权重加倍，于是所有得分也加倍。第 2 张图片原来的 SVM 损失是 0，现在呢？",
    },
    choices: [
      { en: "Still 0", zh: "仍然是 0" },
      { en: "Twice as much as cross-entropy", zh: "是交叉熵的两倍" },
      { en: "It depends on the learning rate", zh: "取决于学习率" },
    ],
    answer: 0,
    because: {
      en: "Its leads double too, and were above the margin already. So W and 2W are equally good to the SVM: only a penalty can choose between them.",
      zh: "领先的分数也加倍，而它们本来就超过间隔。所以在 SVM 看来 W 与 2W 一样好：只有正则项能在两者之间作出选择。",
    },
  },
  task: {
    en: "Drag k along the curve, then change λ: the penalty decides where the least total lies. Below, move weight from one pixel to four.",
    zh: "沿曲线拖动 k，再改变 λ：总损失的最低点在哪里，由正则项决定。再看下面：把权重从一个像素摊到四个像素。",
  },
  truth: {
    en: "The data alone do not say how large W should be; λ does, and L2 prefers many small weights.",
    zh: "单凭数据说不出 W 该有多大；λ 说了算，而 L2 偏爱许多小的权重。",
  },
  fields: {
    loss: choice(["hinge", "cross-entropy"]),
    factor: number(2, 0, 3, 0.05),
    picture: whole(1, 0, 2),
    exponent: number(-2.5, -5, -0.5, 0.1),
    share: number(0, 0, 1, 0.05),
  },
  formulas: ({ loss, factor, picture, exponent, share }) => {
    const strength = 10 ** exponent;
    const { data, penalty: cost, total } = alongScale(loss, picture, strength, [factor])[0];
    const { l1, l2 } = preference(share);
    return [
      `L(kW) + \\lambda\\,R(kW) = ${tex(data, 4)} + ${tex(strength, 5)} \\cdot ${tex(penalty("l2", given[picture]))}\\,k^2 = ${tex(data, 4)} + ${tex(cost, 4)} = ${tex(total, 4)}`,
      `\\textstyle R_{\\text{L2}} = \\sum_i w_i^2 = ${tex(l2, 4)} \\qquad R_{\\text{L1}} = \\sum_i |w_i| = ${tex(l1, 4)}`,
    ];
  },
  program: ({ factor, share }) => code(factor, share),
});
