import { expect, test } from "vitest";
import { erfc, erfOp } from "./erf.ts";
import { geluOp } from "./gelu.ts";

const evaluated = (op: typeof erfOp, x: number) => {
  const type = { shape: [], dtype: "float64" } as const;
  return op.evaluate([{ shape: [], data: Float64Array.of(x) }], {}, type).data[0];
};
/** In units of the last place of a double of this size. */
const distance = (value: number, truth: number) => Math.abs(value - truth) / (2 ** -52 * Math.abs(truth));

// x, erf(x) and erfc(x) of the C library.
const table = [
  [0.001, 0.0011283787909692365, 0.9988716212090307],
  [0.1, 0.1124629160182849, 0.8875370839817152],
  [0.5, 0.5204998778130465, 0.4795001221869535],
  [1, 0.8427007929497149, 0.15729920705028513],
  [1.9999, 0.9953201979070294, 0.004679802092970608],
  [2, 0.9953222650189527, 0.004677734981047265],
  [3, 0.9999779095030014, 2.2090496998585438e-5],
  [6, 1, 2.1519736712498916e-17],
] as const;

test.each(table)("erf(%d) to the precision of a double", (x, truth, rest) => {
  expect(distance(evaluated(erfOp, x), truth)).toBeLessThan(4);
  expect(evaluated(erfOp, -x)).toBe(-evaluated(erfOp, x));
  // Below 2 the complement is 1 less the series, so its error is one of numbers near 1.
  expect(Math.abs(erfc(x) - rest)).toBeLessThan(x < 2 ? 2 ** -51 : 1e-14 * rest);
  expect(erfc(-x)).toBe(2 - erfc(x));
});

test("erf and erfc at their ends", () => {
  expect([evaluated(erfOp, 0), evaluated(erfOp, Number.POSITIVE_INFINITY), evaluated(erfOp, Number.NaN)]).toEqual([
    0,
    1,
    Number.NaN,
  ]);
  expect([erfc(0), erfc(Number.POSITIVE_INFINITY), erfc(Number.NEGATIVE_INFINITY), erfc(40)]).toEqual([1, 0, 2, 0]);
});

test("gelu keeps its digits far below 0", () => {
  // x Φ(x) with Φ(−8) = 6.220960574271786e-16.
  expect(evaluated(geluOp, -8) / (-8 * 6.220960574271786e-16)).toBeCloseTo(1, 12);
});
