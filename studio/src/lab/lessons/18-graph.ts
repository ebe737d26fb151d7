/** Lesson 18: the compute graph of a network that the learner has trained: value and gradient of each unit, and the chain rule along it. */

import type { UnitSetting } from "../engine/units.ts";
import { choice, flag, number, whole } from "../fields.ts";
import { defineLesson } from "../lesson.ts";

export const DATA = { train: 300, validation: 100, size: 12 } as const;
/** Height and width that the learner's own pictures are brought to. */
export const OWN_SIZE = 16;

interface State {
  readonly model: UnitSetting["model"];
  readonly activation: UnitSetting["activation"];
  readonly units: number;
  readonly epochs: number;
  readonly rate: number;
}

export const settingOf = ({ model, activation, units, epochs, rate }: State): UnitSetting => ({
  ...{ model, activation, units, epochs, learningRate: rate },
});

export function code({ model, activation, units, epochs, rate }: State): string {
  const choices = {
    linear: "linear()",
    mlp: `mlp({ hidden: [${units}], activation: "${activation}" })`,
    cnn: `cnn({ channels: [${units}], activation: "${activation}" })`,
  };
  return `import { adam, constantRate, ${model}, shapes, train } from "argmin";

// \`argmin explain RUN PICTURE --graph\` draws the graph of any run.
const data = shapes({
  ...{ train: ${DATA.train}, validation: ${DATA.validation}, test: 10, size: ${DATA.size} },
  ...{ darkShare: 0, lines: 0, shiftPixels: 1.5 },
});
const { history } = await train({
  ...{ data, seed: 1, epochs: ${Math.max(1, epochs)}, batchSize: 32 },
  model: ${choices[model]},
  optimizer: adam({ learningRate: constantRate(${rate}) }),
});
for (const { epoch, validationAccuracy } of history) console.log(epoch, validationAccuracy);
`;
}

export const lesson = defineLesson({
  question: {
    text: {
      en: "A relu unit is 0 for every picture. How large is the gradient that reaches the weights before it?",
      zh: "某个 relu 单元对每张图片的输出都是 0。传到它前面权重的梯度有多大？",
    },
    choices: [
      { en: "0: it can never learn again", zh: "0：它再也学不动了" },
      { en: "Small, so it learns slowly", zh: "很小，所以学得慢" },
      { en: "As large as for any other unit", zh: "和其他单元一样大" },
    ],
    answer: 0,
    because: {
      en: "The factor of relu is 0 wherever its input is below 0, and a product with a factor 0 is 0. Train with a learning rate of 0.3 to see such units die.",
      zh: "relu 的输入小于 0 时，因子就是 0，乘积里只要有一个 0，结果就是 0。把学习率调到 0.3 训练一次，就能看到这样的单元“死掉”。",
    },
  },
  task: {
    en: "Train a small network, choose a picture and a class, then press “Chain from here” below a unit: the factors from there to the score are written out one by one.",
    zh: "训练一个小网络，选一张图片和一个类别，再点某个单元下面的“从这里起的链”：从那里到得分的一连串因子会逐一写出。",
  },
  truth: {
    en: "The gradient of any unit is the product of the factors along each path to the loss, summed over all paths.",
    zh: "任一单元的梯度，就是沿每条路径把因子相乘，再对所有路径求和。",
  },
  fields: {
    model: choice(["mlp", "cnn", "linear"]),
    activation: choice(["relu", "tanh", "sigmoid"]),
    units: whole(8, 2, 24),
    epochs: whole(4, 0, 12),
    rate: number(0.01, 0.001, 0.5, 0.001),
    picture: whole(0, 0, 999),
    class: whole(0, 0, 99),
    card: whole(-1, -1, 40),
    run: flag(),
  },
  formulas: () => [
    "\\frac{\\partial s}{\\partial u} = \\sum_{\\text{paths}} \\frac{\\partial s}{\\partial v_1} \\cdot \\frac{\\partial v_1}{\\partial v_2} \\cdots \\frac{\\partial v_k}{\\partial u}",
    "\\text{relu}'(x) = [x > 0] \\qquad \\tanh'(x) = 1 - \\tanh^2 x \\qquad \\sigma'(x) = \\sigma(x)\\,(1 - \\sigma(x))",
  ],
  program: code,
});
