import type { Component } from "svelte";
import type { Fields } from "../fields.ts";
import type { Lesson, Text, ViewProps } from "../lesson.ts";

/** A lesson as the list shows it; what it computes and how it looks are fetched when it is opened. */
export interface Entry {
  readonly number: number;
  /** Its name in the address: `#/parabola`. */
  readonly id: string;
  readonly title: Text;
  /** What it is about, in a few words. */
  readonly about: Text;
  /** The part without a view. */
  readonly parts: () => Promise<{ readonly lesson: Lesson }>;
  readonly load: () => Promise<{ readonly lesson: Lesson; readonly View: Component<ViewProps<Fields>> }>;
}

// biome-ignore lint/suspicious/noExplicitAny: each lesson has fields of its own
type Parts = () => Promise<{ readonly lesson: Lesson<any> }>;
// biome-ignore lint/suspicious/noExplicitAny: each lesson has fields of its own
type View = () => Promise<{ readonly default: Component<ViewProps<any>> }>;

const entry = (number: number, id: string, title: Text, about: Text, parts: Parts, view: View): Entry => ({
  ...{ number, id, title, about, parts },
  load: async () => {
    const [{ lesson }, { default: View }] = await Promise.all([parts(), view()]);
    return { lesson, View };
  },
});

const given: readonly Entry[] = [
  entry(
    1,
    "line-fit",
    { en: "A line, and what its errors cost", zh: "一条直线，和它的误差的代价" },
    { en: "Errors as squares; the loss as their area", zh: "误差是正方形，损失是它们的面积" },
    () => import("./01-line-fit.ts"),
    () => import("./01-line-fit.svelte"),
  ),
  entry(
    2,
    "parabola",
    { en: "The parabola", zh: "抛物线" },
    { en: "Every line is a dot; the tangent is the gradient", zh: "每条直线是一个点，切线就是梯度" },
    () => import("./02-parabola.ts"),
    () => import("./02-parabola.svelte"),
  ),
  entry(
    3,
    "learning-rate",
    { en: "The learning rate that runs away", zh: "跑飞的学习率" },
    { en: "0.1 creeps, 1 arrives, 2 never does", zh: "0.1 太慢，1 到达，2 永远到不了" },
    () => import("./03-learning-rate.ts"),
    () => import("./03-learning-rate.svelte"),
  ),
  entry(
    4,
    "valley",
    { en: "Two parameters, one valley", zh: "两个参数，一道山谷" },
    { en: "Eigenvalues, the limit 2/λ, and ways without a rate", zh: "特征值、上限 2/λ，以及不需要学习率的方法" },
    () => import("./04-valley.ts"),
    () => import("./04-valley.svelte"),
  ),
  entry(
    5,
    "batches",
    { en: "All, some, or one at a time", zh: "全部、一批，还是逐个" },
    { en: "Batches, their noise, and why η is decayed", zh: "批量与噪声，为何要衰减 η" },
    () => import("./05-batches.ts"),
    () => import("./05-batches.svelte"),
  ),
  entry(
    6,
    "adagrad",
    { en: "A rate for each parameter", zh: "每个参数自己的学习率" },
    { en: "AdaGrad's sum that only grows, and who forgets", zh: "AdaGrad 只增不减的和，以及会遗忘的优化器" },
    () => import("./06-adagrad.ts"),
    () => import("./06-adagrad.svelte"),
  ),
  entry(
    10,
    "backprop",
    { en: "Backpropagation, unit by unit", zh: "反向传播，逐个单元" },
    { en: "Values forward, gradients back, one step", zh: "值向前，梯度向后，再走一步" },
    () => import("./10-backprop.ts"),
    () => import("./10-backprop.svelte"),
  ),
  entry(
    11,
    "gradient-check",
    { en: "Checking a gradient", zh: "检验梯度" },
    { en: "Why the smallest step is not the best", zh: "为什么步长不是越小越好" },
    () => import("./11-gradient-check.ts"),
    () => import("./11-gradient-check.svelte"),
  ),
  entry(
    17,
    "momentum",
    { en: "The map of momentum", zh: "动量地图" },
    { en: "Where (η, β) swings, arrives, diverges", zh: "(η, β) 在何处摆动、到达、发散" },
    () => import("./17-momentum.ts"),
    () => import("./17-momentum.svelte"),
  ),
];

/** Every lesson, in the order in which they are best taken. */
export const entries: readonly Entry[] = [...given].sort((a, b) => a.number - b.number);
