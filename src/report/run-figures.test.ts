import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import {
  cellsHtml,
  certaintyFigure,
  confusionFigure,
  epochsFigure,
  pictureHtml,
  reliabilityFigure,
  sheetStyle,
  tileOf,
} from "./index.ts";

const parsed = (html: string) => parseHTML(`<!doctype html><html><body>${html}</body></html>`).document;
const texts = (html: string) => [...parsed(html).querySelectorAll("svg text")].map(({ textContent }) => textContent);

describe("a figure over the epochs", () => {
  const curve = (values: readonly (number | null)[]) => [{ name: "loss", colour: "accent" as const, values }];
  const figure = (at: number[], values: (number | null)[], more = {}) =>
    epochsFigure({ heading: "Loss <i>", caption: "c", over: "epoch", at, curves: curve(values), ...more });

  test("names whole epochs only, and the one that was kept", () => {
    const told = texts(figure([1, 2, 3], [3, 2, 1], { best: 2 }));
    expect(told).toEqual(expect.arrayContaining(["1", "2", "3", "kept"]));
    expect(told.filter((text) => /^\d+\.5$/.test(text ?? "") && Number(text) < 1)).toEqual([]);
    const many = texts(
      figure(
        Array.from({ length: 200 }, (_, i) => i + 1),
        new Array(200).fill(1),
      ),
    );
    expect(many).toEqual(expect.arrayContaining(["50", "100", "150", "200"]));
    expect(many).not.toContain("1");
  });

  test("leaves out what nobody looked at and what is no number", () => {
    expect(parsed(figure([1, 2, 3], [1, null, Number.NaN])).querySelectorAll("svg circle")).toHaveLength(1);
  });

  test("tells values of very different size in powers of ten, where that is wanted", () => {
    const values = [1000, 1, 0.001];
    expect(texts(figure([1, 2, 3], values, { powers: true }))).toEqual(expect.arrayContaining(["0.001", "1", "1000"]));
    expect(texts(figure([1, 2, 3], values))).not.toContain("0.001");
    expect(texts(figure([1, 2], [1e9, 1e-9], { powers: true }))).toContain("1e-9");
    // There is no power of ten at 0.
    expect(texts(figure([1, 2], [1, 0], { powers: true }))).toContain("0.0");
  });
});

test("a share that never changes stays one", () => {
  const curves = [{ name: "right", colour: "accent" as const, values: [1, 1] }];
  const told = texts(epochsFigure({ heading: "a", caption: "b", over: "epoch", at: [1, 2], curves, percent: true }));
  expect(told.filter((text) => text?.endsWith("%")).map((text) => Number.parseFloat(text!))).toEqual(
    expect.arrayContaining([90, 100]),
  );
  expect(told.filter((text) => Number.parseFloat(text!) > 100)).toEqual([]);
});

describe("the confusion matrix", () => {
  const classes = ["cats", "<b>", "eels"];
  const counts = [
    [90, 10, 0],
    [0, 100, 0],
    [1, 2, 0],
  ];
  const html = confusionFigure({
    classes,
    counts,
    target: (t, p) => (t === 2 && p === 0 ? undefined : `#cell-${t}-${p}`),
  });
  const wide = parsed(html).querySelector(".wide")!;

  test("links each cell that has pictures to them, in both drawings", () => {
    for (const kind of [".wide", ".narrow"]) {
      const links = [...parsed(html).querySelectorAll(`${kind} a`)].map((a) => a.getAttribute("href"));
      expect(links).toEqual(["#cell-0-0", "#cell-0-1", "#cell-1-1", "#cell-2-1"]);
    }
    // Inside an image nothing can be reached.
    expect(wide.querySelector("svg")!.getAttribute("role")).toBe("group");
  });

  test("says what a cell is, and colours right answers and mistakes apart", () => {
    const cells = [...wide.querySelectorAll("rect")];
    expect(cells).toHaveLength(9);
    expect(cells[1]!.querySelector("title")!.textContent).toBe("cats taken for <b>: 10 of 100");
    expect(cells[0]!.getAttribute("fill")).toBe("var(--accent)");
    expect(cells[1]!.getAttribute("fill")).toBe("var(--warn)");
    const strength = (i: number) => Number(cells[i]!.getAttribute("fill-opacity"));
    expect(strength(4)).toBeGreaterThan(strength(0));
    expect(strength(0)).toBeGreaterThan(strength(1));
    expect(strength(1)).toBeGreaterThan(strength(2));
  });

  test("of few classes does not fill the page", () => {
    expect(Number(wide.querySelector("rect")!.getAttribute("width"))).toBe(70);
  });

  test("writes the numbers where there is room for them", () => {
    expect(texts(html)).toContain("90");
    const many = Array.from({ length: 24 }, (_, i) => `class ${i}`);
    const full = confusionFigure({
      classes: many,
      counts: many.map(() => many.map(() => 123)),
      target: () => undefined,
    });
    const told = (kind: string) => parsed(full).querySelector(kind)!.textContent!.includes("123123");
    expect([told(".wide"), told(".narrow")]).toEqual([true, false]);
  });
});

test("the figures of calibration draw the bins that have pictures", () => {
  const bins = [
    { from: 0, to: 0.5, count: 0, confidence: null, accuracy: null },
    { from: 0.5, to: 0.8, count: 100, confidence: 0.7, accuracy: 0.6 },
    { from: 0.8, to: 1, count: 400, confidence: 0.9, accuracy: 0.95 },
  ];
  const dots = [...parsed(reliabilityFigure(bins)).querySelectorAll("svg circle")];
  expect(dots.map((dot) => Number(dot.getAttribute("r")))).toEqual([7, 4.5]);
  expect(dots[1]!.querySelector("title")!.textContent).toBe("60.0 % of 100 pictures right");
  const heights = [...parsed(certaintyFigure(bins)).querySelectorAll("svg rect")].map((bar) =>
    Number(bar.getAttribute("height")),
  );
  expect(heights[2]! / heights[1]!).toBeCloseTo(4, 5);
  expect(certaintyFigure(bins)).toContain("All 500 pictures");
});

describe("a tile of a sheet", () => {
  const sheet = {
    ...{ url: "data:image/png;base64,AA==", columns: 4, rows: 3, height: 20, width: 30 },
    ...{ pitch: { across: 32, down: 22 }, exact: true },
  };
  test("lies where its picture is", () => {
    // What CSS does: the background is `size` times the box, and moved by position · (box − background).
    const size = /background-size: ([\d.]+)% ([\d.]+)%/.exec(sheetStyle("s", sheet))!.slice(1).map(Number);
    const box = [300, 200];
    for (const i of [0, 5, 11]) {
      const { sheet: name, position } = tileOf("s", sheet, i);
      expect(name).toBe("s");
      const [x, y] = position.split(" ").map((part, axis) => {
        const background = (box[axis]! * size[axis]!) / 100;
        return (Number.parseFloat(part) / 100) * (box[axis]! - background);
      });
      // One pixel of the sheet is ten of the box.
      expect(-x!).toBeCloseTo(10 * ((i % 4) * 32 + 1), 1);
      expect(-y!).toBeCloseTo(10 * (Math.floor(i / 4) * 22 + 1), 1);
    }
  });
  test("is shown by its class, in squares where pixels are few", () => {
    expect(pictureHtml(tileOf("s", sheet, 1))).toMatch(
      /^<div class="tile s" style="background-position:[\d.]+% [\d.]+%"><\/div>$/,
    );
    expect(sheetStyle("s", sheet)).toContain("image-rendering: pixelated");
    expect(sheetStyle("s", { ...sheet, exact: false })).not.toContain("pixelated");
  });
});

test("cells are named by their id, and their words are text", () => {
  const cell = { id: "cell-0-1", heading: "<b>, taken for cats", note: "2 pictures.", pictures: [] };
  const document = parsed(cellsHtml([cell], "#confusion"));
  expect(document.querySelector("#cell-0-1 h3")!.textContent).toBe("<b>, taken for cats close");
  expect(document.querySelector("#cell-0-1 a")!.getAttribute("href")).toBe("#confusion");
});
