/** Lesson 12: where a linear classifier of points in the plane draws its borders, by which loss, and what it cannot do. */

import { Random } from "../../../../src/core/index.ts";
import { crossEntropy, hinge, mse, squaredHinge } from "../../../../src/losses/index.ts";
import { predictedClass } from "../../../../src/metrics/index.ts";
import { linear, mlp } from "../../../../src/models/index.ts";
import { adam } from "../../../../src/optimizers/index.ts";
import { l2 } from "../../../../src/regularizers/index.ts";
import { choice, number, text, whole } from "../fields.ts";
import { defineLesson } from "../lesson.ts";
import { tex } from "../shown.ts";
import { ToyTraining } from "../toy-training.ts";

export type Task = "blobs" | "xor" | "rings";
export type BoundaryLoss = "hinge" | "squared-hinge" | "cross-entropy" | "mse";

export interface Point {
  /** Both from −1 to 1. */
  readonly x: number;
  readonly y: number;
  readonly label: number;
}

const lossOf = { hinge, "squared-hinge": squaredHinge, "cross-entropy": crossEntropy, mse };

// Adding 0 makes −0 a plain 0, which is what an address brings back.
const within = (value: number) => Math.round(100 * Math.min(0.98, Math.max(-0.98, value))) / 100 + 0;

function cluster(random: Random, label: number, x: number, y: number, spread: number, count: number): Point[] {
  return Array.from({ length: count }, () => ({
    x: within(x + spread * random.normal()),
    y: within(y + spread * random.normal()),
    label,
  }));
}

function ring(random: Random, label: number, radius: number, spread: number, count: number): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * (i + 0.5 * random.uniform())) / count;
    const r = radius + spread * random.normal();
    return { x: within(r * Math.cos(angle)), y: within(r * Math.sin(angle)), label };
  });
}

/** The points that a task begins with. */
export function pointsOf(task: Task): Point[] {
  const random = new Random(12, `lab ${task}`);
  if (task === "blobs") {
    return [
      ...cluster(random, 0, -0.5, -0.4, 0.17, 10),
      ...cluster(random, 1, 0.55, -0.3, 0.17, 10),
      ...cluster(random, 2, 0, 0.55, 0.17, 10),
    ];
  }
  if (task === "xor") {
    return [
      ...cluster(random, 0, -0.5, -0.5, 0.15, 8),
      ...cluster(random, 0, 0.5, 0.5, 0.15, 8),
      ...cluster(random, 1, -0.5, 0.5, 0.15, 8),
      ...cluster(random, 1, 0.5, -0.5, 0.15, 8),
    ];
  }
  return [...ring(random, 0, 0.22, 0.06, 12), ...ring(random, 1, 0.72, 0.06, 20)];
}

export const classesOf = (points: readonly Point[]): number => Math.max(...points.map(({ label }) => label)) + 1;

export interface Setting {
  readonly loss: BoundaryLoss;
  /** λ of Σ W². */
  readonly strength: number;
  /** Units of the hidden layer; 0 for a linear classifier. */
  readonly hidden: number;
}

export const RATE = 0.05;

export function training(points: readonly Point[], { loss, strength, hidden }: Setting): ToyTraining {
  const recipe = {
    model: hidden === 0 ? linear() : mlp({ hidden: [hidden], activation: "tanh" }),
    loss: lossOf[loss](),
    regularizers: strength > 0 ? [l2(strength)] : [],
    optimizer: adam({ learningRate: RATE }),
    normalization: { mean: [0, 0], deviation: [1, 1] },
    kind: "numbers",
    height: 1,
    width: 2,
    channels: 1,
    classes: classesOf(points),
  } as const;
  const values = Float64Array.from(points.flatMap(({ x, y }) => [x, y]));
  return new ToyTraining(recipe, { values, labels: points.map(({ label }) => label) });
}

/** The class of the largest score of each row. */
export const decisions = (scores: Float64Array, classes: number): number[] =>
  Array.from({ length: scores.length / classes }, (_, i) => predictedClass(scores, i, classes));

/** The middles of the cells of a square grid over the plane, row by row from the top, [side², 2]. */
export function cells(side: number): Float64Array {
  const middle = (i: number) => (2 * (i + 0.5)) / side - 1;
  return Float64Array.from({ length: 2 * side * side }, (_, k) => {
    const cell = k >> 1;
    return k % 2 === 0 ? middle(cell % side) : -middle(Math.floor(cell / side));
  });
}

export interface Line {
  /** s_c = a x + b y + c */
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** The lines on which each class has a score of 0; a network with a hidden layer has none. */
export function lines(run: ToyTraining, step: number): Line[] {
  const { "scores.weight": weight, "scores.bias": bias } = run.state(step);
  const [inputs, classes] = weight.shape;
  if (inputs !== 2) return [];
  return Array.from(bias.data, (c, k) => ({ a: weight.data[k], b: weight.data[classes + k], c }));
}

export interface Look {
  readonly loss: number;
  readonly accuracy: number;
  readonly wrong: readonly number[];
}

export function look(run: ToyTraining, step: number, points: readonly Point[]): Look {
  const values = Float64Array.from(points.flatMap(({ x, y }) => [x, y]));
  const said = decisions(run.scores(step, values), classesOf(points));
  const wrong = said.flatMap((label, i) => (label === points[i].label ? [] : [i]));
  return { loss: run.loss(step), accuracy: 1 - wrong.length / points.length, wrong };
}

/** Points as they stand in an address: hundredths, and the class. */
export const written = (points: readonly Point[]): string =>
  points.map(({ x, y, label }) => `${Math.round(100 * x)}.${Math.round(100 * y)}.${label}`).join("_");

/** @returns undefined for a text that holds no points */
export function readPoints(text: string): Point[] | undefined {
  const points = text.split("_").map((one) => one.split(".").map(Number));
  const sound = points.every(([x, y, label, ...more]) => {
    return more.length === 0 && [x, y].every((v) => Math.abs(v) <= 100) && [0, 1, 2].includes(label);
  });
  return sound && points.length > 1 && points.length <= 80
    ? points.map(([x, y, label]) => ({ x: x / 100, y: y / 100, label }))
    : undefined;
}

const FORMULA: Readonly<Record<BoundaryLoss, string>> = {
  hinge: "sum(mul(relu(add(sub(s, own), 1)), sub(1, truth)), 1)",
  "squared-hinge": "sum(mul(square(relu(add(sub(s, own), 1))), sub(1, truth)), 1)",
  "cross-entropy": "neg(sum(mul(logSoftmax(s), truth), 1))",
  mse: "mean(square(sub(s, truth)), 1)",
};

/** The gradient of the whole step at the first weights, which the learner can go on from. */
export function code(points: readonly Point[], { loss, strength, hidden }: Setting, run: ToyTraining): string {
  const classes = classesOf(points);
  const first = run.state(0);
  const rows = (name: string) => {
    const { data, shape } = first[name];
    const width = shape.at(-1)!;
    const short = Array.from(data, (value) => Number(value.toFixed(6)));
    if (shape.length === 1) return JSON.stringify(short);
    return JSON.stringify(Array.from({ length: shape[0] }, (_, i) => short.slice(i * width, (i + 1) * width)));
  };
  const needsOwn = loss.endsWith("hinge");
  const ops = ["add", "compile", "gradients", "matmul", "mean", "oneHot", "sub", "sum", "mul"];
  if (needsOwn) ops.push("relu");
  if (loss === "cross-entropy") ops.push("logSoftmax", "neg");
  if (loss === "squared-hinge" || loss === "mse" || strength > 0) ops.push("square");
  if (hidden > 0) ops.push("tanh");
  const used = (name: string) => name !== "sub" || loss !== "cross-entropy";
  const names = hidden > 0 ? "w1, b1, w, b" : "w, b";
  const penalty = hidden > 0 ? "add(sum(square(w1)), sum(square(w)))" : "sum(square(w))";
  return `import { ${ops.filter(used).sort().join(", ")} } from "argmin/graph";

const step = compile(({ x, y, ${names} }) => {
${hidden > 0 ? "  const h = tanh(add(matmul(x, w1), b1));\n" : ""}  const s = add(matmul(${hidden > 0 ? "h" : "x"}, w), b); // scores
  const truth = oneHot(y, ${classes});
${needsOwn ? "  const own = sum(mul(s, truth), 1, true); // s_y\n" : ""}  const data = mean(${FORMULA[loss]});
  const total = ${strength > 0 ? `add(data, mul(${penalty}, ${strength}))` : "data"};
  return { data, ...gradients(total, { ${names} }) };
});

const start = {
${hidden > 0 ? `  w1: ${rows("hidden1.weight")},\n  b1: ${rows("hidden1.bias")},\n` : ""}  w: ${rows("scores.weight")},
  b: ${rows("scores.bias")},
};
const { data, w } = await step({
  x: ${JSON.stringify(points.map(({ x, y }) => [x, y]))},
  y: Int32Array.of(${points.map(({ label }) => label).join(", ")}),
  ...start,
});
console.log(data.value);
console.log([...w.data]); // the gradient: where adam begins, with a learning rate of ${RATE}
`;
}

export const LAST = 200;

/** The points of a state: those that were moved, else those that the task begins with. */
export const pointsIn = ({ task, points }: { readonly task: Task; readonly points: string }): Point[] =>
  readPoints(points) ?? pointsOf(task);

let kept: { readonly key: string; readonly run: ToyTraining } | undefined;

/** The training of a state; going to and fro in its steps trains nothing anew. */
export function trainingOf(state: Setting & { readonly task: Task; readonly points: string }): ToyTraining {
  const points = pointsIn(state);
  const key = JSON.stringify([written(points), state.loss, state.strength, state.hidden]);
  if (kept?.key !== key) kept = { key, run: training(points, state) };
  return kept.run;
}

const LOSS_TEX: Readonly<Record<BoundaryLoss, string>> = {
  hinge: "\\sum_{j\\ne y}\\max(0, s_j - s_y + 1)",
  "squared-hinge": "\\sum_{j\\ne y}\\max(0, s_j - s_y + 1)^2",
  "cross-entropy": "-\\ln \\frac{e^{s_y}}{\\sum_j e^{s_j}}",
  mse: "\\tfrac1C\\sum_c (s_c - [c = y])^2",
};

export const lesson = defineLesson({
  question: {
    text: {
      en: "Four clusters, opposite corners of the same class (XOR). Can a linear classifier tell the two classes apart?",
      zh: "四团点，对角的两团属于同一类（异或，XOR）。线性分类器能把两类分开吗？",
    },
    choices: [
      { en: "Yes, with the right loss", zh: "能，只要损失选得对" },
      { en: "Yes, with enough steps", zh: "能，只要步数足够多" },
      { en: "No; it needs a hidden layer", zh: "不能，需要一个隐藏层" },
    ],
    answer: 2,
    because: {
      en: "Between two classes the border of a linear classifier is one straight line, whatever the loss. Choose XOR below, then add hidden units.",
      zh: "不论用哪种损失，线性分类器在两类之间的边界只能是一条直线。在下面选择 XOR，再加上隐藏单元。",
    },
  },
  task: {
    en: "Drag points, choose a loss and λ, and play the steps. Then take XOR or rings, and add hidden units.",
    zh: "拖动各点，选择损失与 λ，然后播放训练步骤。再选 XOR 或圆环，并加上隐藏单元。",
  },
  truth: {
    en: "A linear classifier cuts with straight lines; a hidden layer first bends the plane.",
    zh: "线性分类器只会用直线切；隐藏层先把平面弯过来。",
  },
  fields: {
    task: choice(["blobs", "xor", "rings"]),
    loss: choice(["hinge", "squared-hinge", "cross-entropy", "mse"]),
    strength: number(0.001, 0, 0.3, 0.001),
    hidden: whole(0, 0, 12),
    points: text(),
    step: whole(40, 0, LAST),
  },
  steps: { field: "step", last: () => LAST, pace: 60 },
  formulas: (state) => {
    const { loss, accuracy } = look(trainingOf(state), state.step, pointsIn(state));
    const scores = state.hidden === 0 ? "s = xW + b" : "s = \\tanh(xW_1 + b_1)\\,W + b";
    return [
      `${scores} \\qquad L_i = ${LOSS_TEX[state.loss]}`,
      `\\tfrac1N\\textstyle\\sum_i L_i = ${tex(loss, 4)} \\qquad \\lambda = ${tex(state.strength, 3)} \\qquad \\text{accuracy} = ${tex(100 * accuracy, 1)}\\,\\%`,
    ];
  },
  program: (state) => code(pointsIn(state), state, trainingOf(state)),
});
