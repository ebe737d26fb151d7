/** Lesson 2: the loss of every line is a dot, all dots make a parabola, and the gradient is the slope of its tangent. */
import { gradients } from "../../../../src/autodiff/index.ts";
import { interpret } from "../../../../src/descent/index.ts";
import type { Tensor } from "../../../../src/ir/index.ts";
import { number } from "../fields.ts";
import { tex } from "../format.ts";
import { defineLesson } from "../lesson.ts";
import { lossOfB, xs, ys } from "./line.ts";

const traced = interpret(({ b, x, y }: Record<"b" | "x" | "y", Tensor>) => {
  const loss = lossOfB({ b }, { x, y });
  const [slope] = gradients(loss, [b]);
  return { loss, slope, curvature: gradients(slope, [b])[0] };
});

export interface Place {
  readonly loss: number;
  /** dL/db. */
  readonly slope: number;
  /** d²L/db². */
  readonly curvature: number;
}

export function parabola(b: number): Place {
  const { loss, slope, curvature } = traced({ b, x: xs, y: ys });
  return { loss: loss.value, slope: slope.value, curvature: curvature.value };
}

/** The curve itself: [b, L(b)]. */
export const curve: readonly (readonly [number, number])[] = Array.from({ length: 61 }, (_, i) => {
  const b = -2 + i * 0.1;
  return [b, parabola(b).loss] as const;
});

export const lesson = defineLesson({
  question: {
    text: {
      en: "L(b) = ½ mean (½x + b − y)². You stand at b = −1, two to the left of the minimum. How steep is the loss there?",
      zh: "L(b) = ½ mean (½x + b − y)²。你站在 b = −1，比最低点偏左 2。那里的损失有多陡？",
    },
    choices: [
      { en: "−4: slope grows with the square of the distance", zh: "−4：斜率随距离的平方增大" },
      { en: "−2: the slope is the distance itself", zh: "−2：斜率就是距离" },
      { en: "−1", zh: "−1" },
    ],
    answer: 1,
    because: {
      en: "The square becomes 2·, the ½ takes the 2 away, and what is left is the mean error: dL/db = b − 1.",
      zh: "平方求导多出 2，½ 正好消去它，剩下的是平均误差：dL/db = b − 1。",
    },
  },
  task: {
    en: "Move the dot along the parabola. The tangent is the gradient: see where it changes its sign, and how it grows.",
    zh: "沿抛物线移动圆点。切线就是梯度：看它在哪里变号，又怎样变大。",
  },
  truth: {
    en: "The gradient is the slope where you stand: its sign says which way is down, its size how far the bottom is.",
    zh: "梯度是你脚下的斜率：符号指出哪边是下坡，大小说明谷底有多远。",
  },
  fields: { b: number(-1, -2, 4, 0.01) },
  formulas: ({ b }) => {
    const { loss, slope, curvature } = parabola(b);
    return [
      "L(b)=\\tfrac12\\,\\mathrm{mean}\\left(\\tfrac12x+b-y\\right)^2",
      `L(${tex(b)})=${tex(loss)}`,
      `\\frac{dL}{db}=\\mathrm{mean}\\left(\\tfrac12x+b-y\\right)=b-1=${tex(slope)}`,
      `\\frac{d^2L}{db^2}=${tex(curvature)}`,
    ];
  },
  program: ({ b }) => `import { add, gradients, interpret, mean, mul, square, sub } from "argmin/graph";

const parabola = interpret(({ b, x, y }) => {
  const loss = mul(0.5, mean(square(sub(add(mul(0.5, x), b), y)))); // ½ mean (½x + b − y)²
  const { b: slope } = gradients(loss, { b });
  return { loss, slope, curvature: gradients(slope, { b }).b };
});

const { loss, slope, curvature } = parabola({ b: ${b}, x: [${xs.join(", ")}], y: [${ys.join(", ")}] });
console.log(loss.value, slope.value, curvature.value);
`,
});
