/**
 * The chain rule of each op that a network or a loss is made of, as TeX. The value of a unit is y and its inputs are x, or a and
 * b; a bar is the derivative of the loss by what is below it (Griewank and Walther 2008, "Evaluating derivatives"), so a rule
 * makes x̄ of ȳ. The rules are those of the room ops; what stands here is for people.
 */
import type { Tensor } from "../ir/index.ts";

/** What an op computes, and how a gradient goes through it. */
export interface ChainRule {
  readonly forward: string;
  /** One for each of its inputs, in their order; null where none goes there. */
  readonly backward: readonly (string | null)[];
  /** The same in words. */
  readonly words: string;
}

type Rule = ChainRule | ((tensor: Tensor) => ChainRule);

const rule = (forward: string, backward: ChainRule["backward"], words: string): ChainRule => ({
  forward,
  backward,
  words,
});
const X = String.raw`\bar{x}`;
const Y = String.raw`\bar{y}`;
const A = String.raw`\bar{a}`;
const B = String.raw`\bar{b}`;
const tex = String.raw;

const unary = (forward: string, derivative: string, words: string) =>
  rule(tex`y = ${forward}`, [tex`${X} = ${Y} \odot ${derivative}`], words);
const compared = (sign: string) => rule(tex`y = [a ${sign} b]`, [null, null], "A step has the slope 0: nothing flows.");

/** Axes as they are written below a sum. */
const numbersOf = (tensor: Tensor, name: string): string => {
  const value = (tensor.attrs as Readonly<Record<string, unknown>>)[name];
  return Array.isArray(value) ? value.join(",") : String(value);
};

const rules: Readonly<Record<string, Rule>> = Object.freeze({
  abs: unary("|x|", tex`\operatorname{sign}(x)`, "The sign of x: the gradient keeps its size."),
  add: rule(tex`y = a + b`, [tex`${A} = ${Y}`, tex`${B} = ${Y}`], "A sum hands the gradient on to both, unchanged."),
  averagePool2d: rule(
    tex`y_{c,r,s} = \tfrac{1}{|W|} \sum_{(i,j) \in W_{r,s}} x_{c,i,j}`,
    [tex`${X}_{c,i,j} = \tfrac{1}{|W|} \sum_{W_{r,s} \ni (i,j)} ${Y}_{c,r,s}`],
    "Every pixel of a window gets an equal share.",
  ),
  batchNorm: rule(
    tex`y = \gamma \odot \hat{x} + \beta, \quad \hat{x} = \frac{x - \mu}{\sigma}`,
    [
      tex`${X} = \frac{\gamma}{\sigma} \odot \left(${Y} - \operatorname{mean}(${Y}) - \hat{x} \odot \operatorname{mean}(${Y} \odot \hat{x})\right)`,
      tex`\bar{\gamma} = \sum ${Y} \odot \hat{x}`,
      tex`\bar{\beta} = \sum ${Y}`,
    ],
    "What would only move the mean or the deviation of the batch is taken out.",
  ),
  broadcastTo: rule(tex`y_{i,j} = x_j`, [tex`${X}_j = \sum_i ${Y}_{i,j}`], "What was repeated is added up."),
  cast: rule(tex`y = x`, [tex`${X} = ${Y}`], "Only the type of the numbers changes."),
  channelAffine: rule(
    tex`y_c = \gamma_c x_c + \beta_c`,
    [tex`${X}_c = \gamma_c ${Y}_c`, tex`\bar{\gamma}_c = \sum ${Y}_c \odot x_c`, tex`\bar{\beta}_c = \sum ${Y}_c`],
    "Each channel is scaled by its own number, and so is its gradient.",
  ),
  concat: rule(tex`y = (a, b)`, [tex`${A} = ${Y}_{a}`, tex`${B} = ${Y}_{b}`], "Each gets its own part back."),
  conv2d: rule(
    tex`y_m = b_m + \sum_c x_c \star w_{m,c}`,
    [
      tex`${X}_c = \sum_m ${Y}_m * w_{m,c}`,
      tex`\bar{w}_{m,c} = x_c \star ${Y}_m`,
      tex`\bar{b}_m = \sum_{r,s} ${Y}_{m,r,s}`,
    ],
    "The gradient is convolved with the filters, turned round; a filter gets the picture correlated with the gradient.",
  ),
  dequantize: rule(
    tex`y_c = (x_c - z_c) \, s_c`,
    [null],
    "Bytes become numbers of mean 0 and deviation 1. Bytes have no gradient.",
  ),
  div: rule(tex`y = a / b`, [tex`${A} = ${Y} / b`, tex`${B} = -${Y} \odot y / b`], "The quotient rule."),
  equal: compared("="),
  erf: unary(
    tex`\operatorname{erf}(x)`,
    tex`\tfrac{2}{\sqrt{\pi}} e^{-x^2}`,
    "The bell curve: little flows where |x| is large.",
  ),
  exp: unary(tex`e^{x}`, "y", "The derivative of e to the x is itself."),
  gather: rule(
    tex`y_i = x_{k_i}`,
    [tex`${X}_k = \sum_{i : k_i = k} ${Y}_i`, null],
    "Goes back to the rows that were taken.",
  ),
  gatherElements: rule(
    tex`y_{i,j} = x_{i,k_{i,j}}`,
    [tex`${X}_{i,k} = \sum_{j : k_{i,j} = k} ${Y}_{i,j}`, null],
    "Goes back to the places that were taken; all others get 0.",
  ),
  gelu: unary(
    tex`x \, \Phi(x)`,
    tex`\left(\Phi(x) + x \, \varphi(x)\right)`,
    "Almost 1 above 0, almost 0 below, smooth between.",
  ),
  greater: compared(">"),
  greaterEqual: compared(tex`\ge`),
  inverseDeviation: rule(
    tex`y = 1 / \sqrt{\operatorname{var}(x) + \epsilon}`,
    [tex`${X} = -\tfrac{1}{n}\, ${Y} \, y^3 (x - \operatorname{mean}(x))`],
    "What raises the deviation lowers its inverse.",
  ),
  layerNorm: rule(
    tex`y = \gamma \odot \hat{x} + \beta, \quad \hat{x} = \frac{x - \operatorname{mean}(x)}{\sigma(x)}`,
    [
      tex`${X} = \tfrac{1}{\sigma} \left(g - \operatorname{mean}(g) - \hat{x} \odot \operatorname{mean}(g \odot \hat{x})\right), \; g = \gamma \odot ${Y}`,
      tex`\bar{\gamma} = \sum ${Y} \odot \hat{x}`,
      tex`\bar{\beta} = \sum ${Y}`,
    ],
    "What would only move the mean or the deviation is taken out.",
  ),
  leakyRelu: (tensor) =>
    unary(
      tex`\max(x, ${numbersOf(tensor, "slope")}\,x)`,
      tex`\begin{cases} 1 & x > 0 \\ ${numbersOf(tensor, "slope")} & x \le 0 \end{cases}`,
      "Above 0 all of the gradient, below 0 a little of it.",
    ),
  less: compared("<"),
  lessEqual: compared(tex`\le`),
  log: unary(tex`\ln x`, "1/x", "The smaller x is, the more its gradient counts."),
  logSoftmax: rule(
    tex`y_k = s_k - \ln \sum_j e^{s_j}`,
    [tex`\bar{s}_k = ${Y}_k - p_k \sum_j ${Y}_j, \quad p = \operatorname{softmax}(s)`],
    "With cross-entropy behind it: probability minus truth.",
  ),
  matmul: rule(
    tex`y = x \, W`,
    [tex`${X} = ${Y} \, W^{\top}`, tex`\bar{W} = x^{\top} ${Y}`],
    "Back through the same weights, transposed; a weight gets its input times the gradient of its output.",
  ),
  max: rule(tex`y = \max_k x_k`, [tex`${X}_k = ${Y} \, [x_k = y]`], "Only the largest gets the gradient."),
  maxPool2d: rule(
    tex`y_{c,r,s} = \max_{(i,j) \in W_{r,s}} x_{c,i,j}`,
    [tex`${X}_{c,i,j} = \sum_{W_{r,s} \ni (i,j)} ${Y}_{c,r,s} \, [(i,j) \text{ is the largest of } W_{r,s}]`],
    "Of each window only the largest gets the gradient; all others get 0.",
  ),
  maximum: rule(
    tex`y = \max(a, b)`,
    [tex`${A} = ${Y} \odot [a \ge b]`, tex`${B} = ${Y} \odot [b > a]`],
    "The larger one gets the gradient.",
  ),
  minimum: rule(
    tex`y = \min(a, b)`,
    [tex`${A} = ${Y} \odot [a \le b]`, tex`${B} = ${Y} \odot [b < a]`],
    "The smaller one gets the gradient.",
  ),
  mul: rule(
    tex`y = a \odot b`,
    [tex`${A} = ${Y} \odot b`, tex`${B} = ${Y} \odot a`],
    "Each gets the gradient times the other.",
  ),
  neg: rule(tex`y = -x`, [tex`${X} = -${Y}`], "The sign turns."),
  oneHot: rule(tex`y_k = [k = x]`, [null], "The true class as a vector. A class has no gradient."),
  pad: rule(tex`y = (0, x, 0)`, [tex`${X} = ${Y}_{x}`], "The rim that was added is cut off."),
  pow: rule(tex`y = a^{b}`, [tex`${A} = ${Y} \odot b \, a^{b-1}`, tex`${B} = ${Y} \odot y \ln a`], "The power rule."),
  relu: unary(tex`\max(0, x)`, tex`[x > 0]`, "A gate: open where x was above 0. Where it was not, nothing flows back."),
  reshape: rule(tex`y = x`, [tex`${X} = ${Y}`], "The same numbers in another shape."),
  sigmoid: unary(
    tex`\sigma(x) = \tfrac{1}{1 + e^{-x}}`,
    tex`y \odot (1 - y)`,
    "At most a quarter flows, and almost nothing where y is near 0 or 1.",
  ),
  silu: unary(
    tex`x \, \sigma(x)`,
    tex`\sigma(x) \odot (1 + x \odot (1 - \sigma(x)))`,
    "Almost 1 above 0, almost 0 below, smooth between.",
  ),
  slice: rule(tex`y = x_{\text{part}}`, [tex`${X} = (0, ${Y}, 0)`], "What was cut away gets 0."),
  softmax: rule(
    tex`y_k = \frac{e^{s_k}}{\sum_j e^{s_j}}`,
    [tex`\bar{s}_k = y_k \left(${Y}_k - \sum_j ${Y}_j y_j\right)`],
    "Probabilities add up to 1, so what one gains the others lose.",
  ),
  softplus: unary(tex`\ln(1 + e^{x})`, tex`\sigma(x)`, "A rectifier with a round corner: its slope is the sigmoid."),
  sqrt: unary(tex`\sqrt{x}`, tex`\tfrac{1}{2y}`, "The smaller the root, the more its gradient counts."),
  standardize: rule(
    tex`y_j = (x_j - \mu_j) \, s_j`,
    [tex`${X}_j = s_j \, ${Y}_j`],
    "Each number is scaled by its own deviation, and so is its gradient.",
  ),
  sub: rule(tex`y = a - b`, [tex`${A} = ${Y}`, tex`${B} = -${Y}`], "The second gets the opposite sign."),
  sum: (tensor) =>
    rule(
      tex`y = \sum_{\text{axes } ${numbersOf(tensor, "axes")}} x`,
      [tex`${X} = ${Y} \text{ for each of them}`],
      "All that was added up gets the same gradient.",
    ),
  tanh: unary(tex`\tanh x`, tex`(1 - y^2)`, "Almost nothing flows where y is near −1 or 1."),
  transpose: rule(tex`y = x^{\top}`, [tex`${X} = ${Y}^{\top}`], "The axes change their places, and back."),
  where: rule(
    tex`y = \begin{cases} a & c \\ b & \neg c \end{cases}`,
    [null, tex`${A} = ${Y} \odot c`, tex`${B} = ${Y} \odot \neg c`],
    "The one that was taken gets the gradient.",
  ),
});

/** The rule of the op that made a value; undefined for what only a backward pass is made of. */
export function chainRuleOf(tensor: Tensor): ChainRule | undefined {
  const found = rules[tensor.op.name];
  return typeof found === "function" ? found(tensor) : found;
}
