/** Lesson 17: momentum on a convex quadratic, where every pair (η, β) has its theorem. After Goh, "Why momentum really works", 2017. */
import { descend, interpret } from "../../../../src/descent/index.ts";
import type { Tensor } from "../../../../src/ir/index.ts";
import { add, mul, square } from "../../../../src/ops/index.ts";
import { momentum } from "../../../../src/optimizers/index.ts";
import { number, whole } from "../fields.ts";
import { tex } from "../format.ts";
import { defineLesson } from "../lesson.ts";
import { type Grid, gridPoint } from "../parts/plane.ts";

/** The curvatures of the steep and the flat direction. */
export const steep = 10;
export const flat = 1;
export const LAST = 100;
export const start = { u: 1, v: 1 };

/** ½ (10u² + v²): its minimum is 0 at (0, 0). */
export const lossOf = ({ u, v }: Record<"u" | "v", Tensor>): Tensor =>
  add(mul(steep / 2, square(u)), mul(flat / 2, square(v)));

/** The loss over a rectangle, for its contours. */
export function surface(): Grid {
  const frame = { columns: 53, rows: 41, xs: [-1.3, 1.3], ys: [-1.2, 1.2] } as const;
  const at = Array.from({ length: frame.columns * frame.rows }, (_, i) => gridPoint(frame, i));
  const { loss } = interpret((of: Record<"u" | "v", Tensor>) => ({ loss: lossOf(of) }))({
    u: at.map(([u]) => u),
    v: at.map(([, v]) => v),
  });
  return { ...frame, values: loss.data };
}

export interface Point {
  readonly u: number;
  readonly v: number;
  readonly loss: number;
}

export const path = (rate: number, beta: number, steps = LAST): Point[] =>
  descend(lossOf, start, { optimizer: momentum({ learningRate: rate, momentum: beta }), steps }).map(
    ({ at, loss }) => ({
      ...{ u: at.u.value, v: at.v.value, loss },
    }),
  );

export type Regime = "monotone" | "oscillating" | "alternating" | "divergent";

export interface Theory {
  /** What the error of this direction is multiplied with at each step, in the long run. */
  readonly rate: number;
  readonly regime: Regime;
}

/**
 * One direction of curvature λ: (w, v) ↦ (w − η(βv + λw), βv + λw), a matrix with z² − (1 + β − ηλ)z + β = 0. The larger root
 * by size is the rate: complex roots swing, a negative one changes sides at each step, and below 1 it converges, which is
 * 0 < ηλ < 2 + 2β.
 */
export function theory(rate: number, beta: number, curvature: number): Theory {
  const trace = 1 + beta - rate * curvature;
  const under = trace * trace - 4 * beta;
  if (under < 0) return { rate: Math.sqrt(beta), regime: beta >= 1 ? "divergent" : "oscillating" };
  const root = Math.sqrt(under);
  const [one, two] = [(trace + root) / 2, (trace - root) / 2];
  const size = Math.max(Math.abs(one), Math.abs(two));
  if (size >= 1) return { rate: size, regime: "divergent" };
  return { rate: size, regime: Math.abs(two) > Math.abs(one) ? "alternating" : "monotone" };
}

/** The slower of the two directions decides. */
export const slower = (rate: number, beta: number): number =>
  Math.max(theory(rate, beta, steep).rate, theory(rate, beta, flat).rate);

/** Polyak's best pair: η = (2 / (√λ₁ + √λ₂))², β = ((√λ₁ − √λ₂) / (√λ₁ + √λ₂))²; and the best without momentum. */
export const best = {
  rate: (2 / (Math.sqrt(steep) + Math.sqrt(flat))) ** 2,
  beta: ((Math.sqrt(steep) - Math.sqrt(flat)) / (Math.sqrt(steep) + Math.sqrt(flat))) ** 2,
  plainRate: 2 / (steep + flat),
};

/**
 * The rate as the engine has it: by how much the larger of the two errors shrank from step to step, the mean over the second
 * half of the way. Swings are averaged out by taking position and velocity together.
 */
export function measured(rate: number, beta: number, steps = LAST): number {
  const trail = path(rate, beta, steps);
  const size = (k: number) => Math.hypot(trail[k].u, trail[k].v, trail[k - 1].u, trail[k - 1].v);
  const half = Math.floor(steps / 2);
  return (size(steps) / size(half)) ** (1 / (steps - half));
}

export const rates = [0, 0.44] as const;
export const MAP = { columns: 56, rows: 40 } as const;

export interface Cell {
  readonly rate: number;
  readonly beta: number;
  readonly slower: number;
  readonly regime: Regime;
}
/** The map: every (η, β), its rate, and the regime of the direction that decides. */
export const map: readonly Cell[] = Array.from({ length: MAP.columns * MAP.rows }, (_, i) => {
  const rate = rates[0] + ((i % MAP.columns) + 0.5) * ((rates[1] - rates[0]) / MAP.columns);
  const beta = (Math.floor(i / MAP.columns) + 0.5) / MAP.rows;
  const [a, b] = [theory(rate, beta, steep), theory(rate, beta, flat)];
  return { rate, beta, slower: Math.max(a.rate, b.rate), regime: (a.rate >= b.rate ? a : b).regime };
});

export const lesson = defineLesson({
  question: {
    text: {
      en: "Plain descent diverges here beyond η = 0.2. With momentum β = 0.9, how large may η be?",
      zh: "在这里，普通下降在 η 超过 0.2 时发散。动量 β = 0.9 时，η 最大可以多大？",
    },
    choices: [
      { en: "Smaller: momentum adds to every step", zh: "更小：动量让每一步更大" },
      { en: "0.2 as before", zh: "仍是 0.2" },
      { en: "0.38, nearly twice as large", zh: "0.38，接近两倍" },
    ],
    answer: 2,
    because: {
      en: "It converges for 0 < ηλ < 2 + 2β. With λ = 10 and β = 0.9 that is η < 0.38.",
      zh: "收敛条件是 0 < ηλ < 2 + 2β。λ = 10、β = 0.9 时即 η < 0.38。",
    },
  },
  task: {
    en: "Move through the map of (η, β): drag the dot or use the arrow keys. The stronger the blue, the faster it gets there; watch the path beside it.",
    zh: "在 (η, β) 图上移动：拖动圆点或用方向键。蓝色越浓收敛越快；同时看旁边的路径。",
  },
  truth: {
    en: "Momentum turns the condition number into its square root: the best rate goes from (κ−1)/(κ+1) to (√κ−1)/(√κ+1).",
    zh: "动量把条件数变成它的平方根：最佳收敛率从 (κ−1)/(κ+1) 变为 (√κ−1)/(√κ+1)。",
  },
  fields: { rate: number(0.15, 0.002, 0.44, 0.001), beta: number(0.5, 0, 0.99, 0.001), step: whole(LAST, 0, LAST) },
  steps: { field: "step", last: () => LAST, pace: 80 },
  formulas: ({ rate, beta }) => [
    "v\\leftarrow\\beta v+\\nabla L,\\qquad w\\leftarrow w-\\eta v",
    `z^2-(1+\\beta-\\eta\\lambda)\\,z+\\beta=0:\\quad|z|=${tex(theory(rate, beta, steep).rate)}\\;(\\lambda=10),\\;\\;${tex(theory(rate, beta, flat).rate)}\\;(\\lambda=1)`,
    `0<\\eta\\lambda<2+2\\beta:\\quad\\eta<${tex((2 + 2 * beta) / steep)}`,
    `\\eta^*=\\left(\\tfrac{2}{\\sqrt{10}+1}\\right)^2=${tex(best.rate)}\\qquad\\beta^*=\\left(\\tfrac{\\sqrt{10}-1}{\\sqrt{10}+1}\\right)^2=${tex(best.beta)}`,
  ],
  program: ({ rate, beta, step }) => `import { momentum } from "argmin";
import { add, descend, mul, square } from "argmin/graph";

const path = descend(
  ({ u, v }) => add(mul(${steep / 2}, square(u)), mul(${flat / 2}, square(v))), // ½ (${steep}u² + v²)
  { u: ${start.u}, v: ${start.v} },
  { optimizer: momentum({ learningRate: ${rate}, momentum: ${beta} }), steps: ${step} },
);
const { at, loss } = path.at(-1);
console.log(at.u.value, at.v.value, loss);
`,
});
