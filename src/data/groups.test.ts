import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../core/index.ts";
import { groupsOf } from "./groups.ts";
import { makeSplit } from "./split.ts";
import type { SplitName } from "./types.ts";

const source = (paths: readonly string[], more: { labels?: number[]; groups?: string[] } = {}) => ({
  name: "photos",
  paths,
  classes: ["cat", "dog"],
  labels: Int32Array.from(more.labels ?? paths.map((path) => (path.includes("dog") ? 1 : 0))),
  ...(more.groups ? { groups: more.groups } : {}),
});

describe("groups", () => {
  test("by folder are what lies below the class folder, the same in every class and split", () => {
    const paths = ["train/cat/s1/a.png", "cat/s1/b.png", "dog/s1/c.png", "dog/s2/deep/d.png", "dog/s2/e.png"];
    const { ids, names, notes } = groupsOf("folder", source(paths));
    expect([...ids]).toEqual([0, 0, 0, 1, 2]);
    expect(names).toEqual(["s1", "s2/deep", "s2"]);
    expect(notes).toEqual(["Split by folder: 3 groups, 1 of them with pictures of several classes"]);
  });

  test("by folder are whole folders where the path names no class", () => {
    const { ids, names } = groupsOf("folder", source(["monday/1.png", "monday/2.png", "tuesday/1.png"]));
    expect([[...ids], names]).toEqual([
      [0, 0, 1],
      ["monday", "tuesday"],
    ]);
  });

  test("by column are the data's own, and a picture without one stands alone", () => {
    const { ids, notes } = groupsOf("column", source(["1", "2", "3", "4"], { groups: ["p", "", "p", ""] }));
    expect([...ids]).toEqual([0, 1, 0, 2]);
    expect(notes).toEqual(["Split by column: 1 group", "2 pictures have no group, and each stands alone: 2, 4"]);
  });

  test.each([
    ["^([^_]+)_", ["a", "b"]],
    ["[ab]_", ["a_", "b_"]],
  ])("by the expression %s are its first group, or the whole match", (by, names) => {
    const found = groupsOf(by, source(["a_1.png", "b_1.png", "a_2.png"]));
    expect(found.names).toEqual(names);
    expect([...found.ids]).toEqual([0, 1, 0]);
  });

  test("a picture without a group is no member of the group that is called like it", () => {
    const { ids } = groupsOf("^x/(.+)$", source(["y", "x/y"]));
    expect([...ids]).toEqual([0, 1]);
  });

  test.each([
    ["(", '"(" is no regular expression'],
    ["folder", "no picture of photos lies in a folder below its class (cat/1.png, …)"],
    ["column", "photos names no groups"],
    ["^x", "/^x/ matches none of the 1 paths (cat/1.png, …)"],
  ])("by %s: refused where there are none", (by, what) => {
    const attempt = () => groupsOf(by, source(["cat/1.png"]));
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow(what);
  });
});

const sideOf = (split: Readonly<Record<SplitName, Int32Array>>) =>
  new Map((["train", "validation", "test"] as const).flatMap((name) => [...split[name]].map((i) => [i, name])));

/** Groups of any sizes; each of one class, or of several. */
const grouped = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 40 }),
    classes: fc.integer({ min: 1, max: 4 }),
    mixed: fc.boolean(),
    seed: fc.nat(),
    validationShare: fc.double({ min: 0, max: 0.4, noNaN: true }),
    testShare: fc.double({ min: 0, max: 0.4, noNaN: true }),
  })
  .map(({ sizes, classes, mixed, ...rest }) => {
    const ids = Int32Array.from(sizes.flatMap((size, id) => new Array<number>(size).fill(id)));
    const labels = ids.map((id, i) => (mixed ? (id * 7 + i * 3) % classes : id % classes));
    const names = sizes.map((_, id) => `group ${id}`);
    const classNames = Array.from({ length: classes }, (_, c) => `class ${c}`);
    return { ...rest, mixed, labels, classes: classNames, grouping: { ids, names } };
  });

describe("a split in groups", () => {
  test("tears none apart, loses no picture, and trains on every class", () => {
    fc.assert(
      fc.property(grouped, (request) => {
        const { labels, grouping } = request;
        const { split } = makeSplit({ ...request, declared: new Array(labels.length).fill(undefined) });
        const side = sideOf(split);
        expect([...side.keys()].sort((a, b) => a - b)).toEqual([...labels.keys()]);
        expect(split.train.length + split.validation.length + split.test.length).toBe(labels.length);
        const first = new Map<number, SplitName>();
        grouping.ids.forEach((id, i) => {
          expect(side.get(i)).toBe(first.get(id) ?? side.get(i));
          first.set(id, side.get(i)!);
        });
        expect(new Set(Array.from(split.train, (i) => labels[i]))).toEqual(new Set(labels));
      }),
    );
  });

  test("gives each class its share as near as its largest group allows", () => {
    fc.assert(
      fc.property(grouped, (request) => {
        fc.pre(!request.mixed);
        const { labels, grouping, validationShare, testShare } = request;
        const { split } = makeSplit({ ...request, declared: new Array(labels.length).fill(undefined) });
        for (const label of request.classes.keys()) {
          const members = [...labels.keys()].filter((i) => labels[i] === label);
          const sizes = new Map<number, number>();
          for (const i of members) sizes.set(grouping.ids[i]!, (sizes.get(grouping.ids[i]!) ?? 0) + 1);
          const largest = Math.max(0, ...sizes.values());
          const shares = { validation: validationShare, test: testShare };
          for (const name of ["validation", "test"] as const) {
            const found = split[name].filter((i) => labels[i] === label).length;
            expect(found).toBeLessThanOrEqual(shares[name] * members.length + largest);
            expect(found).toBeGreaterThanOrEqual(shares[name] * members.length - 2 * largest);
            if (sizes.size >= 3 && shares[name] > 0) expect(found).toBeGreaterThan(0);
            if (shares[name] === 0) expect(found).toBe(0);
          }
        }
      }),
    );
  });

  test("of many small groups is as good as one of single pictures", () => {
    const ids = Int32Array.from({ length: 1200 }, (_, i) => Math.floor(i / 4));
    const labels = ids.map((id) => id % 3);
    const grouping = { ids, names: Array.from({ length: 300 }, (_, id) => `${id}`) };
    const request = { labels, declared: new Array(1200).fill(undefined), classes: ["a", "b", "c"], grouping };
    const { split } = makeSplit({ ...request, seed: 1 });
    for (const label of [0, 1, 2]) {
      const counts = [split.train, split.validation, split.test].map((part) => part.filter((i) => labels[i] === label));
      expect(counts.map((part) => part.length)).toEqual([320, 40, 40]);
    }
    expect(makeSplit({ ...request, seed: 1 }).split).toEqual(split);
    expect(makeSplit({ ...request, seed: 2 }).split.test).not.toEqual(split.test);
  });

  test("names the classes that have too few groups to be on every side", () => {
    const ids = Int32Array.of(0, 0, 1, 1, 2, 3, 4, 5);
    const labels = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1);
    const grouping = { ids, names: ["0", "1", "2", "3", "4", "5"] };
    const declared = new Array(8).fill(undefined);
    const { notes } = makeSplit({ labels, declared, classes: ["few", "enough"], seed: 1, grouping });
    expect(notes).toEqual(["Fewer than 3 groups, so not in every part of the split: few"]);
  });
});

describe("groups and what the data declares", () => {
  const split = (declared: (SplitName | undefined)[], ids: number[]) =>
    makeSplit({
      labels: Int32Array.from(ids, () => 0),
      declared,
      classes: ["a"],
      seed: 3,
      grouping: { ids: Int32Array.from(ids), names: ["zero", "one", "two", "three", "four", "five"] },
    });

  test("undeclared pictures go where the rest of their group is", () => {
    const { split: found, notes } = split(["test", undefined, undefined, undefined, undefined], [0, 0, 1, 2, 3]);
    expect([...found.test]).toEqual([0, 1]);
    expect(notes[0]).toBe("1 picture follows the declared pictures of the same group");
  });

  test("a group on two sides is left there and named", () => {
    const declared: (SplitName | undefined)[] = ["train", "test", "train", "train", "train", "train"];
    const { split: found, notes } = split(declared, [0, 0, 1, 2, 3, 4]);
    expect([...found.test]).toEqual([1]);
    expect([...found.train]).toContain(0);
    expect(notes[0]).toBe(
      "Warning: the data's own split tears a group apart, so what is trained on is also judged: zero (train, test)",
    );
  });
});
