import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { gallery, groups, histogramFigure, splitFigure } from "./index.ts";

const parsed = (html: string) => parseHTML(`<!doctype html><html><body>${html}</body></html>`).document;

test("a gallery shows pictures with their words, which are text", () => {
  const image = "data:image/png;base64,AA==";
  const document = parsed(
    gallery([
      { image, path: "<b>.png", title: "a & b" },
      { image: undefined, path: "gone.png" },
    ]),
  );
  expect([...document.querySelectorAll("img")].map((img) => img.getAttribute("src"))).toEqual([image]);
  expect(document.querySelectorAll(".blank")).toHaveLength(1);
  expect([...document.querySelectorAll("small")].map((node) => node.textContent)).toEqual(["<b>.png", "gone.png"]);
  expect([...document.querySelectorAll("li b")].map((node) => node.textContent)).toEqual(["a & b"]);
  const shown = { image, path: "x" };
  expect(parsed(groups([[shown, shown], [shown]])).querySelectorAll("ul")).toHaveLength(2);
});

describe("the figure of classes", () => {
  const of = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `class ${i} <i>`, train: i + 1, validation: 1, test: 0 }));
  const labels = (html: string) =>
    [...parsed(html).querySelectorAll(".wide svg text")]
      .map(({ textContent }) => textContent)
      .filter((text) => /class/.test(text ?? ""));

  test("names each, and shows the parts that are not empty", () => {
    const html = splitFigure(of(3));
    expect(labels(html)).toEqual(["class 0 <i>", "class 1 <i>", "class 2 <i>"]);
    const widths = [...parsed(html).querySelectorAll(".wide svg rect")].map((rect) =>
      Number(rect.getAttribute("width")),
    );
    const drawn = widths.filter((width) => width > 0).sort((a, b) => a - b);
    expect(drawn).toHaveLength(6);
    expect(drawn.at(-1)! / drawn[0]!).toBeCloseTo(3, 1);
  });

  test("of very many, the smallest and the largest", () => {
    const html = splitFigure(of(300));
    expect(labels(html)).toHaveLength(40);
    expect(labels(html)).toContain("class 19 <i>");
    expect(labels(html)).not.toContain("class 20 <i>");
    expect(labels(html)).toContain("class 280 <i>");
    expect(html).toContain("Of 300 classes, the 20 smallest and the 20 largest");
  });

  test("a long name loses its start", () => {
    expect(labels(splitFigure([{ name: `${"x".repeat(60)} class`, train: 1, validation: 0, test: 0 }]))).toEqual([
      `…${"x".repeat(15)} class`,
    ]);
  });
});

describe("a histogram", () => {
  const heights = (values: readonly number[]) =>
    [
      ...parsed(histogramFigure({ values: Int32Array.from(values), of: "side" })).querySelectorAll(".wide svg rect"),
    ].map((rect) => Number(rect.getAttribute("height")));

  test("counts every value once, the ends as well", () => {
    const bars = heights([10, 10, 10, 20, 34]);
    expect(bars.filter((height) => height > 0)).toHaveLength(3);
    expect(bars[0]! / bars.at(-1)!).toBeCloseTo(3, 5);
    expect(bars[10]).toBeGreaterThan(0); // 20 begins a bin, and belongs to it
  });

  test("gives few sizes a bin each", () => {
    expect(heights([20, 20, 22]).map((height) => height > 0)).toEqual([true, false, true]);
    expect(heights([100])).toHaveLength(1);
  });

  test("has bins of equal ratio for sizes of very different order", () => {
    const bars = heights([10, 30, 100, 1000]);
    expect(bars.findIndex((height, i) => i > 0 && height > 0)).toBe(5); // log(3) / log(100) of 24
  });
});
