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
  entry(
    7,
    "svm",
    { en: "The SVM loss, by hand", zh: "亲手算 SVM 损失" },
    { en: "Three pictures, three scores each, five questions", zh: "三张图片、各三个得分、五个问题" },
    () => import("./07-svm.ts"),
    () => import("./07-svm.svelte"),
  ),
  entry(
    8,
    "softmax",
    { en: "Softmax beside the SVM", zh: "Softmax 与 SVM 并排看" },
    { en: "One is satisfied, the other never", zh: "一个会满意，另一个永远不会" },
    () => import("./08-softmax.ts"),
    () => import("./08-softmax.svelte"),
  ),
  entry(
    9,
    "scale",
    { en: "W or 2W: the penalty decides", zh: "W 还是 2W：由正则项决定" },
    { en: "How large weights should be, and L2 against L1", zh: "权重该有多大，以及 L2 与 L1 之别" },
    () => import("./09-scale.ts"),
    () => import("./09-scale.svelte"),
  ),
  entry(
    12,
    "boundary",
    { en: "Where a classifier draws its borders", zh: "分类器把边界画在哪里" },
    { en: "Lines, regions, and what lines cannot do", zh: "直线、区域，以及直线做不到的事" },
    () => import("./12-boundary.ts"),
    () => import("./12-boundary.svelte"),
  ),
  entry(
    13,
    "race",
    { en: "Three ways to search for weights", zh: "寻找权重的三种办法" },
    { en: "Chance, small steps, and the gradient, side by side", zh: "碰运气、小步试探与梯度，同场比赛" },
    () => import("./13-race.ts"),
    () => import("./13-race.svelte"),
  ),
  entry(
    14,
    "templates",
    { en: "Templates that grow", zh: "生长中的模板" },
    { en: "The weights of each class as pictures, also of your own", zh: "把每类的权重画成图片，也可用你自己的图片" },
    () => import("./14-templates.ts"),
    () => import("./14-templates.svelte"),
  ),
  entry(
    15,
    "search",
    { en: "Grid, chance, and a model", zh: "网格、随机与模型" },
    { en: "Hyperparameters: where to look next", zh: "超参数：下一步试哪里" },
    () => import("./15-search.ts"),
    () => import("./15-search.svelte"),
  ),
  entry(
    16,
    "overfitting",
    { en: "Learned by heart, and early stopping", zh: "死记硬背与提前停止" },
    { en: "Two curves that part, and where to stop", zh: "两条分开的曲线，以及该在哪里停" },
    () => import("./16-overfit.ts"),
    () => import("./16-overfit.svelte"),
  ),
  entry(
    18,
    "graph",
    { en: "The graph of your own network", zh: "你自己的网络的计算图" },
    {
      en: "Value and gradient of each unit; the chain rule along any edge",
      zh: "每个单元的数值与梯度；沿任意一条边的链式法则",
    },
    () => import("./18-graph.ts"),
    () => import("./18-graph.svelte"),
  ),
];

/** Every lesson, in the order in which they are best taken. */
export const entries: readonly Entry[] = [...given].sort((a, b) => a.number - b.number);
