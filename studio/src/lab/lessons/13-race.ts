/** Lesson 13: random search, random local search and the gradient race for the weights of a linear classifier. */

import type { RaceSetting } from "../engine/race.ts";
import { flag, number, whole } from "../fields.ts";
import { defineLesson } from "../lesson.ts";

export const DATA = { train: 500, validation: 300, size: 16 } as const;

interface State {
  readonly looks: number;
  readonly seed: number;
  readonly spread: number;
  readonly rate: number;
}

export const settingOf = ({ looks, seed, spread, rate }: State): RaceSetting => ({
  ...{ looks, seed, spread, learningRate: rate },
});

export function code({ looks, seed, rate }: State): string {
  return `import { constantRate, gradientDescent, linear, shapes, train } from "argmin";

// The third of the three: one step of gradient descent for each look at the loss.
const data = shapes({
  ...{ train: ${DATA.train}, validation: ${DATA.validation}, test: 10, size: ${DATA.size} },
  ...{ darkShare: 0, lines: 0, shiftPixels: 1.5 },
});
const { history } = await train({
  ...{ data, model: linear(), seed: ${seed}, epochs: ${looks} },
  optimizer: gradientDescent({ learningRate: constantRate(${rate}) }),
});
for (const { epoch, trainLoss, validationAccuracy } of history) console.log(epoch, trainLoss, validationAccuracy);
`;
}

export const lesson = defineLesson({
  question: {
    text: {
      en: "A linear classifier of ten classes has thousands of weights. Which search gets furthest with 150 looks at the loss?",
      zh: "十类的线性分类器有几千个权重。只许看 150 次损失，哪种搜索走得最远？",
    },
    choices: [
      { en: "Random weights, keep the best", zh: "随机取权重，留下最好的" },
      { en: "Random steps, keep those that help", zh: "随机迈步，有用的才留下" },
      { en: "Steps along the gradient", zh: "沿梯度迈步" },
    ],
    answer: 2,
    because: {
      en: "In thousands of dimensions a random direction is nearly level. The gradient is the one direction that falls steepest, and costs about as much as two looks.",
      zh: "在几千维的空间里，随便一个方向几乎都是平的。梯度恰好是下降最陡的那个方向，而算它只相当于看两次损失。",
    },
  },
  task: {
    en: "Start the race: a linear classifier on 500 pictures of builtin:shapes, by ONNX Runtime in this page. Then change the size of the random steps and try to help them.",
    zh: "开始比赛：线性分类器在 builtin:shapes 的 500 张图片上训练，由本页中的 ONNX Runtime 运行。再改变随机步子的大小，试着帮帮它们。",
  },
  truth: {
    en: "Chance finds little in many dimensions; the gradient says in one look which way all weights should go.",
    zh: "维数一多，碰运气所得无几；梯度只看一眼，就告诉所有权重该往哪里走。",
  },
  fields: {
    looks: whole(150, 20, 300),
    seed: whole(1, 1, 99),
    spread: number(0.005, 0.001, 0.05, 0.001),
    rate: number(0.05, 0.005, 0.3, 0.005),
    run: flag(),
  },
  formulas: () => [
    "\\text{random: } W \\sim \\mathcal N(0, \\sigma^2), \\text{ the best of } n",
    "\\text{local: } W \\leftarrow W + \\delta \\text{ if } L(W + \\delta) < L(W), \\quad \\delta \\sim \\mathcal N(0, \\sigma^2)",
    "\\text{gradient: } W \\leftarrow W - \\eta\\, \\nabla_W L",
  ],
  program: code,
});
