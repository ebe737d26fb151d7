/** Lesson 11: differences with a step h against the rules of calculus: too large a step is not local, too small a one is rounding. */
import { gradients } from "../../../../src/autodiff/index.ts";
import { Random } from "../../../../src/core/index.ts";
import { interpret } from "../../../../src/descent/index.ts";
import { checkGraph, compare, type Row } from "../../../../src/gradcheck/index.ts";
import { type InputAttrs, input, type NDArray, type Tensor } from "../../../../src/ir/index.ts";
import { losses } from "../../../../src/losses/index.ts";
import { add, matmul, mean, tanh } from "../../../../src/ops/index.ts";
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

export const networks = ["worked", "network"] as const;

/** A network of two layers on eight random pictures of six numbers, three classes: 6 → 5 tanh → 3, cross-entropy. */
export function networkRows(seed = 1): Row[] {
  const random = new Random(seed, "lab gradient check");
  const drawn = (shape: readonly number[], scale = 1): NDArray => ({
    shape,
    data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * random.normal()),
  });
  const parameters = {
    "hidden.weight": drawn([6, 5], 0.5),
    "hidden.bias": drawn([5], 0.1),
    "scores.weight": drawn([5, 3], 0.5),
    "scores.bias": drawn([3], 0.1),
  };
  const pixels = input("pixels", [8, 6]) as Tensor;
  const labels = input("labels", [8], { dtype: "int32" }) as Tensor;
  const tensors = Object.entries(parameters).map(([name, { shape }]) => input(name, shape, { role: "weight" }));
  const [w1, b1, w2, b2] = tensors as Tensor[];
  const scores = add(matmul(tanh(add(matmul(pixels, w1), b1)), w2), b2);
  const loss = losses["cross-entropy"];
  return checkGraph({
    loss: mean(loss.perExample(loss.defaults, scores, labels)),
    wrt: tensors as Tensor<InputAttrs>[],
    feeds: {
      ...parameters,
      pixels: drawn([8, 6]),
      labels: { shape: [8], data: Float64Array.from({ length: 8 }, () => random.below(3)) },
    },
    coordinates: 1,
  });
}

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
  program: ({ power }) => `import { add, gradients, interpret, mul, square, sub } from "argmin/graph";

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
