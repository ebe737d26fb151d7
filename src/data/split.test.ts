import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../core/index.ts";
import { makeSplit } from "./split.ts";
import { splitFromJson, splitToJson } from "./split-file.ts";
import type { SplitName } from "./types.ts";

const names = (count: number) => Array.from({ length: count }, (_, i) => `class ${i}`);
const repeat = <T>(value: T, count: number): T[] => new Array<T>(count).fill(value);
const undeclared = (count: number): undefined[] => repeat(undefined, count);
const countIn = (indices: Int32Array, labels: Int32Array, label: number) =>
  indices.filter((i) => labels[i] === label).length;

/** Labels of up to six classes in any order, some of them rare or absent. */
const labelling = fc
  .array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 6 })
  .filter((sizes) => sizes.some((size) => size > 0))
  .chain((sizes) => {
    const labels = sizes.flatMap((size, label) => repeat(label, size));
    return fc.record({
      classes: fc.constant(names(sizes.length)),
      labels: fc.shuffledSubarray(labels, { minLength: labels.length }).map((all) => Int32Array.from(all)),
      seed: fc.nat(),
      validationShare: fc.double({ min: 0, max: 0.45, noNaN: true }),
      testShare: fc.double({ min: 0, max: 0.45, noNaN: true }),
    });
  });

describe("a split of undeclared pictures", () => {
  test("covers the data exactly and without overlap", () => {
    fc.assert(
      fc.property(labelling, (request) => {
        const { split } = makeSplit({ ...request, declared: undeclared(request.labels.length) });
        const all = [...split.train, ...split.validation, ...split.test].sort((a, b) => a - b);
        expect(all).toEqual([...request.labels.keys()]);
      }),
    );
  });

  test("gives each class its share within one picture, at least one of three or more, and always one to train", () => {
    fc.assert(
      fc.property(labelling, (request) => {
        const { labels, validationShare, testShare } = request;
        const { split } = makeSplit({ ...request, declared: undeclared(labels.length) });
        for (const label of request.classes.keys()) {
          const size = labels.filter((other) => other === label).length;
          const validation = countIn(split.validation, labels, label);
          const held = countIn(split.test, labels, label);
          if (size > 0) expect(countIn(split.train, labels, label)).toBeGreaterThan(0);
          if (size < 3) {
            expect([validation, held]).toEqual([0, 0]);
            continue;
          }
          expect(Math.abs(validation - size * validationShare)).toBeLessThanOrEqual(1);
          expect(Math.abs(held - size * testShare)).toBeLessThanOrEqual(1);
          if (validationShare > 0) expect(validation).toBeGreaterThan(0);
          if (testShare > 0) expect(held).toBeGreaterThan(0);
        }
      }),
    );
  });

  test("is the same for the same seed and another for another", () => {
    fc.assert(
      fc.property(labelling, (request) => {
        const declared = undeclared(request.labels.length);
        expect(makeSplit({ ...request, declared })).toEqual(makeSplit({ ...request, declared }));
      }),
    );
    const request = { labels: Int32Array.from(repeat(0, 100)), declared: undeclared(100), classes: ["a"] };
    const split = (seed: number) => makeSplit({ ...request, seed }).split.test;
    expect(split(1)).not.toEqual(split(2));
  });

  test("many small classes still hold out a tenth in all: largest remainders", () => {
    const labels = Int32Array.from({ length: 1400 }, (_, i) => i % 100);
    const { split } = makeSplit({ labels, declared: undeclared(1400), classes: names(100), seed: 3 });
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([1120, 140, 140]);
  });

  test("large shares still leave one of each class to train", () => {
    const request = { labels: Int32Array.of(0, 0, 0, 1, 1, 1), declared: undeclared(6), classes: ["a", "b"], seed: 1 };
    const { split } = makeSplit({ ...request, validationShare: 0.45, testShare: 0.45 });
    for (const name of ["train", "validation", "test"] as const) {
      for (const label of [0, 1]) expect(countIn(split[name], request.labels, label)).toBeGreaterThan(0);
    }
  });

  test("notes the classes that are too small to hold anything out", () => {
    const labels = Int32Array.from([0, 0, 1, 1, 1, 1]);
    const { notes } = makeSplit({ labels, declared: undeclared(6), classes: ["rare", "common"], seed: 1 });
    expect(notes).toEqual(["Too few pictures to hold any out (fewer than 3), so all of them train: rare"]);
  });
});

describe("what the data declares", () => {
  const make = (declared: (SplitName | undefined)[]) =>
    makeSplit({ labels: Int32Array.from(declared, (_, i) => i % 2), declared, classes: ["a", "b"], seed: 5 });
  const indicesOf = (declared: (SplitName | undefined)[], name: SplitName | undefined) =>
    [...declared.keys()].filter((i) => declared[i] === name);

  test("is kept when all is declared", () => {
    const declared: SplitName[] = [
      ...repeat("train", 8),
      ...repeat("validation", 4),
      ...repeat("test", 4),
    ] as SplitName[];
    const { split, notes } = make(declared);
    for (const name of ["train", "validation", "test"] as const) {
      expect([...split[name]]).toEqual(indicesOf(declared, name));
    }
    expect(notes).toEqual([]);
  });

  test("train and test: a tenth of train validates, test is untouched", () => {
    const declared: SplitName[] = [...repeat("train", 100), ...repeat("test", 20)] as SplitName[];
    const { split, notes } = make(declared);
    expect([...split.test]).toEqual(indicesOf(declared, "test"));
    expect([split.train.length, split.validation.length]).toEqual([90, 10]);
    expect(notes).toEqual(["No validation pictures of its own: 10 % of its training pictures serve"]);
  });

  test("train and validation: a tenth of train tests, with a note", () => {
    const declared: SplitName[] = [...repeat("train", 100), ...repeat("validation", 20)] as SplitName[];
    const { split, notes } = make(declared);
    expect([...split.validation]).toEqual(indicesOf(declared, "validation"));
    expect([split.train.length, split.test.length]).toEqual([90, 10]);
    expect(notes).toEqual(["No test pictures of its own: 10 % of its training pictures serve"]);
  });

  test("is kept among undeclared pictures, which are cut for what is missing only", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("train", "validation", "test", undefined), { minLength: 1 }), (declared) => {
        fc.pre(declared.includes(undefined));
        const { split } = make(declared);
        const place = new Map(
          (["train", "validation", "test"] as const).flatMap((n) => [...split[n]].map((i) => [i, n])),
        );
        for (const [i, name] of declared.entries()) if (name) expect(place.get(i)).toBe(name);
        if (declared.includes("test")) expect([...split.test]).toEqual(indicesOf(declared, "test"));
        if (declared.includes("validation")) expect([...split.validation]).toEqual(indicesOf(declared, "validation"));
      }),
    );
  });

  test("nothing to train on is an error of the material", () => {
    const attempt = () => make(["test", "test", "validation"]);
    expect(attempt).toThrow(
      "split: there is no picture to train on: 1 for validation, 2 for test; add training pictures",
    );
    expect(attempt).toThrow(expect.objectContaining({ exitCode: 1 }));
  });
});

test.each([
  [{ validationShare: 1 }, "validationShare is 1"],
  [{ testShare: -0.1 }, "testShare is -0.1"],
  [{ validationShare: 0.5, testShare: 0.5 }, "leave nothing to train on"],
])("shares %j are refused", (shares, text) => {
  const attempt = () =>
    makeSplit({ labels: Int32Array.of(0), declared: [undefined], classes: ["a"], seed: 1, ...shares });
  expect(attempt).toThrow(UsageError);
  expect(attempt).toThrow(text);
});

describe("split.json", () => {
  const paths = ["a/1", "a/2", "b/1", "b/2", "b/3"];
  const labels = Int32Array.of(0, 0, 1, 1, 1);
  const split = { train: Int32Array.of(0, 2, 4), validation: Int32Array.of(3), test: Int32Array.of(1) };
  const text = splitToJson(split, { paths, labels }, ["a", "b"], 7);

  test("says the seed, the counts and each path", () => {
    expect(JSON.parse(text)).toEqual({
      seed: 7,
      counts: { train: { all: 3, a: 1, b: 2 }, validation: { all: 1, a: 0, b: 1 }, test: { all: 1, a: 1, b: 0 } },
      train: ["a/1", "b/1", "b/3"],
      validation: ["b/2"],
      test: ["a/2"],
    });
  });

  test("finds the same pictures when files were added and every index has moved", () => {
    expect(splitFromJson(text, paths)).toEqual(split);
    const moved = splitFromJson(text, ["a/0", ...paths]);
    expect([...moved.train]).toEqual([1, 3, 5]);
  });

  test.each([
    ["a picture is gone", text, ["a/1"], "it names 5 pictures, of which the data lacks 4 (b/1, b/3, b/2, …)"],
    ["a picture is named twice", text.replace('"b/2"', '"a/1"'), paths, "a/1 is in train and again in validation"],
    ["not JSON", "{", paths, "it is not JSON"],
    ["no list", '{"train": [], "validation": []}', paths, '"test" is not a list of paths'],
    ["null", "null", paths, '"train" is not a list of paths'],
  ])("%s: refused", (_, content, present, what) => {
    const attempt = () => splitFromJson(content, present);
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow(what);
  });
});
