import { expect, test } from "vitest";
import { grouped, percent, short, span } from "./figures.ts";

test("figures keep the digits that count", () => {
  const told = [0.123456, 12345.6, 1e-7, 1.5e-9, 2.5e6, 0, -0.5].map((value) => short(value));
  expect(told).toEqual(["0.1235", "12350", "1e-7", "1.5e-9", "2.5e+6", "0", "-0.5"]);
  expect([percent(0.9731), percent(1, 0), grouped(535818)]).toEqual(["97.3 %", "100 %", "535,818"]);
});

test("times take the unit that fits", () => {
  const told = [0.42, 9.96, 59.4, 59.9, 185, 3599.7, 7800].map(span);
  expect(told).toEqual(["0.4 s", "10 s", "59 s", "1:00 min", "3:05 min", "1:00 h", "2:10 h"]);
});

test("what is not there is a dash", () => {
  expect([percent(null), short(undefined), short(Number.NaN), grouped(null), span(Infinity)]).toEqual(
    Array(5).fill("–"),
  );
});
