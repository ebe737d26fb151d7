import { beforeAll, describe, expect, test } from "vitest";
import { UsageError } from "../core/index.ts";
import { shapesClasses, shapesDefaults, shapesSource } from "./shapes.ts";

const small = { train: 40, validation: 10, test: 20 };

describe("builtin:shapes", () => {
  let source: ReturnType<typeof shapesSource>;
  beforeAll(() => {
    source = shapesSource(small);
  });

  test("has ten balanced classes in declared splits", () => {
    expect(shapesClasses).toHaveLength(10);
    expect(source.classes).toBe(shapesClasses);
    for (const split of ["train", "validation", "test"] as const) {
      const counts = new Array(10).fill(0);
      source.declared.forEach((name, i) => {
        if (name === split) counts[source.labels[i]!]++;
      });
      expect(counts).toEqual(new Array(10).fill(small[split] / 10));
    }
    expect(source.paths[45]).toBe("validation#5");
  });

  test("is the same for the same seed and another for another", () => {
    expect(shapesSource(small).uniform!.pixels).toEqual(source.uniform!.pixels);
    expect(shapesSource({ ...small, seed: 1 }).uniform!.pixels).not.toEqual(source.uniform!.pixels);
  });

  test("a picture does not depend on how many there are", async () => {
    const fewer = shapesSource({ ...small, train: 20 });
    expect((await fewer.read(25)).pixels).toEqual((await source.read(45)).pixels);
  });

  test("figure and ground differ: the picture is no noise and no plain", async () => {
    const quiet = shapesSource({ ...small, noise: 0, gradient: 0, lines: 0 });
    const { pixels } = await quiet.read(1);
    const colours = new Map<string, number>();
    for (let at = 0; at < pixels.length; at += 3) {
      const colour = pixels.subarray(at, at + 3).join();
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    const [ground, square] = [...colours.values()].sort((a, b) => b - a);
    expect(ground! + square!).toBeGreaterThan(900);
    expect(square).toBeGreaterThan(100);
  });

  test("the whole set takes no time worth mentioning", () => {
    const start = performance.now();
    const all = shapesSource();
    // 0.5 s on one core; the bound leaves room for a busy machine.
    expect(performance.now() - start).toBeLessThan(4000);
    expect(all.paths).toHaveLength(shapesDefaults.train + shapesDefaults.validation + shapesDefaults.test);
  });

  test("refuses a count that is none", () => {
    expect(() => shapesSource({ train: 2.5 })).toThrow(UsageError);
    expect(() => shapesSource({ train: 2.5 })).toThrow("builtin:shapes: train is 2.5");
  });
});
