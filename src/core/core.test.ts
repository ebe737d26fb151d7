import { describe, expect, test } from "vitest";
import { philox, Random } from "./random.ts";
import { broadcastShapes, stridesOf } from "./shape.ts";
import { choose, editDistance, nearest } from "./suggest.ts";
import { UsageError } from "./usage-error.ts";

describe("random", () => {
  // Known answers published with the reference implementation (Random123, kat_vectors, philox4x32 10).
  test("philox agrees with the published answers", () => {
    expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    const ones = 0xffffffff;
    expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
    expect(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });

  test("the same key repeats, another seed, place or index does not", () => {
    const draw = (seed: number, place: string, index: number) => new Random(seed, place, index).uniform();
    expect(draw(7, "order", 3)).toBe(draw(7, "order", 3));
    const others = [draw(8, "order", 3), draw(7, "split", 3), draw(7, "order", 4), draw(7 + 2 ** 32, "order", 3)];
    expect(new Set([draw(7, "order", 3), ...others]).size).toBe(5);
  });

  test("uniform, normal and below have their moments", () => {
    const random = new Random(1, "moments");
    const n = 20000;
    const uniforms = Array.from({ length: n }, () => random.uniform());
    const normals = Array.from({ length: n }, () => random.normal());
    const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
    expect(mean(uniforms)).toBeCloseTo(0.5, 1);
    expect(mean(normals)).toBeCloseTo(0, 1);
    expect(mean(normals.map((v) => v * v))).toBeCloseTo(1, 1);
    const counts = [0, 0, 0];
    for (let i = 0; i < n; i++) counts[random.below(3)]++;
    for (const count of counts) expect(count / n).toBeCloseTo(1 / 3, 1);
  });

  test("shuffle keeps the elements", () => {
    const items = new Random(3, "shuffle").shuffle(Int32Array.from({ length: 50 }, (_, i) => i));
    expect([...items].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect([...items]).not.toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
});

describe("shapes", () => {
  test("broadcast follows NumPy's rule", () => {
    expect(broadcastShapes([2, 1, 4], [3, 1])).toEqual([2, 3, 4]);
    expect(broadcastShapes([], [3])).toEqual([3]);
    expect(broadcastShapes([2], [3])).toBeUndefined();
    expect(broadcastShapes([0], [1])).toEqual([0]);
  });
  test("strides are row-major", () => expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]));
});

describe("suggestions", () => {
  test("edit distance", () => expect(editDistance("kitten", "sitting")).toBe(3));
  test("the nearest name, or none", () => {
    expect(nearest("momentun", ["sgd", "momentum", "adam"])).toBe("momentum");
    expect(nearest("zzzzzzzz", ["sgd", "momentum", "adam"])).toBeUndefined();
  });
  test("choose names the place, the word and the choices", () => {
    const attempt = () => choose("--loss", { hinge: 1, mse: 2 }, "hing");
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow('--loss: there is no "hing"; did you mean "hinge"? Otherwise choose one of hinge, mse');
    expect(() => choose("--loss", { hinge: 1 }, "toString")).toThrow(UsageError);
  });
});
