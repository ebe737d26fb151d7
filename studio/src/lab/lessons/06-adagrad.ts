/** Lesson 6: AdaGrad adds up squared gradients, so its rate only shrinks; RMSProp and Adam forget. */
import { descend } from "../../../../src/descent/index.ts";
import type { Tensor } from "../../../../src/ir/index.ts";
import { add, mul, square, sub } from "../../../../src/ops/index.ts";
import { adagrad, adam, type OptimizerChoice, rmsprop, sgd } from "../../../../src/optimizers/index.ts";
import { choice, number, whole } from "../fields.ts";
import { tex } from "../format.ts";
import { defineLesson } from "../lesson.ts";

/** One example: x = 1.5, y = 0.8. */
export const example = { x: 1.5, y: 0.8 };
export const start = { w: 0.8, b: 0.2 };
export const LAST = 40;

/** ½ (wx + b − y)². */
export const lossOfOne = ({ w, b }: Record<"w" | "b", Tensor>, { x, y }: Record<"x" | "y", Tensor>): Tensor =>
  mul(0.5, square(sub(add(mul(w, x), b), y)));

export const methods = ["adagrad", "rmsprop", "adam", "sgd"] as const;
export type Method = (typeof methods)[number];
export const names: Readonly<Record<Method, string>> = {
  adagrad: "AdaGrad",
  rmsprop: "RMSProp",
  adam: "Adam",
  sgd: "SGD",
};

const choices: Readonly<Record<Method, (rate: number) => OptimizerChoice>> = {
  adagrad: (learningRate) => adagrad({ learningRate }),
  rmsprop: (learningRate) => rmsprop({ learningRate, decay: 0.9 }),
  adam: (learningRate) => adam({ learningRate }),
  sgd: (learningRate) => sgd({ learningRate }),
};
const code: Readonly<Record<Method, (rate: number) => string>> = {
  adagrad: (rate) => `adagrad({ learningRate: ${rate} })`,
  rmsprop: (rate) => `rmsprop({ learningRate: ${rate}, decay: 0.9 })`,
  adam: (rate) => `adam({ learningRate: ${rate} })`,
  sgd: (rate) => `sgd({ learningRate: ${rate} })`,
};

export interface Row {
  readonly w: number;
  readonly b: number;
  readonly loss: number;
  /** ∂L/∂w and ∂L/∂b at this point. */
  readonly gw: number;
  readonly gb: number;
  /** What the optimizer has gathered of squared gradients when it makes the update from here, this gradient included. */
  readonly rw: number;
  readonly rb: number;
  /** The update from here by the gradient: |Δw| / |∂L/∂w|. */
  readonly effective: number;
}

/** One row more than steps: the last has no update, and so none is shown. */
export function descent(method: Method, rate: number, steps = LAST): Row[] {
  const path = descend(lossOfOne, start, { optimizer: choices[method](rate), steps: steps + 1, data: example });
  return path.slice(0, -1).map(({ at, gradient, loss }, i) => {
    const next = path[i + 1];
    return {
      ...{ w: at.w.value, b: at.b.value, loss, gw: gradient.w.value, gb: gradient.b.value },
      rw: next.memory.squares?.w.value ?? Number.NaN,
      rb: next.memory.squares?.b.value ?? Number.NaN,
      effective: Math.abs((next.at.w.value - at.w.value) / gradient.w.value),
    };
  });
}

export const lesson = defineLesson({
  question: {
    text: {
      en: "AdaGrad starts with ∂L/∂w = 0.9 and ∂L/∂b = 0.6 and η = 0.1. How far do w and b move in the first step?",
      zh: "AdaGrad 从 ∂L/∂w = 0.9、∂L/∂b = 0.6、η = 0.1 开始。第一步 w 和 b 各移动多远？",
    },
    choices: [
      { en: "0.09 and 0.06: η times the gradient", zh: "0.09 和 0.06：η 乘以梯度" },
      { en: "0.1 both: η times the sign", zh: "都是 0.1：η 乘以符号" },
      { en: "0.081 and 0.036: η times the square", zh: "0.081 和 0.036：η 乘以平方" },
    ],
    answer: 1,
    because: {
      en: "After one step r = g², so g/√r is 1 or −1: every parameter moves by η, however large its gradient.",
      zh: "一步之后 r = g²，所以 g/√r 是 1 或 −1：不管梯度多大，每个参数都移动 η。",
    },
  },
  task: {
    en: "Step through AdaGrad and watch r grow and the effective rate η/√r shrink. Then choose RMSProp and Adam, which forget old gradients.",
    zh: "逐步运行 AdaGrad，看 r 增大、有效学习率 η/√r 缩小。再选会忘记旧梯度的 RMSProp 和 Adam。",
  },
  truth: {
    en: "AdaGrad gives each parameter a rate of its own, η/√Σg², and that sum never shrinks; RMSProp and Adam average instead, so the rate can recover.",
    zh: "AdaGrad 给每个参数自己的学习率 η/√Σg²，而这个和从不减小；RMSProp 和 Adam 改用平均，学习率因此能恢复。",
  },
  fields: { method: choice(methods), rate: number(0.1, 0.01, 0.5, 0.01), step: whole(0, 0, LAST) },
  steps: { field: "step", last: () => LAST, pace: 350 },
  formulas: ({ method, rate, step }) => {
    const { gw, rw, effective } = descent(method, rate, step)[step];
    const now = `\\frac{|\\Delta w|}{|\\partial L/\\partial w|}=${tex(effective)}`;
    if (method === "sgd") return ["w\\leftarrow w-\\eta g", now];
    const rules = {
      adagrad: ["r\\leftarrow r+g^2", "w\\leftarrow w-\\eta\\,\\frac{g}{\\sqrt r+\\varepsilon}"],
      rmsprop: ["r\\leftarrow 0.9\\,r+0.1\\,g^2", "w\\leftarrow w-\\eta\\,\\frac{g}{\\sqrt r+\\varepsilon}"],
      adam: [
        "m\\leftarrow 0.9\\,m+0.1\\,g,\\quad r\\leftarrow 0.999\\,r+0.001\\,g^2",
        "w\\leftarrow w-\\eta\\,\\frac{m/(1-0.9^t)}{\\sqrt{r/(1-0.999^t)}+\\varepsilon}",
      ],
    };
    const sum = method === "adam" ? [] : [`g_w=${tex(gw)}\\qquad r_w=${tex(rw)}`];
    return [...rules[method], ...sum, now];
  },
  program: ({ method, rate, step }) => `import { ${method} } from "argmin";
import { add, descend, mul, square, sub } from "argmin/graph";

const path = descend(
  ({ w, b }, { x, y }) => mul(0.5, square(sub(add(mul(w, x), b), y))), // ½ (wx + b − y)²
  { w: ${start.w}, b: ${start.b} },
  { optimizer: ${code[method](rate)}, steps: ${step + 1}, data: { x: ${example.x}, y: ${example.y} } },
);
path.slice(0, -1).forEach(({ at, gradient }, i) => {
  const { squares } = path[i + 1].memory; // r, this gradient included
  console.log(at.w.value, at.b.value, gradient.w.value, gradient.b.value, squares?.w.value, squares?.b.value);
});
`,
});
