import { expect, test } from "vitest";
import { fixed, show, tex } from "./format.ts";

test("numbers for people", () => {
  expect([0, -0, 1.5, -0.1, 1 / 3, 12345.678].map((value) => show(value))).toEqual([
    "0",
    "0",
    "1.5",
    "−0.1",
    "0.3333",
    "12350",
  ]);
  expect([4.8794e-13, -6.2e-5, 3e9].map((value) => show(value))).toEqual(["4.9·10⁻¹³", "−6.2·10⁻⁵", "3.0·10⁹"]);
  expect(show(1e-13, 1)).toBe("1·10⁻¹³");
  expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) => show(value))).toEqual([
    "–",
    "∞",
    "−∞",
  ]);
});

test("columns stand below each other, and no zero has a sign", () => {
  expect([1, -0.0001, 2.00049].map((value) => fixed(value))).toEqual(["1.000", "0.000", "2.000"]);
  expect(fixed(-1e12)).toBe("−1.0·10¹²");
});

test("and for formulas", () => {
  expect([0.18, -2, 1e-7].map((value) => tex(value))).toEqual(["0.18", "-2", "1.0\\cdot 10^{-7}"]);
});
