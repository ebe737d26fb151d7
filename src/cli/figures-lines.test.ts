import { describe, expect, test } from "vitest";
import { classFigures, figuresOf } from "../metrics/index.ts";
import { baselineLine, classTable, qualityLine, range, worstLine } from "./figures-lines.ts";

/** Of class c, c of the 10 rows are called the next class. */
const many = (classes: number) =>
  classFigures(
    Array.from({ length: classes }, (_, c) => {
      const row = new Array<number>(classes).fill(0);
      const wrong = Math.min(10, c);
      row[c] = 10 - wrong;
      row[(c + 1) % classes]! += wrong;
      return row;
    }),
  );
const names = (classes: number) =>
  Array.from({ length: classes }, (_, c) => `a class with a very long name, number ${c}`);
const tooWide = (lines: readonly string[]) => lines.filter((line) => line.length > 80);

test("an interval is a range of percents", () => expect(range({ low: 0.9012, high: 0.9134 })).toBe("90.1–91.3 %"));

test("the figures below the accuracy fit a line", () => {
  const line = qualityLine(figuresOf(Float64Array.of(1, 0, 1, 0), Int32Array.of(0, 1), 2));
  expect(line).toBe("  log loss 43.749, calibration error 50.0 %, balanced accuracy 50.0 %");
  expect(tooWide([line])).toEqual([]);
});

describe("the classes of which least is found", () => {
  test("are three, the worst first", () => {
    expect(worstLine(many(4), ["a", "b", "c", "d"])).toBe("  least found: d (70.0 %), c (80.0 %), b (90.0 %)");
    expect(tooWide([worstLine(many(30), names(30))!])).toEqual([]);
  });

  test("are none where everything is found, and one that does not occur is not missed", () => {
    expect(worstLine(many(1), ["a"])).toBeUndefined();
    expect(
      worstLine(
        classFigures([
          [3, 0],
          [0, 0],
        ]),
        ["a", "b"],
      ),
    ).toBeUndefined();
  });
});

describe("the line of the baseline", () => {
  const baseline = {
    ...{ features: 4, pooled: 1, trained: 8, penalty: 0.1, validation: null },
    test: { images: 1000, accuracy: 0.813 },
  };
  test("says what is gained, or that nothing is", () => {
    expect(baselineLine({ ...baseline, gain: 0.094 })).toBe("  linear baseline: 81.3 %, gain 9.4 points");
    expect(baselineLine({ ...baseline, gain: -0.02 })).toBe("  linear baseline: 81.3 %, which is 2.0 points better");
    expect(baselineLine({ skipped: "a reason" })).toBeUndefined();
  });
});

describe("the table of classes", () => {
  test("has a row for each, with a dash where there is nothing to share", () => {
    const rows = classFigures([
      [3, 1, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(classTable(rows, ["cats", "dogs", "eels"])).toEqual([
      "  class  precision   recall       F1    count",
      "  cats     100.0 %   75.0 %   85.7 %        4",
      "  dogs       0.0 %        –    0.0 %        0",
    ]);
  });

  test("of many classes shows the twenty of which least is found, and says so", () => {
    const table = classTable(many(30), names(30));
    expect(table).toHaveLength(22);
    expect(table.at(-1)).toContain("20 of 30 classes");
    expect(tooWide(table)).toEqual([]);
  });
});
