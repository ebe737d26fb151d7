/** What holds for every sampler. */
import { describe, expect, test } from "vitest";
import { type Configuration, type Parameter, Space } from "../../space/index.ts";
import type { Sampler } from "../sampler.ts";
import type { Trial } from "../trial.ts";
import { samplers } from "./index.ts";

const parameters: Record<string, Parameter> = {
  optimizer: { kind: "choice", choices: ["sgd", "adam"] },
  momentum: { kind: "float", low: 0, high: 0.99, when: { parameter: "optimizer", is: ["sgd"] } },
  rate: { kind: "float", low: 1e-4, high: 1, log: true },
  units: { kind: "int", low: 8, high: 256, log: true },
};
const finite = new Space({
  a: { kind: "choice", choices: ["x", "y", "z"] },
  b: { kind: "int", low: 1, high: 4, when: { parameter: "a", is: ["y"] } },
});

const done = (number: number, configuration: Configuration, outcome: Trial["outcome"] = "complete"): Trial => ({
  ...{ number, configuration, outcome },
  value: number,
});

/** Asks and tells so many times. */
function study(sampler: Sampler, space: Space, count: number, seed = 1): Configuration[] {
  const trials: Trial[] = [];
  for (let number = 0; number < count; number++) {
    const asked = sampler.ask({ space, seed, number, trials }, sampler.defaults);
    if (asked === undefined) break;
    trials.push(done(number, asked));
  }
  return trials.map(({ configuration }) => configuration);
}

describe.each(Object.entries(samplers))("%s", (_, sampler) => {
  const space = new Space(parameters);

  test("asks for configurations of the space, none of them twice", () => {
    const asked = study(sampler, space, 40);
    expect(asked).toHaveLength(40);
    for (const one of asked) expect(space.checked(one)).toEqual(one);
    expect(new Set(asked.map((one) => space.keyOf(one))).size).toBe(40);
    // Both sides of the condition are met.
    expect(new Set(asked.map((one) => "momentum" in one))).toEqual(new Set([true, false]));
  });

  test("is a function of the seed, the number and the trials", () => {
    expect(study(sampler, space, 12)).toEqual(study(sampler, space, 12));
    expect(study(sampler, space, 12, 2)).not.toEqual(study(sampler, space, 12));
  });

  test("goes through a finite space once, then says that nothing is left", () => {
    const asked = study(sampler, finite, 99);
    expect(asked).toHaveLength(6);
    expect(new Set(asked.map((one) => finite.keyOf(one))).size).toBe(6);
  });

  test("asks for what is being tried no second time, and for what was lost with its worker again", () => {
    const all = study(sampler, finite, 99);
    const but = (outcome: Trial["outcome"]) => {
      const trials = all.map((one, number) => done(number, one, number === 2 ? outcome : "complete"));
      return sampler.ask({ space: finite, seed: 1, number: 6, trials }, sampler.defaults);
    };
    expect(but("running")).toBeUndefined();
    expect(but("failed")).toBeUndefined();
    expect(but("stale")).toEqual(all[2]);
  });

  test("finds what is allowed, little as it may be", () => {
    const allows = ({ rate }: Configuration) => (rate as number) > 0.6;
    const trials: Trial[] = [];
    for (let number = 0; number < 10; number++) {
      const asked = sampler.ask({ space, seed: 1, number, trials, allows }, sampler.defaults);
      expect(asked !== undefined && allows(asked)).toBe(true);
      trials.push(done(number, asked!));
    }
  });

  test("a space that has grown keeps what was tried", () => {
    const before = study(sampler, finite, 99);
    const grown = new Space({ ...finite.parameters, a: { kind: "choice", choices: ["x", "y", "z", "w"] } });
    const trials = before.map((one, number) => done(number, one));
    expect(sampler.ask({ space: grown, seed: 1, number: 6, trials }, sampler.defaults)).toEqual({ a: "w" });
  });
});

test("random draws cover a logarithmic scale evenly", () => {
  const asked = study(samplers.random, new Space({ rate: parameters.rate }), 400);
  const decade = (low: number) =>
    asked.filter(({ rate }) => (rate as number) >= low && (rate as number) < 10 * low).length;
  // 100 each; the deviation of a count is 8.7.
  for (const low of [1e-4, 1e-3, 1e-2, 1e-1]) expect(Math.abs(decade(low) - 100)).toBeLessThan(35);
});

test("a grid of four values each has their products, ends included", () => {
  const asked = study(samplers.grid, new Space({ rate: parameters.rate, units: parameters.units }), 99);
  expect(asked).toHaveLength(16);
  const values = (name: string) => [...new Set(asked.map((one) => one[name] as number))].sort((a, b) => a - b);
  expect(values("units")).toEqual([8, 25, 81, 256]);
  expect(values("rate").map((v) => Number(v.toPrecision(3)))).toEqual([1e-4, 0.00215, 0.0464, 1]);
});
