/** Lesson 14: the weights of a linear classifier as pictures, growing while it trains on builtin:shapes or on the learner's own folder. */
import { flag, number, whole } from "../fields.ts";
import { defineLesson } from "../lesson.ts";

export const DATA = { train: 500, validation: 200, size: 16 } as const;
export const EPOCHS = 12;
/** Height and width that the learner's own pictures are brought to. */
export const OWN_SIZE = 24;

export function code({ rate }: { readonly rate: number }): string {
  return `import { constantRate, linear, momentum, shapes, train } from "argmin";

// Your own pictures: data: "photos", a folder with a folder for each class.
const data = shapes({
  ...{ train: ${DATA.train}, validation: ${DATA.validation}, test: 10, size: ${DATA.size} },
  ...{ darkShare: 0, lines: 0, shiftPixels: 1.5 },
});
const { history } = await train({
  ...{ data, model: linear(), seed: 1, epochs: ${EPOCHS}, batchSize: 32 },
  optimizer: momentum({ learningRate: constantRate(${rate}) }),
});
for (const { epoch, trainLoss, validationAccuracy } of history) console.log(epoch, trainLoss, validationAccuracy);
`;
}

export const lesson = defineLesson({
  question: {
    text: {
      en: "Each class of a linear classifier has one weight for each pixel. Drawn as a picture, what will the weights of “ring” look like?",
      zh: "线性分类器的每个类别对每个像素都有一个权重。把“ring（圆环）”的权重画成图片，会是什么样子？",
    },
    choices: [
      { en: "Noise: nobody can read weights", zh: "噪声：权重谁也看不懂" },
      { en: "A blurred ring", zh: "一个模糊的圆环" },
      { en: "One of the training pictures", zh: "某一张训练图片" },
    ],
    answer: 1,
    because: {
      en: "Each step adds a little of the pictures of the class and takes away a little of those that were mistaken for it. What remains is a blurred average of what tells them apart.",
      zh: "每一步都加上一点本类的图片，减去一点被误认为本类的图片。留下的，是把它们区分开来的那部分的模糊平均。",
    },
  },
  task: {
    en: "Train, then go through the epochs. Choose a class to see which pictures raise its template and which lower it; choose a picture to see what each pixel adds to the score. Or drop a folder of your own pictures: they stay in this browser.",
    zh: "先训练，再逐轮查看。选一个类别，看哪些图片抬高它的模板、哪些压低它；选一张图片，看每个像素给得分加了多少。也可以拖入你自己的图片文件夹：图片不会离开这个浏览器。",
  },
  truth: {
    en: "A linear classifier has one template for each class, and a score is how well the picture matches it.",
    zh: "线性分类器每类只有一个模板，得分就是图片与模板的相符程度。",
  },
  fields: {
    rate: number(0.005, 0.001, 0.03, 0.001),
    class: whole(5, 0, 99),
    picture: whole(-1, -1, 9999),
    epoch: whole(EPOCHS, 0, EPOCHS),
    run: flag(),
  },
  steps: { field: "epoch", last: () => EPOCHS, pace: 400 },
  formulas: () => [
    "s_c = \\sum_i x_i\\, W_{ic} + b_c",
    "\\frac{\\partial L}{\\partial W_{\\cdot c}} = \\frac1N \\sum_n \\left(p_{nc} - [y_n = c]\\right) x_n",
    "\\text{so a step adds } \\eta\\,\\left([y_n = c] - p_{nc}\\right) \\text{ of each picture } x_n",
  ],
  program: code,
});
