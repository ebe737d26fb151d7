import { describe, expect, test } from "vitest";
import { randomBytes, UsageError } from "../core/index.ts";
import { graph, input, scoped, type Tensor } from "../ir/index.ts";
import { evaluate } from "../reference/index.ts";
import { dropout, dropoutScalars, Parameters } from "./index.ts";

const COUNT = 40_000;

/** Ones through a dropout of this rate, in one step. */
function drop(rate: number, step = 1, scope = "hidden1"): number[] {
  const parameters = new Parameters("training");
  const y = scoped(scope, () => dropout(parameters, input("x", [COUNT]) as Tensor, rate));
  const [noise] = parameters.noise;
  const bits = new Uint8Array(COUNT);
  randomBytes(bits, { seed: 7, place: noise!.name, step });
  const scalars = Object.entries(dropoutScalars(noise!)).map(([name, value]) => {
    return [name, { shape: [], data: Float64Array.of(value) }] as const;
  });
  const feeds = { x: { shape: [COUNT], data: new Float64Array(COUNT).fill(1) }, ...Object.fromEntries(scalars) };
  const bytes = { [noise!.name]: { shape: [COUNT], data: Float64Array.from(bits) } };
  return Array.from(evaluate(graph({ y }), { ...feeds, ...bytes }).y!.data);
}

describe("dropout", () => {
  test.each([0.1, 0.25, 0.5, 0.9])("of rate %d drops that share and keeps the mean", (rate) => {
    const y = drop(rate);
    const dropped = y.filter((value) => value === 0).length / COUNT;
    // 40,000 draws: the standard error of the share is at most 0.0025; the rate itself is rounded to a 256th.
    expect(Math.abs(dropped - rate)).toBeLessThan(0.0125);
    const mean = y.reduce((total, value) => total + value, 0) / COUNT;
    const survivor = Math.max(...y);
    expect(Math.abs(mean - 1)).toBeLessThan(5 * Math.sqrt((survivor - 1) / COUNT));
    expect(new Set(y)).toEqual(new Set([0, 256 / (256 - Math.round(256 * rate))]));
  });

  test("drops the same in the same step of the same layer, and something else otherwise", () => {
    const first = drop(0.5).join();
    expect(drop(0.5).join()).toBe(first);
    expect(drop(0.5, 2).join()).not.toBe(first);
    expect(drop(0.5, 1, "hidden2").join()).not.toBe(first);
  });

  test.each([
    [0.001, 1],
    [0.5, 128],
    [0.999, 255],
  ])("a rate of %d is %d of 256: never none, never all", (rate, of) => {
    const scalars = dropoutScalars({ name: "d", shape: [1], rate });
    expect(scalars).toEqual({ "d.threshold": of, "d.scale": 256 / (256 - of) });
  });

  test("is not there while scoring, nor with a rate of 0", () => {
    const x = input("x", [2]) as Tensor;
    expect(dropout(new Parameters("scoring"), x, 0.5)).toBe(x);
    expect(dropout(new Parameters("training"), x, 0)).toBe(x);
  });

  test("twice in one scope is refused: both would drop the same", () => {
    const parameters = new Parameters("training");
    const twice = () =>
      scoped("h", () => dropout(parameters, dropout(parameters, input("x", [2]) as Tensor, 0.5), 0.5));
    expect(twice).toThrow(UsageError);
    expect(twice).toThrow("noise h.dropout: is declared twice; give each layer a scope of its own");
  });
});
