import { describe, expect, test } from "vitest";
import { startOf } from "../fields.ts";
import type { Text } from "../lesson.ts";
import { entries } from "./index.ts";

const filled = ({ en, zh }: Text) => en.trim() !== "" && /[\u4e00-\u9fff]|^[^a-zA-Z]*$|^\S+ = \S+$/.test(zh);

test("numbers and names are given once", () => {
  expect(new Set(entries.map(({ number }) => number)).size).toBe(entries.length);
  expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
});

describe.each(entries)("lesson $number, $id", ({ title, about, parts }) => {
  test("asks before it shows, in both languages", async () => {
    const { lesson } = await parts();
    const { text, choices, answer, because } = lesson.question;
    for (const one of [title, about, text, because, lesson.task, lesson.truth]) expect(filled(one), one.en).toBe(true);
    expect(choices.length).toBeGreaterThan(1);
    expect(choices[answer]).toBeDefined();
    expect(new Set(choices.map(({ en }) => en)).size).toBe(choices.length);
  });

  test("its formulas are ones that KaTeX can set", async () => {
    const { lesson } = await parts();
    const { default: katex } = await import("katex");
    for (const formula of lesson.formulas(startOf(lesson.fields))) {
      expect(katex.renderToString(formula, { throwOnError: true, strict: "error" })).toContain("katex");
    }
  });
});
