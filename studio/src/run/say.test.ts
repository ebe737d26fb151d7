import { expect, test } from "vitest";
import { factor, percent, short } from "./say.ts";

test("numbers are short and what is none is a dash", () => {
  expect([short(0), short(-0.12345), short(12345.6), short(1e-5), short(Number.NaN), short(null)]).toEqual([
    ...["0", "−0.123", "12300", "1.0e-5", "–", "–"],
  ]);
  expect([percent(0.12345), percent(1, 0), percent(null)]).toEqual(["12.3 %", "100 %", "–"]);
  expect([factor(1, 2), factor(1, 0), factor(undefined, 1)]).toEqual([0.5, null, null]);
});
