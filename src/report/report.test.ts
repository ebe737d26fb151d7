import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { escapeHtml, learningRateFigure, page } from "./index.ts";

const curve = Array.from({ length: 50 }, (_, i) => {
  const smoothed = i < 49 ? 2 - i / 50 : 1e12;
  return { learningRate: 10 ** (-7 + i / 7), smoothed, loss: smoothed + (i % 2) / 10 };
});
const html = (suggestion: number | null, divergedAt: number | null) =>
  page({
    title: "Rates of <b>cats</b> & dogs",
    subtitle: 'a "quoted" name',
    sections: [{ heading: "1 < 2", body: learningRateFigure({ curve, suggestion, divergedAt }) }],
  });

describe("a page", () => {
  const text = html(1e-3, 1);
  const { document } = parseHTML(text);

  test("is one file that needs nothing but itself", () => {
    expect(text.startsWith("<!doctype html>")).toBe(true);
    expect([...document.querySelectorAll("script, link:not([href^='data:']), img, iframe")]).toEqual([]);
    const addresses = [...text.matchAll(/https?:\/\/[^\s"')]+/g)].map(([address]) => address);
    expect(addresses.filter((address) => !address.startsWith("http://www.w3.org/"))).toEqual([]);
    expect(text).not.toMatch(/url\((?!#)|@import/);
  });

  test("says that it fits narrow screens and both lights", () => {
    expect(document.querySelector('meta[name="viewport"]')!.getAttribute("content")).toContain("width=device-width");
    expect(text).toContain("prefers-color-scheme: dark");
    expect(document.querySelectorAll("figure .wide svg")).toHaveLength(1);
    expect(document.querySelectorAll("figure .narrow svg")).toHaveLength(1);
  });

  test("takes text of others as text", () => {
    expect(document.querySelector("h1")!.textContent).toBe("Rates of <b>cats</b> & dogs");
    expect(document.querySelector("h1")!.children).toHaveLength(0);
    expect(document.querySelector("h2")!.textContent).toBe("1 < 2");
    expect(escapeHtml(`<a href="x" title='y'>&`)).toBe("&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;");
  });
});

describe("the figure of learning rates", () => {
  const svgOf = (suggestion: number | null, divergedAt: number | null) =>
    parseHTML(html(suggestion, divergedAt)).document.querySelector("figure .wide svg")!;
  const textsOf = (svg: { querySelectorAll(selector: string): Iterable<{ textContent: string | null }> }) =>
    [...svg.querySelectorAll("text")].map(({ textContent }) => textContent);

  test("marks what is proposed and where it diverged", () => {
    expect(textsOf(svgOf(1e-3, 1))).toEqual(expect.arrayContaining(["proposed 0.001", "diverged 1", "10⁻⁷", "10⁻¹"]));
    const without = textsOf(svgOf(null, null)).join(" ");
    expect(without).not.toContain("proposed");
    expect(without).not.toContain("diverged");
  });

  test("is not flattened by the last point of a test that diverged", () => {
    // The first tick of the loss axis that is drawn lies far below 1e12.
    const ticks = textsOf(svgOf(null, 1)).filter((label) => /^\d+\.\d+$/.test(label ?? ""));
    expect(ticks.length).toBeGreaterThan(2);
    expect(Math.max(...ticks.map(Number))).toBeLessThan(5);
  });

  test("has a description for those who do not see it", () => {
    expect(svgOf(1e-3, 1).getAttribute("aria-label")).toBe("The loss over the learning rate, 50 steps");
  });
});
