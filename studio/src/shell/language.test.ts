import { expect, test } from "vitest";
import { filled, firstLanguage, language, setLanguage, t } from "./language.ts";

test("the first language is the choice of before, else one that the browser wishes and we have", () => {
  expect(firstLanguage("zh", ["en-US"])).toBe("zh");
  expect(firstLanguage(null, ["fr-FR", "zh-CN", "en"])).toBe("zh");
  expect(firstLanguage("fr", ["EN-gb"])).toBe("en");
  expect(firstLanguage(null, ["fr"])).toBe("en");
});

test("values take the places of their names", () => {
  expect(filled("{n} of {all}, {n} done", { n: 3, all: 10 })).toBe("3 of 10, 3 done");
  expect(filled("{unknown} stays", {})).toBe("{unknown} stays");
});

test("texts follow the choice", () => {
  const messages = { en: { runs: "{n} runs" }, zh: { runs: "{n} 次训练" } };
  const before = language();
  setLanguage("zh");
  expect(t(messages, "runs", { n: 2 })).toBe("2 次训练");
  setLanguage("en");
  expect(t(messages, "runs", { n: 2 })).toBe("2 runs");
  setLanguage(before);
});
