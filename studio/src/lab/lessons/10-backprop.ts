/** Lesson 10: one example through five units forward, and the gradient through the same five back. */
import { gradients } from "../../../../src/autodiff/index.ts";
import { descend, interpret } from "../../../../src/descent/index.ts";
import type { Tensor } from "../../../../src/ir/index.ts";
import { add, mul, square, sub } from "../../../../src/ops/index.ts";
import { sgd } from "../../../../src/optimizers/index.ts";
import { number, whole } from "../fields.ts";
import { tex } from "../format.ts";
import { defineLesson } from "../lesson.ts";
import { lossOfOne } from "./06-adagrad.ts";

/** In the order in which they come forward; `t` is the true value. */
export const values = ["w", "x", "b", "t", "product", "y", "error", "squared", "loss"] as const;
export type Value = (typeof values)[number];
export interface Inputs {
  readonly w: number;
  readonly b: number;
  readonly x: number;
  readonly t: number;
}

const traced = interpret(({ w, b, x, t }: Record<"w" | "b" | "x" | "t", Tensor>) => {
  const product = mul(w, x);
  const y = add(product, b);
  const error = sub(y, t);
  const squared = square(error);
  const loss = mul(0.5, squared);
  const all = { w, x, b, t, product, y, error, squared, loss };
  const slopes = gradients(loss, Object.values(all));
  return { ...all, ...Object.fromEntries(Object.keys(all).map((name, i) => [`d ${name}`, slopes[i]])) };
});

export interface Pass {
  readonly value: Readonly<Record<Value, number>>;
  /** ∂L by each. */
  readonly gradient: Readonly<Record<Value, number>>;
}

export function pass({ w, b, x, t }: Inputs): Pass {
  const found: Readonly<Record<string, { readonly value: number }>> = traced({ w, b, x, t });
  const pick = (prefix: string) =>
    Object.fromEntries(values.map((name) => [name, found[prefix + name].value])) as Record<Value, number>;
  return { value: pick(""), gradient: pick("d ") };
}

/** What one step of gradient descent on this example makes of it. */
export function update(inputs: Inputs, rate: number) {
  const { w, b, x, t } = inputs;
  const path = descend(lossOfOne, { w, b }, { optimizer: sgd({ learningRate: rate }), steps: 1, data: { x, y: t } });
  const at = { w: path[1].at.w.value, b: path[1].at.b.value };
  const [before, after] = [pass(inputs).value, pass({ ...inputs, ...at }).value];
  return { ...at, loss: after.loss, error: after.error, factor: after.error / before.error };
}

/** The five units; backward they come in the opposite order. */
export const units = ["mul", "add", "sub", "square", "half"] as const;
/** Forward, backward, and the update. */
export const LAST = 2 * units.length + 1;
/** How many units have been passed forward and backward after a step, and whether the update was made. */
export const progress = (step: number) => ({
  forward: Math.min(step, units.length),
  backward: Math.max(0, Math.min(step - units.length, units.length)),
  updated: step >= LAST,
});

const rateOf = (x: number) => x * x + 1;

export const lesson = defineLesson({
  question: {
    text: {
      en: "w = 0.8, b = 0.2, x = 1.5, so y = 1.4; it should be 0.8. The loss is ½ (0.6)² = 0.18. What is ∂L/∂w?",
      zh: "w = 0.8，b = 0.2，x = 1.5，所以 y = 1.4；应为 0.8。损失为 ½ (0.6)² = 0.18。∂L/∂w 是多少？",
    },
    choices: [
      { en: "0.6", zh: "0.6" },
      { en: "0.9", zh: "0.9" },
      { en: "0.48", zh: "0.48" },
    ],
    answer: 1,
    because: {
      en: "The error 0.6 comes back through “add” unchanged and through “mul” times the other factor: 0.6 · x = 0.9. For x it is 0.6 · w = 0.48.",
      zh: "误差 0.6 原样穿过加法，再穿过乘法时乘以另一个因子：0.6 · x = 0.9。对 x 则是 0.6 · w = 0.48。",
    },
  },
  task: {
    en: "Step forward until the loss is there, then on: each unit turns to its backward face and multiplies what comes back. The last step updates w and b.",
    zh: "一步步前进到得出损失，再继续：每个单元翻到反向一面，把传回来的数相乘。最后一步更新 w 和 b。",
  },
  truth: {
    en: "Every unit knows only its own derivative; multiplied backward along the way, they give the gradient of everything.",
    zh: "每个单元只知道自己的导数；沿路反向相乘，就得到一切的梯度。",
  },
  fields: {
    w: number(0.8, -2, 2, 0.01),
    b: number(0.2, -2, 2, 0.01),
    x: number(1.5, -3, 3, 0.01),
    t: number(0.8, -3, 3, 0.01),
    rate: number(0.1, 0, 0.8, 0.0001),
    step: whole(0, 0, LAST),
  },
  steps: { field: "step", last: () => LAST, pace: 900 },
  formulas: (state) => {
    const { value, gradient } = pass(state);
    const after = update(state, state.rate);
    return [
      `L=\\tfrac12(wx+b-t)^2=\\tfrac12(${tex(value.error)})^2=${tex(value.loss)}`,
      `\\frac{\\partial L}{\\partial w}=\\frac{\\partial L}{\\partial y}\\cdot\\frac{\\partial y}{\\partial w}=${tex(gradient.y)}\\cdot x=${tex(gradient.w)}`,
      `\\frac{\\partial L}{\\partial b}=${tex(gradient.b)}\\qquad\\frac{\\partial L}{\\partial x}=${tex(gradient.y)}\\cdot w=${tex(gradient.x)}`,
      `\\frac{y'-t}{y-t}=1-(x^2+1)\\,\\eta=1-${tex(rateOf(state.x))}\\cdot${tex(state.rate)}=${tex(after.factor)}`,
    ];
  },
  program: ({ w, b, x, t, rate }) => `import { sgd } from "argmin";
import { add, descend, gradients, interpret, mul, square, sub } from "argmin/graph";

const pass = interpret(({ w, b, x, t }) => {
  const y = add(mul(w, x), b);
  const loss = mul(0.5, square(sub(y, t)));
  const slopes = gradients(loss, { y, w, b, x });
  return { y, loss, dy: slopes.y, dw: slopes.w, db: slopes.b, dx: slopes.x };
});
const { y, loss, dy, dw, db, dx } = pass({ w: ${w}, b: ${b}, x: ${x}, t: ${t} });
console.log(y.value, loss.value, dy.value, dw.value, db.value, dx.value);

const [, after] = descend(
  ({ w, b }, { x, t }) => mul(0.5, square(sub(add(mul(w, x), b), t))),
  { w: ${w}, b: ${b} },
  { optimizer: sgd({ learningRate: ${rate} }), steps: 1, data: { x: ${x}, t: ${t} } },
);
console.log(after.at.w.value, after.at.b.value, after.loss);
`,
});
