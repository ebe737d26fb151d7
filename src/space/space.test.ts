import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../core/index.ts";
import type { Parameter } from "./parameter.ts";
import { countOf, gridOf, unitOf, valueAt } from "./scale.ts";
import { Space } from "./space.ts";
import { fromUnits, toUnits } from "./units.ts";

const optimizer: Parameter = { kind: "choice", choices: ["sgd", "adam"] };
const parameters: Record<string, Parameter> = {
  // Given before the one that it depends on.
  momentum: { kind: "float", low: 0, high: 0.99, when: { parameter: "optimizer", is: ["sgd"] } },
  optimizer,
  rate: { kind: "float", low: 1e-4, high: 1, log: true },
  units: { kind: "int", low: 8, high: 256, log: true },
  batch: { kind: "int", low: 16, high: 128, step: 16 },
};

const numbers = fc.oneof(
  fc
    .tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: 0.01, max: 5, noNaN: true }))
    .map(([low, width]): Parameter => ({ kind: "float", low, high: low + width })),
  fc
    .tuple(fc.double({ min: 1e-6, max: 1, noNaN: true }), fc.double({ min: 1.1, max: 1e4, noNaN: true }))
    .map(([low, factor]): Parameter => ({ kind: "float", low, high: low * factor, log: true })),
  fc
    .tuple(fc.integer({ min: -5, max: 5 }), fc.nat(40), fc.integer({ min: 1, max: 7 }))
    .map(([low, width, step]): Parameter => ({ kind: "int", low, high: low + width, step })),
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.nat(900))
    .map(([low, width]): Parameter => ({ kind: "int", low, high: low + width, log: true })),
  fc
    .integer({ min: 1, max: 6 })
    .map((n): Parameter => ({ kind: "choice", choices: Array.from({ length: n }, (_, i) => `c${i}`) })),
);
const unit = fc.double({ min: 0, max: 1, noNaN: true });

describe("a scale", () => {
  test("a place has a value that belongs to the parameter, and the place of that value has it again", () => {
    fc.assert(
      fc.property(numbers, unit, (parameter, u) => {
        const value = valueAt(parameter, u);
        const space = new Space({ p: parameter });
        expect(space.checked({ p: value })).toEqual({ p: value });
        const again = valueAt(parameter, unitOf(parameter, value));
        if (parameter.kind === "float") expect(again).toBeCloseTo(value as number, 9);
        else expect(again).toBe(value);
      }),
    );
  });

  test("the ends are reached exactly", () => {
    const { rate } = parameters;
    expect([valueAt(rate, 0), valueAt(rate, 1), valueAt(rate, 7)]).toEqual([1e-4, 1, 1]);
    expect(valueAt(rate, 0.5)).toBeCloseTo(1e-2, 12);
  });

  test("each value of an integer or a choice has its share of the unit interval", () => {
    const counts = new Map<unknown, number>();
    for (let i = 0; i < 8000; i++) {
      const value = valueAt(parameters.batch, (i + 0.5) / 8000);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts]).toEqual([16, 32, 48, 64, 80, 96, 112, 128].map((value) => [value, 1000]));
    // On a logarithmic scale ln((v + ½) / (v − ½)) of it.
    const log: Parameter = { kind: "int", low: 1, high: 3, log: true };
    const share = (v: number) => Math.log((v + 0.5) / (v - 0.5)) / Math.log(3.5 / 0.5);
    const found = Array.from({ length: 10_000 }, (_, i) => valueAt(log, (i + 0.5) / 10_000));
    for (const v of [1, 2, 3]) expect(found.filter((value) => value === v).length / 10_000).toBeCloseTo(share(v), 3);
  });

  test("a grid has the ends, no value twice, and no more than asked", () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 2, max: 9 }), (parameter, most) => {
        const values = gridOf(parameter, most);
        expect(new Set(values).size).toBe(values.length);
        if (parameter.kind === "choice") return;
        expect(values.length).toBeLessThanOrEqual(Math.min(most, countOf(parameter)));
        const space = new Space({ p: parameter });
        for (const p of values) space.checked({ p });
        // −0 is 0.
        expect((values[0] as number) + 0).toBe(parameter.low + 0);
      }),
    );
    expect(gridOf(parameters.rate, 5).map((v) => Number((v as number).toPrecision(6)))).toEqual([
      1e-4, 1e-3, 1e-2, 0.1, 1,
    ]);
    expect(gridOf(parameters.batch, 3)).toEqual([16, 80, 128]);
  });
});

describe("a space", () => {
  const space = new Space(parameters);

  test("decides parents before children, and keeps the order otherwise", () => {
    expect(space.names).toEqual(["optimizer", "momentum", "rate", "units", "batch"]);
  });

  test("a parameter whose condition does not hold is not there", () => {
    const adam = fromUnits(space, [0.9, 0.5, 0.5, 0.5, 0.5]);
    expect(Object.keys(adam)).toEqual(["optimizer", "rate", "units", "batch"]);
    const sgd = fromUnits(space, [0.1, 0.5, 0.5, 0.5, 0.5]);
    expect(sgd).toMatchObject({ optimizer: "sgd", momentum: 0.495 });
    expect([...toUnits(space, adam)].map(Number.isNaN)).toEqual([false, true, false, false, false]);
    expect(fromUnits(space, toUnits(space, sgd))).toEqual(sgd);
  });

  test("counts its configurations", () => {
    expect(space.count()).toBe(Number.POSITIVE_INFINITY);
    const finite = new Space({
      a: { kind: "choice", choices: [1, 2, 3] },
      b: { kind: "int", low: 0, high: 9, when: { parameter: "a", is: [2, 3] } },
      c: { kind: "choice", choices: [true, false] },
    });
    expect(finite.count()).toBe((1 + 10 + 10) * 2);
    // A condition on what is itself not there does not hold.
    const chained = new Space({
      a: { kind: "choice", choices: ["x", "y"] },
      b: { kind: "choice", choices: ["u", "v"], when: { parameter: "a", is: ["x"] } },
      c: { kind: "int", low: 1, high: 5, when: { parameter: "b", is: ["v"] } },
    });
    expect(chained.count()).toBe(1 + (1 + 5));
  });

  test("one key for one configuration", () => {
    const a = { optimizer: "adam", rate: 0.1, units: 8, batch: 16 };
    expect(space.keyOf({ batch: 16, units: 8, rate: 0.1, optimizer: "adam" })).toBe(space.keyOf(a));
    expect(space.keyOf({ ...a, batch: 32 })).not.toBe(space.keyOf(a));
  });
});

describe("what is refused, and why", () => {
  const refusal = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      const { where, what, fix } = error as UsageError;
      return [where, what, fix];
    }
    throw new Error("nothing was refused");
  };
  const made = (given: Record<string, Parameter>) => refusal(() => new Space(given));

  test.each<[string, Parameter, string]>([
    ["a range upside down", { kind: "float", low: 2, high: 1 }, "goes from 2 down to 1"],
    ["the logarithm of zero", { kind: "float", low: 0, high: 1, log: true }, "is on a logarithmic scale from 0"],
    ["an endless range", { kind: "float", low: 0, high: Number.POSITIVE_INFINITY }, "goes from 0 to Infinity"],
    ["halves of whole numbers", { kind: "int", low: 0.5, high: 3 }, "goes from 0.5 to 3, but holds whole numbers"],
    ["a step of nothing", { kind: "int", low: 1, high: 3, step: 0 }, "has a step of 0"],
    [
      "a step on a logarithmic scale",
      { kind: "int", low: 1, high: 9, step: 2, log: true },
      "has a step on a logarithmic scale",
    ],
    ["no choices", { kind: "choice", choices: [] }, "has no choices"],
    ["a choice twice", { kind: "choice", choices: ["a", "b", "a"] }, 'has "a" twice'],
  ])("%s", (_, parameter, what) => {
    expect(made({ p: parameter }).slice(0, 2)).toEqual(["p", what]);
  });

  test("conditions on what is not there, is no choice, has no such value, or leads in a circle", () => {
    const child = (parameter: string, is: (string | number)[]): Parameter => ({
      ...{ kind: "float", low: 0, high: 1 },
      when: { parameter, is },
    });
    expect(made({ optimizer, m: child("optimiser", ["sgd"]) })).toEqual([
      ...["m", "depends on optimiser, which is not there", "did you mean optimizer?"],
    ]);
    expect(made({ n: { kind: "int", low: 1, high: 2 }, m: child("n", [1]) })[1]).toBe(
      "depends on n, which is of kind int",
    );
    expect(made({ optimizer, m: child("optimizer", ["lion"]) })[1]).toBe('depends on optimizer being "lion"');
    expect(made({ optimizer, m: child("optimizer", []) })[1]).toBe("depends on optimizer being no value");
    const choice = (parameter: string): Parameter => ({
      kind: "choice",
      choices: ["x"],
      when: { parameter, is: ["x"] },
    });
    expect(made({ a: choice("b"), b: choice("a") })[1]).toBe("depends on itself: a → b → a");
  });

  test("configurations that do not belong to it", () => {
    const space = new Space(parameters);
    const right = { optimizer: "adam", rate: 0.1, units: 8, batch: 16 };
    const wrong = (change: Record<string, unknown>) => refusal(() => space.checked({ ...right, ...change } as never));
    expect(wrong({ batch: 17 })).toEqual(["batch", "is 17", "give a whole number from 16 to 128 in steps of 16"]);
    expect(wrong({ rate: Number.NaN })[1]).toBe("is null");
    expect(wrong({ momentum: 0.5 })[1]).toBe("is given, though it counts only where optimizer is sgd");
    expect(wrong({ optimizer: "sgd" })[1]).toBe("has no value");
    expect(wrong({ rates: 1 })).toEqual(["rates", "the space has no such parameter", "did you mean rate?"]);
  });
});
