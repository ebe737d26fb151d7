/** Lesson 4: w and b together: a valley, whose eigenvalues say which learning rates arrive, and two ways that need none. */
import { type Descended, descend, solve } from "../../../../src/descent/index.ts";
import { sgd } from "../../../../src/optimizers/index.ts";
import { closedForm, conjugateGradient } from "../../../../src/solvers/index.ts";
import { choice, number, whole } from "../fields.ts";
import { tex } from "../format.ts";
import { defineLesson } from "../lesson.ts";
import type { Range } from "../parts/plane.ts";
import { eigen, lossGrid, lossOfBoth, optimum, type Scatter, scattered, scatteredCode } from "./points.ts";

export const scatter: Scatter = { seed: 30, count: 24, low: 0, high: 1.6, noise: 0.1 };
export const points = scattered(scatter);
export const start = { w: -1, b: -1 };
export const LAST = 40;

export const ws: Range = [-1.6, 2.6];
export const bs: Range = [-1.4, 2.4];
export const grid = () => lossGrid(points, ws, bs);

const found = await optimum(points);
const { largest, smallest, direction } = eigen(found.hessian);
/** The minimum and the shape of the valley. */
export const valley = {
  ...{ w: found.w, b: found.b, loss: found.loss, hessian: found.hessian, largest, smallest, direction },
  condition: largest / smallest,
  /** Beyond it gradient descent diverges. */
  highest: 2 / largest,
  /** The rate that shrinks the steepest and the flattest direction alike. */
  best: 2 / (largest + smallest),
};

export type Method = "gradient" | "closed" | "conjugate";
export interface Step {
  readonly w: number;
  readonly b: number;
  readonly loss: number;
  /** L − L*. */
  readonly excess: number;
}

const stepOf = ({ at, loss }: Pick<Descended<"w" | "b">, "at" | "loss">): Step => ({
  ...{ w: at.w.value, b: at.b.value, loss },
  excess: Math.max(0, loss - found.loss),
});

export const gradientPath = (rate: number, steps = LAST): Step[] =>
  descend(lossOfBoth, start, { optimizer: sgd({ learningRate: rate }), steps, data: { ...points } }).map(stepOf);

const first = gradientPath(0, 0);
const solved = async (solver: ReturnType<typeof closedForm>) =>
  await solve(lossOfBoth, start, { solver, data: { ...points } });

/** Conjugate gradients after 0, 1, 2 steps; it takes exactly as many as there are directions. */
export const conjugate = await (async () => {
  const [one, two] = [
    await solved(conjugateGradient({ tolerance: 1e-10, iterations: 1 })),
    await solved(conjugateGradient({ tolerance: 1e-10 })),
  ];
  return { path: [...first, stepOf(one), stepOf(two)], steps: two.iterations };
})();

export const closed = [...first, stepOf(await solved(closedForm()))];

export const pathOf = (method: Method, rate: number): readonly Step[] =>
  method === "gradient" ? gradientPath(rate) : method === "closed" ? closed : conjugate.path;

const solverCode: Readonly<Record<"closed" | "conjugate", string>> = {
  closed: "closedForm()",
  conjugate: "conjugateGradient({ tolerance: 1e-10 })",
};

export const lesson = defineLesson({
  question: {
    text: {
      en: "Now w and b move together. The loss is a valley about 3.5 times as long as it is wide. How many steps does conjugate gradient need to its lowest point?",
      zh: "现在 w 和 b 一起动。损失是一道山谷，长约为宽的 3.5 倍。共轭梯度法几步能到最低点？",
    },
    choices: [
      { en: "Exactly 2, one for each direction", zh: "恰好 2 步，每个方向一步" },
      { en: "About 12, as the condition number says", zh: "大约 12 步，和条件数一样" },
      { en: "It only ever comes near", zh: "永远只能接近" },
    ],
    answer: 0,
    because: {
      en: "Conjugate gradient never spoils a direction that it has finished, and two parameters have two directions. Gradient descent has to serve both with one η.",
      zh: "共轭梯度法不会破坏已走完的方向，两个参数只有两个方向。梯度下降却要用同一个 η 照顾两边。",
    },
  },
  task: {
    en: "Let gradient descent walk with several η, up to and beyond 2/λmax, then let the closed form and conjugate gradient have a try.",
    zh: "让梯度下降用不同的 η 走，直到超过 2/λmax；再试闭式解和共轭梯度。",
  },
  truth: {
    en: "The steepest direction limits the learning rate (2/λmax) and the flattest sets the time: their ratio, the condition number, is what makes descent slow.",
    zh: "最陡的方向限制学习率（2/λmax），最平的方向决定所需时间：两者之比，即条件数，就是下降缓慢的原因。",
  },
  fields: {
    method: choice(["gradient", "conjugate", "closed"]),
    rate: number(0.5, 0.01, 1.4, 0.001),
    step: whole(0, 0, LAST),
  },
  steps: { field: "step", last: ({ method, rate }) => pathOf(method, rate).length - 1, pace: 300 },
  formulas: () => [
    `\\nabla^2L=\\begin{pmatrix}${tex(valley.hessian[0][0])}&${tex(valley.hessian[0][1])}\\\\${tex(valley.hessian[1][0])}&${tex(valley.hessian[1][1])}\\end{pmatrix}\\qquad\\lambda=${tex(valley.largest)},\\;${tex(valley.smallest)}`,
    `\\kappa=\\lambda_{\\max}/\\lambda_{\\min}=${tex(valley.condition)}`,
    `\\eta_{\\max}=\\frac{2}{\\lambda_{\\max}}=${tex(valley.highest)}\\qquad\\eta_{\\text{best}}=\\frac{2}{\\lambda_{\\max}+\\lambda_{\\min}}=${tex(valley.best)}`,
    `(w^*,b^*)=(${tex(valley.w)},\\,${tex(valley.b)})`,
  ],
  program: ({ method, rate, step }) =>
    method === "gradient"
      ? `import { sgd } from "argmin";
import { add, descend, mean, mul, Random, square, sub } from "argmin/graph";

${scatteredCode(scatter)}
const path = descend(
  ({ w, b }, { x, y }) => mul(0.5, mean(square(sub(add(mul(w, x), b), y)))), // ½ mean (wx + b − y)²
  { w: ${start.w}, b: ${start.b} },
  { optimizer: sgd({ learningRate: ${rate} }), steps: ${step}, data: { x, y } },
);
for (const { step, at, loss } of path) console.log(step, at.w.value, at.b.value, loss);
`
      : `import { ${method === "closed" ? "closedForm" : "conjugateGradient"} } from "argmin";
import { add, mean, mul, Random, solve, square, sub } from "argmin/graph";

${scatteredCode(scatter)}
const { iterations, at, loss } = await solve(
  ({ w, b }, { x, y }) => mul(0.5, mean(square(sub(add(mul(w, x), b), y)))), // ½ mean (wx + b − y)²
  { w: ${start.w}, b: ${start.b} },
  { solver: ${solverCode[method]}, data: { x, y } },
);
console.log(iterations, at.w.value, at.b.value, loss);
`,
});
