import { describe, expect, test } from "vitest";
import { UsageError } from "../core/index.ts";
import { gatherRows } from "./batch.ts";
import { checkTargets, checkWeights, exampleWeights } from "./importance.ts";
import { load } from "./load.ts";
import type { Source } from "./types.ts";

const thrown = (run: () => void): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("weights", () => {
  test.each([
    [[1, 2], "there are 2 weights for 3 classes (a, b, c)"],
    [[1, -0.5, 1], "weight 2 is -0.5"],
    [[1, 1, Number.NaN], "weight 3 is NaN"],
    [[Number.POSITIVE_INFINITY, 1, 1], "weight 1 is Infinity"],
    [[0, 0, 0], "all of them are 0"],
  ])("%j are refused: %s", (weights, what) => {
    const error = thrown(() => checkWeights("class weights", weights, 3, "classes (a, b, c)"));
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ where: "class weights", what });
  });

  test("from 0 upwards are fine, of any scale", () => {
    expect(thrown(() => checkWeights("class weights", [0, 1e-3, 500], 3, "classes"))).toBeUndefined();
  });

  test("of a picture and of its class multiply", () => {
    const labels = Int32Array.of(0, 1, 1, 0);
    expect(exampleWeights(labels, undefined, undefined)).toBeUndefined();
    expect([...exampleWeights(labels, Float32Array.of(1, 2, 0, 0.5), undefined)!]).toEqual([1, 2, 0, 0.5]);
    expect([...exampleWeights(labels, undefined, [3, 0.5])!]).toEqual([3, 0.5, 0.5, 3]);
    expect([...exampleWeights(labels, Float32Array.of(1, 2, 0, 0.5), [3, 0.5])!]).toEqual([3, 1, 0, 1.5]);
  });
});

describe("targets", () => {
  test.each([
    [[0.5, 0.5, 1], "there are 3 numbers for 2 pictures of 2 classes"],
    [[0.5, 0.5, 0.7, 0.2], "row 2 adds up to 0.9"],
    [[1.5, -0.5, 1, 0], "row 1 has -0.5 for class 2"],
    [[1, 0, Number.NaN, 1], "row 2 has NaN for class 1"],
  ])("%j are refused: %s", (targets, what) => {
    const error = thrown(() => checkTargets("set, targets", Float32Array.from(targets), 2, 2));
    expect(error).toMatchObject({ where: "set, targets", what });
  });

  test("may miss 1 by what few digits lose", () => {
    expect(thrown(() => checkTargets("set", Float32Array.of(0.3333, 0.3333, 0.3333), 1, 3))).toBeUndefined();
  });
});

test("rows of numbers are gathered in the order of the indices", () => {
  const out = new Float32Array(5).fill(-1);
  gatherRows(Float32Array.of(0, 1, 10, 11, 20, 21), 2, Int32Array.of(1, 2, 0), 1, 2, out);
  expect([...out]).toEqual([20, 21, 0, 1, -1]);
});

test("a picture that cannot be read takes its weight and its target with it", async () => {
  const source: Source = {
    kind: "folder",
    name: "set",
    classes: ["a", "b"],
    paths: ["a/1", "a/2", "b/1", "b/2"],
    labels: Int32Array.of(0, 0, 1, 1),
    weights: Float32Array.of(1, 2, 3, 4),
    targets: Float32Array.of(1, 0, 0.9, 0.1, 0.2, 0.8, 0, 1),
    declared: [undefined, undefined, undefined, undefined],
    skipped: [],
    notes: [],
    read: async (index) => {
      if (index === 1) throw new UsageError("a/2", "is truncated", "mend it");
      return { pixels: new Uint8Array(12), height: 2, width: 2, channels: 3 };
    },
  };
  const { pictures } = await load(source, { size: 2, geometry: async ({ pixels }) => pixels });
  expect([...pictures.weights!]).toEqual([1, 3, 4]);
  expect([...pictures.targets!].map((share) => Number(share.toFixed(3)))).toEqual([1, 0, 0.2, 0.8, 0, 1]);
});
