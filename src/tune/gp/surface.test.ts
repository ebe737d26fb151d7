import { expect, test } from "vitest";
import { Random } from "../../core/index.ts";
import { fromUnits, type Parameter, Space, toUnits } from "../../space/index.ts";
import type { Trial } from "../trial.ts";
import { surfaceOfPair } from "./surface.ts";

const parameters: Record<string, Parameter> = {
  rate: { kind: "float", low: 1e-4, high: 1, log: true },
  dropout: { kind: "float", low: 0, high: 0.6 },
  optimizer: { kind: "choice", choices: ["sgd", "adam"] },
  momentum: { kind: "float", low: 0, high: 1, when: { parameter: "optimizer", is: ["sgd"] } },
};
const space = new Space(parameters);
const axis = (name: string) => space.names.indexOf(name);

/** A bowl with its bottom at a rate of 0.7 and a dropout of 0.3 of their ranges; sgd is worse by 0.2. */
const truth = (units: Float64Array) =>
  (units[axis("rate")] - 0.7) ** 2 +
  0.5 * (units[axis("dropout")] - 0.3) ** 2 +
  (units[axis("optimizer")] < 0.5 ? 0.2 : 0);

function trialsOf(count: number, most = 1): Trial[] {
  const random = new Random(3, "surface");
  return Array.from({ length: count }, (_, number): Trial => {
    const configuration = fromUnits(
      space,
      space.names.map((name) => (name === "rate" ? most * random.uniform() : random.uniform())),
    );
    return { number, configuration, outcome: "complete", value: truth(toUnits(space, configuration)) };
  });
}

const adam = toUnits(space, { rate: 0.1, dropout: 0.1, optimizer: "adam" });

test("finds the bottom of a bowl, and what it says there is what the function is", () => {
  const { columns, rows, mean } = surfaceOfPair({
    ...{ space, trials: trialsOf(60), at: adam, size: 20 },
    pair: ["rate", "dropout"],
  })!;
  expect([columns, rows]).toEqual([20, 20]);
  const least = mean.indexOf(Math.min(...mean));
  expect(Math.abs((least % columns) + 0.5 - 0.7 * columns)).toBeLessThan(2.5);
  expect(Math.abs(Math.floor(least / columns) + 0.5 - 0.3 * rows)).toBeLessThan(3.5);
  expect(Math.abs(mean[least])).toBeLessThan(0.02);
});

test("is less sure where no trial was, and goes through what the others have", () => {
  const trials = trialsOf(40, 0.5);
  const of = (at: Float64Array) => surfaceOfPair({ space, trials, pair: ["rate", "dropout"], at, size: 10 })!;
  const { deviation, mean } = of(adam);
  expect(deviation[5 * 10 + 9]).toBeGreaterThan(3 * deviation[5 * 10 + 2]);
  const sgd = toUnits(space, { rate: 0.1, dropout: 0.1, optimizer: "sgd", momentum: 0.5 });
  expect(of(sgd).mean[3 * 10 + 4] - mean[3 * 10 + 4]).toBeCloseTo(0.2, 1);
});

test("has a column for each choice, and nothing where a parameter does not count", () => {
  const { columns, rows, mean } = surfaceOfPair({
    ...{ space, trials: trialsOf(30), at: adam, size: 12 },
    pair: ["optimizer", "momentum"],
  })!;
  expect([columns, rows]).toEqual([2, 12]);
  const counted = Array.from(mean, (value) => !Number.isNaN(value));
  expect(counted).toEqual(Array.from({ length: 24 }, (_, place) => place % 2 === 0));
});

test("of very many trials the better half and some of the others make it; of too few nothing does", () => {
  const request = { space, at: adam, size: 4, pair: ["rate", "dropout"] } as const;
  expect(surfaceOfPair({ ...request, trials: trialsOf(450) })!.trials).toBe(400);
  expect(surfaceOfPair({ ...request, trials: trialsOf(7) })).toBeUndefined();
  const failed = trialsOf(9).map((trial): Trial => ({ ...trial, outcome: "failed", value: Number.NaN }));
  expect(surfaceOfPair({ ...request, trials: failed })).toBeUndefined();
});
