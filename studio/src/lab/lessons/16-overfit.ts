/** Lesson 16: a network that learns its pictures by heart, and where to stop it. */

import type { OverfitSetting } from "../engine/overfit.ts";
import { choice, flag, number, whole } from "../fields.ts";
import { defineLesson } from "../lesson.ts";

export const EPOCHS = 50;
export const VALIDATION = 400;
export const SIZE = 16;

interface State {
  readonly pictures: "100" | "300" | "1000";
  readonly units: number;
  readonly wrong: number;
  readonly strength: number;
  readonly dropout: number;
}

export const settingOf = ({ pictures, units, wrong, strength, dropout }: State): OverfitSetting => ({
  ...{
    pictures: Number(pictures),
    validation: VALIDATION,
    size: SIZE,
    units,
    wrong: wrong / 100,
    strength,
    dropout,
    epochs: EPOCHS,
  },
});

export function code({ pictures, units, wrong, strength, dropout }: State, patience: number): string {
  const settings = dropout > 0 ? `{ hidden: [${units}], dropout: ${dropout} }` : `{ hidden: [${units}] }`;
  const count = Math.round((wrong / 100) * Number(pictures));
  const mislabelled = `
// ${count} of the training pictures, which come first, are given a class at random.
const random = new Random(16, "lab wrong labels");
const chosen = random.shuffle(Array.from({ length: ${pictures} }, (_, i) => i)).slice(0, ${count});
for (const picture of chosen) data.labels[picture] = random.below(data.classes.length);
`;
  return `import { adam, constantRate, ${strength > 0 ? "l2, " : ""}mlp, shapes, train } from "argmin";${count > 0 ? '\nimport { Random } from "argmin/graph";' : ""}

// Few pictures, many weights. Give \`patience: ${patience}\` to stop so many epochs after the best one.
const data = shapes({
  ...{ train: ${pictures}, validation: ${VALIDATION}, test: 10, size: ${SIZE} },
  ...{ darkShare: 0, lines: 0, shiftPixels: 1.5 },
});
${count > 0 ? mislabelled : ""}const { history } = await train({
  ...{ data, seed: 1, epochs: ${EPOCHS}, batchSize: 32 },
  model: mlp(${settings}),${strength > 0 ? `\n  regularizer: l2(${strength}),` : ""}
  optimizer: adam({ learningRate: constantRate(0.002) }),
});
for (const { epoch, validationLoss, validationAccuracy } of history) console.log(epoch, validationLoss, validationAccuracy);
`;
}

export const lesson = defineLesson({
  question: {
    text: {
      en: "A network trains for 50 epochs on 300 pictures, a fifth of them with a wrong label. Its training loss falls all the time. And the loss on other pictures?",
      zh: "一个网络在 300 张图片上训练 50 轮，其中五分之一标签是错的。训练损失一路下降。那么在其他图片上的损失呢？",
    },
    choices: [
      { en: "Falls too, a little later", zh: "也会下降，只是晚一点" },
      { en: "Falls, then rises again", zh: "先下降，然后又上升" },
      { en: "Stays where it was", zh: "停在原处" },
    ],
    answer: 1,
    because: {
      en: "First it learns what pictures of a class have in common. Then it learns the exceptions by heart, the wrong labels among them, and becomes sure of itself where it is wrong.",
      zh: "它先学会同类图片的共同之处，然后开始死记例外，包括错误的标签，于是在错的地方也变得十分自信。",
    },
  },
  task: {
    en: "Train, then shrink the data to 100 pictures, add wrong labels, or hold the weights down. Watch where the two curves part, and what patience would have saved.",
    zh: "先训练，再把数据减到 100 张、增加错误标签，或约束权重。看两条曲线在哪里分开，以及“耐心值”能省下多少。",
  },
  truth: {
    en: "Training loss says what was learned; only other pictures say what was understood. Stop when they stop improving.",
    zh: "训练损失只说明学到了多少，别的图片才说明懂了多少。它们不再变好，就停下来。",
  },
  fields: {
    pictures: choice(["100", "300", "1000"], "300"),
    units: whole(48, 4, 128),
    wrong: whole(20, 0, 50),
    strength: number(0, 0, 0.02, 0.0005),
    dropout: number(0, 0, 0.8, 0.05),
    patience: whole(5, 1, 20),
    epoch: whole(EPOCHS, 0, EPOCHS),
    run: flag(),
  },
  steps: { field: "epoch", last: () => EPOCHS, pace: 120 },
  formulas: ({ strength, patience }) => [
    `L_{\\text{train}} = \\frac1N\\sum_{i\\in\\text{train}} L_i \\;+\\; \\lambda\\sum W^2, \\quad \\lambda = ${strength}`,
    `\\text{stop when } ${patience} \\text{ epochs in a row were no better than the best}`,
  ],
  program: (state) => code(state, state.patience),
});
