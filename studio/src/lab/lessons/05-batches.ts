/** Lesson 5: the whole set, batches or single points at each update, with equal passes over the data. */
import { Random } from "../../../../src/core/index.ts";
import { descend } from "../../../../src/descent/index.ts";
import { sgd } from "../../../../src/optimizers/index.ts";
import { choice, number, whole } from "../fields.ts";
import { tex } from "../format.ts";
import { defineLesson } from "../lesson.ts";
import type { Range } from "../parts/plane.ts";
import { lossGrid, lossOfBoth, optimum, type Scatter, scattered, scatteredCode } from "./points.ts";

export const scatter: Scatter = { seed: 13, count: 64, low: -0.8, high: 1.3, noise: 0.25 };
/** Decides the order of the points in every epoch. */
const ORDER = 20;
export const points = scattered(scatter);
export const start = { w: -1, b: -1 };
export const EPOCHS = 20;
export const ws: Range = [-1.4, 1.4];
export const bs: Range = [-1.2, 1.6];
export const grid = () => lossGrid(points, ws, bs);

export const best = await optimum(points);
/** The excess in closed form: ½ dᵀ H d, d the distance to the minimum. It is exact where L − L* would be rounding. */
export function excessAt(w: number, b: number): number {
  const [dw, db] = [w - best.w, b - best.b];
  const [[a, c], [, d]] = best.hessian;
  return 0.5 * (a * dw * dw + 2 * c * dw * db + d * db * db);
}

export interface Walk {
  readonly batch: number;
  readonly rate: number;
  readonly updates: number;
  /** Every point of the way. */
  readonly path: readonly (readonly [number, number])[];
  /** After each epoch, from 0. */
  readonly epochs: readonly { readonly w: number; readonly b: number; readonly excess: number }[];
}

/** The points of one epoch in the order of their batches. */
function orderOf(epoch: number, batch: number): number[] {
  const order = points.x.map((_, i) => i);
  return batch < points.x.length ? new Random(ORDER, "order", epoch).shuffle(order) : order;
}

const kept = new Map<string, Walk>();
const keyOf = (batch: number, rate: number) => `${batch} ${rate}`;
/** As far as it was walked: at least to the start. @param batch points in each update: 64, 16, 4 or 1 */
export const walked = (batch: number, rate: number): Walk =>
  kept.get(keyOf(batch, rate)) ?? {
    ...{ batch, rate, updates: (EPOCHS * points.x.length) / batch },
    path: [[start.w, start.b]],
    epochs: [{ ...start, excess: excessAt(start.w, start.b) }],
  };

/** One epoch more. Plain descent remembers nothing, so a walk goes on from where it stands as if it had never stopped. */
function epochMore(walk: Walk): Walk {
  const { batch, rate } = walk;
  const { w, b } = walk.epochs.at(-1)!;
  const order = orderOf(walk.epochs.length - 1, batch);
  const perEpoch = order.length / batch;
  const trail = descend(
    lossOfBoth,
    { w, b },
    {
      optimizer: sgd({ learningRate: rate }),
      steps: perEpoch,
      data: (step) => {
        // After the last update the gradient is taken once more, of any batch.
        const place = (step - 1) % perEpoch;
        const chosen = order.slice(place * batch, (place + 1) * batch);
        return { x: chosen.map((i) => points.x[i]), y: chosen.map((i) => points.y[i]) };
      },
    },
  );
  const more = trail.slice(1).map(({ at }) => [at.w.value, at.b.value] as const);
  const [endW, endB] = more.at(-1)!;
  const epoch = { w: endW, b: endB, excess: excessAt(endW, endB) };
  return { ...walk, path: [...walk.path, ...more], epochs: [...walk.epochs, epoch] };
}

/** Walks on to the end of that epoch. 1280 updates take a tenth of a second or more: the page walks them epoch by epoch. */
export function walk(batch: number, rate: number, epoch = EPOCHS): Walk {
  let now = walked(batch, rate);
  if (now.epochs.length > epoch) return now;
  while (now.epochs.length <= epoch) now = epochMore(now);
  if (kept.size > 40) kept.clear();
  kept.set(keyOf(batch, rate), now);
  return now;
}

/** The five that are compared. */
export const compared = [
  { batch: 64, rate: 0.5 },
  { batch: 16, rate: 0.5 },
  { batch: 4, rate: 0.2 },
  { batch: 1, rate: 0.1 },
  { batch: 1, rate: 0.02 },
] as const;

export const lesson = defineLesson({
  question: {
    text: {
      en: "64 points, 20 passes over them each. Full-batch descent makes 20 updates with η = 0.5, single points make 1280 with η = 0.1. Which ends nearer the minimum?",
      zh: "64 个点，各遍历 20 遍。全批量下降用 η = 0.5 更新 20 次，逐点更新用 η = 0.1 更新 1280 次。哪个离最低点更近？",
    },
    choices: [
      { en: "Single points: 64 times as many updates", zh: "逐点：更新次数是 64 倍" },
      { en: "The full batch: single points end in a cloud of noise", zh: "全批量：逐点会停在一团噪声里" },
      { en: "They end alike: both saw the same data", zh: "一样：看过的数据相同" },
    ],
    answer: 1,
    because: {
      en: "Near the minimum each single point still pulls its own way, so the walk never settles: the noise floor grows with η. Batches of 4 and 16 beat both here, and η = 0.02 lowers the floor.",
      zh: "在最低点附近，每个点仍各拉各的方向，走不稳：噪声底随 η 升高。这里批量 4 和 16 都更好，η = 0.02 也能压低噪声底。",
    },
  },
  task: {
    en: "Choose a batch size and a learning rate, scrub through the epochs, and compare with the five of the table.",
    zh: "选择批量大小和学习率，拖动到各个轮次，并与表中的五种比较。",
  },
  truth: {
    en: "Small batches buy many cheap updates and pay with noise of size η: large steps first, small steps last — that is why learning rates are decayed.",
    zh: "小批量换来许多便宜的更新，代价是与 η 成比例的噪声：先大步后小步，这正是要衰减学习率的原因。",
  },
  fields: {
    batch: choice(["64", "16", "4", "1"], "1"),
    rate: number(0.1, 0.01, 1, 0.01),
    step: whole(EPOCHS, 0, EPOCHS),
  },
  steps: { field: "step", last: () => EPOCHS, pace: 250 },
  formulas: ({ batch, rate, step }) => {
    const excess = walked(Number(batch), rate).epochs[step]?.excess;
    return [
      `(w,b)\\leftarrow(w,b)-\\eta\\cdot\\tfrac{1}{${batch}}\\sum_{i\\in B}\\nabla L_i\\qquad |B|=${batch},\\;\\eta=${tex(rate)}`,
      `L-L^*=\\tfrac12\\,d^\\top\\nabla^2L\\,d=${excess === undefined ? "\\ldots" : tex(excess)},\\quad d=(w-w^*,\\,b-b^*)`,
      "\\text{noise floor}\\;\\propto\\;\\eta\\,/\\,|B|",
    ];
  },
  program: ({ batch, rate, step }) => `import { closedForm, sgd } from "argmin";
import { add, descend, mean, mul, Random, solve, square, sub } from "argmin/graph";

${scatteredCode(scatter)}
const loss = ({ w, b }, { x, y }) => mul(0.5, mean(square(sub(add(mul(w, x), b), y)))); // ½ mean (wx + b − y)²

const [batch, perEpoch] = [${batch}, ${points.x.length / Number(batch)}];
let order = points.map((_, i) => i);
const path = descend(loss, { w: -1, b: -1 }, {
  optimizer: sgd({ learningRate: ${rate} }),
  steps: ${step} * perEpoch,
  data: (step) => {
    const place = (step - 1) % perEpoch;
    if (place === 0 && batch < 64) order = new Random(${ORDER}, "order", (step - 1) / perEpoch).shuffle(points.map((_, i) => i));
    const chosen = order.slice(place * batch, (place + 1) * batch);
    return { x: chosen.map((i) => x[i]), y: chosen.map((i) => y[i]) };
  },
});

const best = await solve(loss, { w: 0, b: 0 }, { solver: closedForm(), data: { x, y } });
const { w, b } = path.at(-1).at;
const d = [w.value - best.at.w.value, b.value - best.at.b.value];
const [[a, c], [, e]] = best.hessian;
console.log(path.length - 1, w.value, b.value);
console.log(0.5 * (a * d[0] * d[0] + 2 * c * d[0] * d[1] + e * d[1] * d[1])); // L − L*
`,
});
