import { describe, expect, test } from "vitest";
import { Random } from "../../core/index.ts";
import { type Configuration, choice, float, int, logInt, type Parameter, Space, unitOf } from "../../space/index.ts";
import { tpeSampler } from "../samplers/tpe.ts";
import type { Trial } from "../trial.ts";
import { axisOf, partOf } from "./axis.ts";
import { Parzen } from "./parzen.ts";
import { ranked } from "./rank.ts";

const trial = (number: number, rest: Partial<Trial> = {}): Trial => ({
  ...{ number, configuration: { x: number }, outcome: "complete" },
  ...rest,
});

describe("trials from the best to the worst", () => {
  const order = (trials: readonly Trial[], limits?: Record<string, number>) =>
    ranked({ trials, ...(limits ? { limits } : {}) }).map(({ number }) => number);

  test("by value; failed, lost and running ones behind", () => {
    const trials = [
      trial(0, { outcome: "failed", value: 0 }),
      trial(1, { value: 3 }),
      trial(2, { outcome: "running" }),
      trial(3, { value: 1 }),
      trial(4, { value: Number.NaN }),
      trial(5, { outcome: "pruned", value: 2 }),
      trial(6, { outcome: "stale" }),
      trial(7, { outcome: "running", value: 2.5 }),
      trial(8, { value: 1 }),
    ];
    expect(order(trials)).toEqual([3, 8, 5, 7, 1, 0, 2, 4]);
  });

  test("those above a limit come behind all that keep it, in the order of the excess", () => {
    const measured = (latencyMs: number) => ({ measured: { latencyMs } });
    const trials = [
      trial(0, { value: 1, ...measured(20) }),
      trial(1, { value: 9, ...measured(10) }),
      trial(2, { value: 2, ...measured(15) }),
      trial(3, { value: 5, ...measured(1) }),
      trial(4, { value: 0 }),
    ];
    expect(order(trials, { latencyMs: 10 })).toEqual([3, 1, 2, 0, 4]);
  });
});

const parameters: [string, Parameter][] = [
  ["a float", float(-3, 5)],
  ["a few integers", int(2, 9)],
  ["integers on a logarithmic scale", logInt(1, 40)],
  ["many integers", int(0, 1000)],
  ["choices", choice("a", "b", "c")],
];

describe.each(parameters)("a Parzen estimator over %s", (_, parameter) => {
  const axis = axisOf(parameter);
  const places = Float64Array.of(0.05, 0.1, 0.1, 0.3, 0.99).map((unit) =>
    axis.kind === "choice" ? (partOf(axis, unit) + 0.5) / axis.count : unit,
  );
  const parzen = new Parzen([axis], [places], [1, 2, 0.5, 1, 0.5]);

  test("is a density: it sums to 1", () => {
    const parts = axis.kind === "continuous" ? 2000 : axis.kind === "choice" ? axis.count : axis.edges.length - 1;
    const places = Array.from({ length: parts }, (_, i) =>
      axis.kind === "ordered" ? (axis.edges[i]! + axis.edges[i + 1]!) / 2 : (i + 0.5) / parts,
    );
    const sum = places.reduce((total, unit) => total + Math.exp(parzen.logDensity([unit])), 0);
    expect(axis.kind === "continuous" ? sum / parts : sum).toBeCloseTo(1, 4);
  });

  test("draws what it says", () => {
    const random = new Random(3, "draws");
    const draws = 1500;
    const drawn = Array.from({ length: draws }, () => parzen.draw(random)[0]!);
    for (const unit of drawn) expect(unit >= 0 && unit <= 1).toBe(true);
    // The share of draws in the lower part of the axis, against the density's own.
    const cells = 500;
    const inside = (unit: number) => unit < 0.34;
    const own = Array.from({ length: cells }, (_, i) => (i + 0.5) / cells).filter(inside);
    const share = (unit: number) => {
      if (axis.kind === "continuous") return Math.exp(parzen.logDensity([unit])) / cells;
      const part = partOf(axis, unit);
      const width = axis.kind === "choice" ? 1 / axis.count : axis.edges[part + 1]! - axis.edges[part]!;
      return Math.exp(parzen.logDensity([unit])) / width / cells;
    };
    const expected = own.reduce((sum, unit) => sum + share(unit), 0);
    // Four standard deviations of the share; draws stand for the part that they lie in, which the border may cut.
    const cut = axis.kind === "ordered" ? 0.06 : 0;
    expect(Math.abs(drawn.filter(inside).length / draws - expected)).toBeLessThan(0.05 + cut);
  });
});

test("parts of an axis are those of the values", () => {
  for (const [, parameter] of parameters) {
    const axis = axisOf(parameter);
    if (axis.kind === "continuous" || parameter.kind === "float") continue;
    const values =
      parameter.kind === "choice"
        ? parameter.choices
        : Array.from({ length: parameter.high - parameter.low + 1 }, (_, i) => parameter.low + i);
    expect(values.map((value) => partOf(axis, unitOf(parameter, value)))).toEqual(values.map((_, i) => i));
  }
});

/** The best value of a search, and how often each value of one parameter was asked for. */
function search(space: Space, judge: (one: Configuration) => Partial<Trial>, count: number, seed: number) {
  const trials: Trial[] = [];
  for (let number = 0; number < count; number++) {
    const configuration = tpeSampler.ask({ space, seed, number, trials, limits: { cost: 1 } }, tpeSampler.defaults)!;
    trials.push(trial(number, { configuration, measured: { cost: 0 }, ...judge(configuration) }));
  }
  return trials;
}
const best = (trials: readonly Trial[]) => Math.min(...trials.map(({ value = Number.POSITIVE_INFINITY }) => value));
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const seeds = [1, 2, 3];

describe("the search", () => {
  const num = (one: Configuration, name: string) => one[name] as number;

  test("finds a minimum that random draws would come near only by chance", () => {
    const space = new Space({ x: float(0, 1), y: float(0, 1), c: choice("a", "b", "c", "d") });
    const judge = (one: Configuration) => ({
      value: (num(one, "x") - 0.3) ** 2 + (num(one, "y") - 0.8) ** 2 + (one.c === "c" ? 0 : 0.5),
    });
    // Sixty even points have one within 0.1 of it in a quarter of the space: 0.005 on average.
    expect(median(seeds.map((seed) => best(search(space, judge, 60, seed))))).toBeLessThan(0.001);
  });

  test("learns under a condition from those that meet it", () => {
    const when = (is: string) => ({ when: { parameter: "model", is: [is] } });
    const space = new Space({
      model: choice("mlp", "cnn"),
      width: { ...float(0, 1), ...when("mlp") },
      depth: { ...float(0, 1), ...when("cnn") },
      filters: { ...int(1, 20), ...when("cnn") },
    });
    const judge = (one: Configuration) => ({
      value:
        one.model === "mlp"
          ? 1 + (num(one, "width") - 0.5) ** 2
          : (num(one, "depth") - 0.9) ** 2 + 0.01 * Math.abs(num(one, "filters") - 7),
    });
    const found = seeds.map((seed) => search(space, judge, 60, seed));
    expect(median(found.map(best))).toBeLessThan(0.01);
    const late = found.map((trials) => trials.slice(30).filter(({ configuration }) => configuration.model === "cnn"));
    expect(median(late.map(({ length }) => length))).toBeGreaterThan(20);
  });

  test("stays away from what is above a limit and from what fails", () => {
    const space = new Space({ x: float(0, 1) });
    const limited = seeds.map((seed) =>
      search(space, (one) => ({ value: num(one, "x"), measured: { cost: num(one, "x") < 0.5 ? 2 : 1 } }), 40, seed),
    );
    const failing = seeds.map((seed) =>
      search(space, (one) => (num(one, "x") < 0.5 ? { outcome: "failed" } : { value: num(one, "x") }), 40, seed),
    );
    for (const found of [limited, failing]) {
      const inside = found.map((trials) =>
        trials.slice(10).filter(({ configuration }) => num(configuration, "x") >= 0.5),
      );
      // The least value lies on the border, so that draws near it fall on either side; without the limit nearly all would be below.
      expect(median(inside.map(({ length }) => length))).toBeGreaterThan(12);
      const near = inside.map((trials) => Math.min(...trials.map(({ configuration }) => num(configuration, "x"))));
      expect(median(near)).toBeLessThan(0.52);
    }
  });

  test("does not gather where others run already", () => {
    const space = new Space({ x: float(0, 1), y: float(0, 1) });
    const done = search(space, (one) => ({ value: (num(one, "x") - 0.3) ** 2 + (num(one, "y") - 0.3) ** 2 }), 30, 1);
    const together = [...done];
    for (let number = 30; number < 38; number++) {
      const asked = tpeSampler.ask({ space, seed: 1, number, trials: together }, tpeSampler.defaults)!;
      together.push({ number, configuration: asked, outcome: "running" });
    }
    const alone = together
      .slice(30)
      .map((_, i) => tpeSampler.ask({ space, seed: 1, number: 30 + i, trials: done }, tpeSampler.defaults)!);
    const spread = (some: readonly Configuration[]) => {
      const distances = some.flatMap((a, i) =>
        some.slice(i + 1).map((b) => Math.hypot(num(a, "x") - num(b, "x"), num(a, "y") - num(b, "y"))),
      );
      return distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
    };
    expect(spread(together.slice(30).map(({ configuration }) => configuration))).toBeGreaterThan(spread(alone));
  });

  test("goes on when the space has lost the values that were best", () => {
    const wide = new Space({ x: int(0, 9), c: choice("a", "b", "c") });
    const trials = search(wide, (one) => ({ value: num(one, "x") }), 12, 1);
    const narrow = new Space({ x: int(5, 9), c: choice("b", "c", "d") });
    const asked = tpeSampler.ask({ space: narrow, seed: 1, number: 12, trials }, tpeSampler.defaults)!;
    expect(narrow.checked(asked)).toEqual(asked);
  });
});
