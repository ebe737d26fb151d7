/** Lesson 15: where a search looks: grids, chance, and a model of what was seen; on the library's own samplers. */

import { float, Space } from "../../../../src/space/index.ts";
import { type Believed, beliefOf, type SamplerName, samplers, type Trial } from "../../../../src/tune/index.ts";
import { choice, text, whole } from "../fields.ts";
import { defineLesson } from "../lesson.ts";
import { tex } from "../shown.ts";

export const plane = new Space({ rate: float(0, 1), decay: float(0, 1) });
export type Blind = Extract<SamplerName, "grid" | "random">;

export interface Tried {
  readonly rate: number;
  readonly decay: number;
  readonly value: number;
}

/**
 * A score that one hyperparameter decides nearly alone, as a learning rate does (Bergstra and Bengio 2012, figure 1); 1 is the best.
 */
export const score = (rate: number, decay: number): number =>
  Math.exp(-(((rate - 0.63) / 0.11) ** 2)) * (0.92 + 0.08 * Math.sin(Math.PI * decay));

/** The first trials of a study; no value of them matters to a grid or to chance. */
export function trials(sampler: Blind, count: number, seed: number): Tried[] {
  const found: Trial[] = [];
  const values = Math.round(Math.sqrt(count));
  for (let number = 0; number < count; number++) {
    const request = { space: plane, seed, number, trials: found };
    const asked = samplers[sampler].ask(request, {
      ...samplers[sampler].defaults,
      ...(sampler === "grid" ? { values } : {}),
    });
    if (asked === undefined) break;
    found.push({ number, configuration: asked, outcome: "complete" });
  }
  return found.map(({ configuration }) => {
    const [rate, decay] = [configuration.rate as number, configuration.decay as number];
    return { rate, decay, value: score(rate, decay) };
  });
}

/** How many different values of a hyperparameter were tried. */
export const distinct = (tried: readonly Tried[], axis: "rate" | "decay"): number =>
  new Set(tried.map((one) => one[axis])).size;

/** The chance that the best of n independent draws lies in the best share of the space: 1 − (1 − share)ⁿ. */
export const hitChance = (draws: number, share = 0.05): number => 1 - (1 - share) ** draws;

/** The same, counted: the part of many studies of the random sampler in which one of the first n draws was among the best. */
export function hitShares(most: number, studies: number, share = 0.05): number[] {
  const space = new Space({ x: float(0, 1) });
  const hits = new Array<number>(most).fill(0);
  for (let seed = 0; seed < studies; seed++) {
    for (let number = 0; number < most; number++) {
      const { x } = samplers.random.ask({ space, seed, number, trials: [] }, {})!;
      if ((x as number) >= share) continue;
      for (let n = number; n < most; n++) hits[n]++;
      break;
    }
  }
  return hits.map((count) => count / studies);
}

/** The hidden curve of the game: a validation error over log₁₀ of the learning rate, with a near-best valley that misleads. */
const line = new Space({ x: float(0, 1) });
export const hidden = (x: number, game = 1): number => {
  const shift = ((game * 37) % 23) / 100;
  const deep = 0.34 * Math.exp(-(((x - 0.62 - shift / 2) / 0.07) ** 2));
  const wide = 0.24 * Math.exp(-(((x - 0.26 + shift / 3) / 0.13) ** 2));
  return 0.46 - deep - wide + 0.06 * x;
};

const PLACES = 201;
/** The places that are looked at, evenly over [0, 1]. */
export const places = Array.from({ length: PLACES }, (_, i) => i / (PLACES - 1));

export const lowest = (game: number): { x: number; value: number } =>
  places.map((x) => ({ x, value: hidden(x, game) })).reduce((least, one) => (one.value < least.value ? one : least));

const trialsOf = (xs: readonly number[], game: number): Trial[] =>
  xs.map((x, number) => ({ number, configuration: { x }, outcome: "complete", value: hidden(x, game) }));

export interface BeliefCurve extends Believed {
  readonly x: number;
  /** Expected improvement on the best value seen, as a share of the largest of all places. */
  readonly improvement: number;
}

/** What a Gaussian process of the tried places believes of all places, and where it would look next. */
export function belief(
  tried: readonly number[],
  game: number,
): { readonly curve: readonly BeliefCurve[]; readonly next: number } | undefined {
  const request = { space: line, seed: 1, number: tried.length, trials: trialsOf(tried, game) };
  const believed = beliefOf(request);
  if (believed === undefined) return undefined;
  const found = places.map((x) => ({ x, ...believed({ x }) }));
  const most = Math.max(...found.map(({ logImprovement }) => logImprovement));
  const curve = found.map((one) => ({ ...one, improvement: Math.exp(one.logImprovement - most) }));
  // What was tried already is not tried again.
  const left = curve.filter(({ x }) => !tried.some((other) => Math.abs(other - x) < 1e-9));
  return { curve, next: left.reduce((best, one) => (one.logImprovement > best.logImprovement ? one : best)).x };
}

/** Both players begin with the same two trials. */
export const START = [0.1, 0.9] as const;

/** Where the machine has looked after so many turns. */
export function machine(turns: number, game: number): number[] {
  const tried: number[] = [...START];
  for (let turn = 0; turn < turns; turn++) tried.push(belief(tried, game)!.next);
  return tried;
}

export const bestOf = (tried: readonly number[], game: number): number =>
  Math.min(...tried.map((x) => hidden(x, game)));

export function code(sampler: Blind, count: number, seed: number, tried: readonly number[], game: number): string {
  const options = sampler === "grid" ? `{ values: ${Math.round(Math.sqrt(count))} }` : "{}";
  return `import { beliefOf, samplers, Space } from "argmin";

// ${count} trials that know nothing of each other.
const space = new Space({ rate: { kind: "float", low: 0, high: 1 }, decay: { kind: "float", low: 0, high: 1 } });
const trials = [];
for (let number = 0; number < ${count}; number++) {
  const configuration = samplers.${sampler}.ask({ space, seed: ${seed}, number, trials }, ${options});
  trials.push({ number, configuration, outcome: "complete" });
}
console.log(new Set(trials.map(({ configuration }) => configuration.rate)).size); // different values of the rate

// Of n random trials one is among the best 5 % with probability 1 − 0.95ⁿ.
console.log(1 - 0.95 ** 20, 1 - 0.95 ** 60);

// What a Gaussian process believes between the places that were tried.
const line = new Space({ x: { kind: "float", low: 0, high: 1 } });
const seen = ${JSON.stringify(tried.map((x) => [x, hidden(x, game)]))};
const known = seen.map(([x, value], number) => ({ number, configuration: { x }, outcome: "complete", value }));
const believed = beliefOf({ space: line, seed: 1, number: known.length, trials: known });
const { mean, deviation } = believed({ x: 0.5 });
console.log(mean, deviation);
`;
}

/** The learner's turns as an address keeps them: thousandths, without the two places that are given. */
export const writeTurns = (turns: readonly number[]): string => turns.map((x) => Math.round(1000 * x)).join(".");
export const readTurns = (written: string): number[] =>
  written === ""
    ? []
    : written
        .split(".")
        .map((one) => Number(one) / 1000)
        .filter((x) => x >= 0 && x <= 1)
        .slice(0, TURNS);
export const TURNS = 8;

export const lesson = defineLesson({
  question: {
    text: {
      en: "You may try nine combinations of a learning rate and a weight decay. Only the learning rate matters much. How do you choose them?",
      zh: "学习率与权重衰减，你可以试九种组合，而真正重要的只有学习率。该怎么选？",
    },
    choices: [
      { en: "As a 3 × 3 grid", zh: "排成 3 × 3 的网格" },
      { en: "At random", zh: "随机选取" },
      { en: "It makes no difference", zh: "没有区别" },
    ],
    answer: 1,
    because: {
      en: "The grid spends its nine trials on 3 different learning rates, chance on 9. Look at the marks along the lower edge.",
      zh: "网格的九次试验只试了 3 个不同的学习率，随机则试了 9 个。看下边缘上的刻度。",
    },
  },
  task: {
    en: "Compare the two plans, move the number of trials, then play against the machine: click where you would look next.",
    zh: "比较两种方案，移动试验次数，然后与机器对弈：点击你下一步想试的位置。",
  },
  truth: {
    en: "Sixty random trials hit the best 5 % with a probability of 95 %; a model of what was seen needs far fewer.",
    zh: "随机试 60 次，有 95 % 的概率碰到最好的 5 %；根据已见结果建一个模型，次数少得多。",
  },
  fields: {
    plan: choice(["grid", "random"]),
    seed: whole(1, 1, 99),
    trials: whole(20, 1, 100),
    game: whole(1, 1, 20),
    turns: text(),
    ribbon: choice(["hidden", "shown"], "shown"),
  },
  formulas: ({ trials: draws }) => [
    `P(\\text{best } 5\\,\\%) = 1 - 0.95^{n} = 1 - 0.95^{${draws}} = ${tex(100 * hitChance(draws), 1)}\\,\\%`,
    `\\text{EI}(x) = \\mathbb{E}\\,[\\max(0,\\; f_{\\min} - f(x))] \\qquad f(x) \\sim \\mathcal N(\\mu(x), \\sigma(x)^2)`,
  ],
  program: ({ plan, seed, game, turns }) => code(plan, 9, seed, [...START, ...readTurns(turns)], game),
});
