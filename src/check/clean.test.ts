import { describe, expect, test } from "vitest";
import type { SplitName } from "../data/index.ts";
import { cleaned, manifestOf } from "./clean.ts";
import type { Group } from "./duplicates.ts";
import { findingsOf } from "./findings.ts";

const classes = ["cat", "dog"];
const exact = (members: readonly number[], acrossClasses = false): Group => ({
  kind: "exact",
  members,
  acrossSplits: false,
  acrossClasses,
});

function source(labels: readonly number[], declared: readonly (SplitName | undefined)[] = labels.map(() => undefined)) {
  return { classes, labels: Int32Array.from(labels), declared, paths: labels.map((_, i) => `${i}.png`) };
}

describe("what is left out", () => {
  test("copies but the one that judges, and the first of those that train", () => {
    const data = source([0, 0, 0, 0, 1, 1], ["train", "validation", "test", "train", "train", "train"]);
    const groups = { exact: [exact([0, 1, 2]), exact([4, 5])] };
    const { kept, left } = cleaned(data, groups, new Map());
    expect(kept).toEqual([2, 3, 4]);
    expect(Object.fromEntries(left)).toEqual({
      0: "the same picture as 2.png",
      1: "the same picture as 2.png",
      5: "the same picture as 4.png",
    });
  });

  test("every copy of a picture with two labels, and what cannot be read", () => {
    const { kept, left } = cleaned(
      source([0, 1, 0, 1, 1]),
      { exact: [exact([0, 1], true)] },
      new Map([[4, "empty file"]]),
    );
    expect(kept).toEqual([2, 3]);
    expect(left.get(0)).toBe("the same picture is filed under cat, dog");
    expect(left.get(4)).toBe("cannot be read: empty file");
  });

  test("a class with nothing left to train on goes wholly", () => {
    const data = source([0, 0, 1, 1], ["train", "test", "train", "test"]);
    const { kept, left } = cleaned(data, { exact: [] }, new Map([[2, "empty file"]]));
    expect(kept).toEqual([0, 1]);
    expect(left.get(3)).toBe("class dog has no training picture left");
  });
});

describe("the manifest", () => {
  test("has a split and a group only where the data say so, and quotes what needs it", () => {
    const path = (i: number) => ["a,b.png", 'say "x".png', " c.png"][i];
    expect(manifestOf(source([0, 1, 0]), [0, 1, 2], path)).toBe(
      'path,label\n"a,b.png",cat\n"say ""x"".png",dog\n" c.png",cat\n',
    );
    const declared = source([0, 1], ["train", undefined]);
    expect(manifestOf({ ...declared, groups: ["p1", "p2"] }, [0, 1], (i) => `${i}.png`)).toBe(
      "path,label,split,group\n0.png,cat,train,p1\n1.png,dog,,p2\n",
    );
  });
});

describe("findings", () => {
  const clean = { exact: [], near: [], complete: true, first: new Int32Array(0) };
  const request = {
    ...{
      classes,
      repeats: clean,
      unreadable: [],
      declared: true,
      present: ["train", "test"] as const,
      cut: "seed 1",
      suspects: 0,
    },
    counts: [
      { train: 50, validation: 0, test: 10 },
      { train: 50, validation: 0, test: 10 },
    ],
  };
  const kinds = (change: Partial<Parameters<typeof findingsOf>[0]>) =>
    findingsOf({ ...request, ...change }).map(({ kind, level, count }) => `${kind} ${level} ${count}`);

  test("nothing wrong, nothing found", () => {
    expect(kinds({})).toEqual([]);
  });

  test("classes that are small, untrained or missing from a split that the data declare", () => {
    const counts = [
      { train: 9, validation: 0, test: 0 },
      { train: 0, validation: 0, test: 3 },
    ];
    expect(kinds({ counts })).toEqual([
      "untrained-class problem 1",
      "missing-class problem 1",
      "small-class problem 1",
    ]);
    const [, missing] = findingsOf({ ...request, counts });
    expect(missing.text).toBe("1 class is missing from test: cat");
    expect(kinds({ counts, present: ["train"] })).toEqual(["untrained-class problem 1", "small-class problem 1"]);
  });

  test("leaks come first, and a copy is told once as what it is", () => {
    const group = (kind: "exact" | "near", acrossSplits: boolean, acrossClasses: boolean): Group => ({
      ...{ kind, members: [0, 1, 2], acrossSplits, acrossClasses },
    });
    const repeats = {
      ...clean,
      exact: [group("exact", false, false), group("exact", true, false), group("exact", false, true)],
      near: [group("near", false, false), group("near", true, true)],
    };
    expect(kinds({ repeats, suspects: 4, unreadable: [{ path: "x", reason: "empty file" }] })).toEqual([
      "leak problem 1",
      "two-labels problem 1",
      "near-leak look 1",
      "near-two-labels look 1",
      "unreadable problem 1",
      "duplicates problem 2",
      "near-duplicates look 2",
      "label-suspects look 4",
    ]);
  });

  test("a split that the data do not declare is named as train's", () => {
    const repeats = {
      ...clean,
      exact: [{ kind: "exact", members: [0, 1], acrossSplits: true, acrossClasses: false } as const],
    };
    const [leak] = findingsOf({ ...request, repeats, declared: false, cut: "seed 7" });
    expect(leak.text).toBe(
      "1 picture is in more than one part of the split that train cuts (seed 7): what judges was trained on",
    );
  });
});
