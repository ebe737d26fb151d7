/** Lesson 3: on a parabola of curvature 1 each step multiplies the error by 1 − η, and that one number decides everything. */
import { descend } from "../../../../src/descent/index.ts";
import { sgd } from "../../../../src/optimizers/index.ts";
import { number, whole } from "../fields.ts";
import { tex } from "../format.ts";
import { defineLesson } from "../lesson.ts";
import { lossOfB, xs, ys } from "./line.ts";

export const LAST = 20;
/** Where calculus has the minimum. */
export const best = 1;

export interface Descent {
  readonly b: readonly number[];
  readonly loss: readonly number[];
  readonly slope: readonly number[];
}

/** From b = −1, with the learning rate η. */
export function descent(rate: number, steps = LAST): Descent {
  const path = descend(lossOfB, { b: -1 }, { optimizer: sgd({ learningRate: rate }), steps, data: { x: xs, y: ys } });
  return {
    b: path.map(({ at }) => at.b.value),
    loss: path.map(({ loss }) => loss),
    slope: path.map(({ gradient }) => gradient.b.value),
  };
}

export type Regime = "still" | "creeps" | "once" | "swings" | "forever" | "diverges";

/** What happens, by the factor that the error is multiplied with. */
export function regimeOf(rate: number): Regime {
  const factor = 1 - rate;
  if (Math.abs(factor) < 1e-9) return "once";
  if (Math.abs(factor + 1) < 1e-9) return "forever";
  if (factor >= 1) return "still";
  return factor > 0 ? "creeps" : factor > -1 ? "swings" : "diverges";
}

export const lesson = defineLesson({
  question: {
    text: {
      en: "The learning rate 1 reaches the minimum in a single step here. What does the learning rate 2 do?",
      zh: "在这里，学习率 1 一步就到最低点。学习率 2 会怎样？",
    },
    choices: [
      { en: "It arrives too, in half a step", zh: "也会到达，只用半步" },
      { en: "It jumps to and fro for ever: −1, 3, −1, 3", zh: "永远来回跳：−1、3、−1、3" },
      { en: "It runs away to infinity", zh: "冲向无穷远" },
    ],
    answer: 1,
    because: {
      en: "Each step multiplies the error by 1 − η. For η = 2 that is −1: the error changes sides and keeps its size. Beyond 2 it grows.",
      zh: "每一步都把误差乘以 1 − η。η = 2 时是 −1：误差换边而大小不变。超过 2 就越来越大。",
    },
  },
  task: {
    en: "Move η along the bar from 0 to 2 and beyond, then step or play. Try 0.1, 1, 1.5, 2 and 2.1.",
    zh: "让 η 沿 0 到 2 及更大处移动，然后单步或播放。试试 0.1、1、1.5、2 和 2.1。",
  },
  truth: {
    en: "The error is multiplied by 1 − η·L″ at each step: it shrinks for 0 < η < 2/L″ and grows beyond, however good the gradient.",
    zh: "每一步误差都乘以 1 − η·L″：0 < η < 2/L″ 时缩小，再大就增长，梯度再准也没用。",
  },
  fields: { rate: number(0.1, 0, 2.5, 0.01), step: whole(0, 0, LAST) },
  steps: { field: "step", last: () => LAST },
  formulas: ({ rate, step }) => {
    const { b, slope } = descent(rate, step + 1);
    return [
      "b\\leftarrow b-\\eta\\,\\frac{dL}{db}",
      `${tex(b[step])}-${tex(rate)}\\cdot(${tex(slope[step])})=${tex(b[step + 1])}`,
      `b_{t+1}-1=(1-\\eta)(b_t-1)\\qquad 1-\\eta=${tex(1 - rate)}`,
    ];
  },
  program: ({ rate, step }) => `import { sgd } from "argmin";
import { add, descend, mean, mul, square, sub } from "argmin/graph";

const path = descend(
  ({ b }, { x, y }) => mul(0.5, mean(square(sub(add(mul(0.5, x), b), y)))), // ½ mean (½x + b − y)²
  { b: -1 },
  {
    optimizer: sgd({ learningRate: ${rate} }),
    steps: ${step},
    data: { x: [${xs.join(", ")}], y: [${ys.join(", ")}] },
  },
);
for (const { step, at, loss } of path) console.log(step, at.b.value, loss);
`,
});
