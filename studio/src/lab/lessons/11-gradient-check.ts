/** Lesson 11: differences with a step h against the rules of calculus: too large a step is not local, too small a one is rounding. */
import { gradients } from "../../../../src/autodiff/index.ts";
import { networkProblem } from "../../../../src/cli/gradcheck-network.ts";
import { interpret } from "../../../../src/descent/index.ts";
import { checkGraph, compare, type Row } from "../../../../src/gradcheck/index.ts";
import type { Tensor } from "../../../../src/ir/index.ts";
import { losses } from "../../../../src/losses/index.ts";
import { models } from "../../../../src/models/index.ts";
import { choice, number } from "../fields.ts";
import { tex } from "../format.ts";
import { defineLesson } from "../lesson.ts";
import { lossOfOne } from "./06-adagrad.ts";

export const at = { w: 0.8, b: 0.2, x: 1.5, y: 0.8 };

const traced = interpret(({ w, b, x, y }: Record<"w" | "b" | "x" | "y", Tensor>) => {
  const loss = lossOfOne({ w, b }, { x, y });
  return { loss, slope: gradients(loss, [w])[0] };
});
const lossAt = (w: number) => traced({ ...at, w }).loss.value;
/** ∂L/∂w by the reverse sweep: 0.9. */
export const slope = traced(at).slope.value;

export interface Check {
  readonly h: number;
  /** (L(w + h) − L(w − h)) / 2h. */
  readonly central: number;
  readonly centralError: number;
  /** (L(w + h) − L(w)) / h. */
  readonly forward: number;
  readonly forwardError: number;
}

/** The derivative of the worked example by differences; errors are distances from the reverse sweep. */
export function check(h: number): Check {
  const { differences } = compare(slope, (t) => ({ value: lossAt(at.w + t), magnitude: lossAt(at.w) }), [h]);
  const forward = (lossAt(at.w + h) - lossAt(at.w)) / h;
  return {
    ...{ h, central: differences, centralError: Math.abs(differences - slope) },
    ...{ forward, forwardError: Math.abs(forward - slope) },
  };
}

/** 10⁻¹ to 10⁻¹⁵, four a decade: the U. */
export const curve = Array.from({ length: 57 }, (_, i) => check(10 ** (-1 - i / 4)));

export const networks = ["worked", "linear", "mlp", "cnn"] as const;
export type Network = Exclude<(typeof networks)[number], "worked">;

/**
 * What `argmin gradcheck --model mlp --loss cross-entropy` checks, along one direction for each parameter: one turn of the iterator
 * a parameter, for a page that has to stay quick.
 */
export function* networkRows(name: Network): Generator<Row> {
  const { loss, parameters, feeds } = networkProblem(models[name], losses["cross-entropy"], 1);
  for (const parameter of parameters) yield* checkGraph({ loss, wrt: [parameter], feeds, coordinates: 0, seed: 1 });
}

const aside = (on: (typeof networks)[number]) =>
  on === "worked" ? "" : `// The network: npx argmin gradcheck --model ${on} --loss cross-entropy\n`;

export const lesson = defineLesson({
  question: {
    text: {
      en: "You check ∂L/∂w = 0.9 with (L(w+h) − L(w−h)) / 2h. Which h comes nearest to the truth?",
      zh: "用 (L(w+h) − L(w−h)) / 2h 检验 ∂L/∂w = 0.9。哪个 h 最接近真值？",
    },
    choices: [
      { en: "As small as possible: 10⁻¹³", zh: "越小越好：10⁻¹³" },
      { en: "Small: 10⁻⁹", zh: "小：10⁻⁹" },
      { en: "Not so small: 10⁻⁵", zh: "不太小：10⁻⁵" },
    ],
    answer: 2,
    because: {
      en: "Both losses carry rounding of about 10⁻¹⁷, and dividing by a tiny h makes it large. At 10⁻⁵ the error is 5·10⁻¹³, at 10⁻⁹ it is 5·10⁻⁹, at 10⁻¹³ already 2.5·10⁻⁵.",
      zh: "两个损失都带有约 10⁻¹⁷ 的舍入误差，除以很小的 h 就被放大。10⁻⁵ 处误差为 5·10⁻¹³，10⁻⁹ 处为 5·10⁻⁹，10⁻¹³ 处已达 2.5·10⁻⁵。",
    },
  },
  task: {
    en: "Slide h from 10⁻¹ to 10⁻¹⁵ and follow both curves. This loss is a parabola, so the central difference has no error of the step at all: its whole U shows when you check a whole network.",
    zh: "把 h 从 10⁻¹ 滑到 10⁻¹⁵，跟踪两条曲线。这个损失是抛物线，中心差分没有步长误差；检验整个网络时，才能看到它完整的 U 形。",
  },
  truth: {
    en: "A difference has two errors: the step's (h² central, h forward) and rounding's (1/h). The best h lies between, and central differences come much nearer.",
    zh: "差分有两种误差：步长误差（中心差分 h²，前向差分 h）和舍入误差（1/h）。最好的 h 在两者之间，中心差分精确得多。",
  },
  fields: { power: number(-5, -15, -1, 0.25), on: choice(networks) },
  formulas: ({ power }) => {
    const { central, centralError, forward, forwardError } = check(10 ** power);
    return [
      `\\frac{L(w+h)-L(w-h)}{2h}=${tex(central, 10)}\\qquad\\text{off by }${tex(centralError)}`,
      `\\frac{L(w+h)-L(w)}{h}=${tex(forward, 10)}\\qquad\\text{off by }${tex(forwardError)}`,
      `\\frac{\\partial L}{\\partial w}=(wx+b-y)\\,x=${tex(slope, 10)}\\qquad h=10^{${power}}`,
    ];
  },
  program: ({ power, on }) => `${aside(on)}import { add, gradients, interpret, mul, square, sub } from "argmin/graph";

const line = interpret(({ w, b, x, y }) => {
  const loss = mul(0.5, square(sub(add(mul(w, x), b), y))); // ½ (wx + b − y)²
  return { loss, slope: gradients(loss, { w }).w };
});
const at = { w: ${at.w}, b: ${at.b}, x: ${at.x}, y: ${at.y} };
const lossAt = (w) => line({ ...at, w }).loss.value;

const h = 10 ** ${power};
const slope = line(at).slope.value;
const central = (lossAt(at.w + h) - lossAt(at.w - h)) / (2 * h);
const forward = (lossAt(at.w + h) - lossAt(at.w)) / h;
console.log(slope, central, forward);
console.log(Math.abs(central - slope), Math.abs(forward - slope));
`,
});
