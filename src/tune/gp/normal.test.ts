import { describe, expect, test } from "vitest";
import { cumulative, density, hazard, logCumulative, logImprovement, quantile } from "./normal.ts";

/** z, ln(φ(z) + z Φ(z)) and ln Φ(z), with 60 digits by mpmath. */
const known: [number, number, number][] = [
  [-50, -1258.744182868461, -1254.8313611394199],
  [-20, -206.9178385094251, -203.91715537109727],
  [-8, -37.12236426169263, -35.01343715991455],
  [-3, -7.869686059603029, -6.607726221510349],
  // On both sides of where the formulas change.
  [-2.0001, -4.769051469707728, -3.7834216596639285],
  [-1.9999, -4.768515586330912, -3.7829470165573444],
  [-1, -2.4851210257126413, -1.8410216450092636],
  [-0.5, -1.6205162643873199, -1.1759117615936185],
  [0, -0.9189385332046728, -Math.LN2],
  [0.5, -0.3598276837450638, -0.3689464152886564],
  [1, 0.08002621884930694, -0.17275377902344988],
  [1.9999, 0.6973348888070339, -0.023018434683002378],
  [3, 1.0987396653277077, -0.0013508099647481938],
  [5, 1.6094379231264313, -2.866516129637636e-7],
];
const improvement = (z: number) => logImprovement(z, { value: 0, cumulative: 0, density: 0 });

describe.each(known)("at %d", (z, logH, logPhi) => {
  test("the logarithms of improvement and probability have 12 digits and more", () => {
    expect(Math.abs(improvement(z).value / logH - 1)).toBeLessThan(2e-13);
    expect(Math.abs(logCumulative(z) / logPhi - 1)).toBeLessThan(2e-13);
    if (z > -20) expect(Math.abs(cumulative(z) / Math.exp(logPhi) - 1)).toBeLessThan(1e-12);
  });

  test("the shares of Φ and φ in h are those of the gradient", () => {
    const { cumulative: below, density: phi } = improvement(z);
    // h = φ + z Φ, so they sum to 1; far out they are large and cancel.
    expect(Math.abs(phi + z * below - 1)).toBeLessThan(1e-12 * phi);
    const h = 1e-5;
    expect(below).toBeCloseTo((improvement(z + h).value - improvement(z - h).value) / (2 * h), 5);
    expect(hazard(z)).toBeCloseTo((logCumulative(z + h) - logCumulative(z - h)) / (2 * h), 5);
  });
});

test("finite as far out as anything gets", () => {
  const { value, cumulative: below, density: phi } = improvement(-1e6);
  expect(value).toBeCloseTo(-5e11 - 0.9189385332046727 - 2 * Math.log(1e6), 0);
  expect(below / 1e6).toBeCloseTo(1, 9);
  expect(phi / 1e12).toBeCloseTo(1, 9);
  expect(density(0)).toBeCloseTo(0.3989422804014327, 15);
});

test("quantiles", () => {
  const cases = [
    [1e-12, -7.034483825301132],
    [0.001, -3.0902323061678136],
    [0.25, -0.6744897501960817],
    [0.9, 1.2815515655446],
  ];
  for (const [p, z] of cases) expect(Math.abs(quantile(p) / z - 1)).toBeLessThan(1e-12);
  expect(Math.abs(quantile(0.5))).toBeLessThan(1e-15);
});
