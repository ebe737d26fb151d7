/** A range that a share lies in. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5 % quantile of the normal distribution: 95 % lie within ± this many deviations. */
const Z = 1.959963984540054;

/**
 * The 95 % interval of a share of which `right` of `total` trials were seen: the shares p with |p̂ − p| ≤ z √(p (1 − p) / n).
 * Wilson 1927, "Probable inference, the law of succession, and statistical inference". Unlike p̂ ± z √(p̂ (1 − p̂) / n) it
 * stays within [0, 1], and has a length after 10 right of 10. [0, 1] without any trial.
 */
export function wilson(right: number, total: number): Interval {
  if (total === 0) return { low: 0, high: 1 };
  const share = right / total;
  const spread = Z * Z;
  const middle = (right + spread / 2) / (total + spread);
  const half = (Z / (total + spread)) * Math.sqrt(total * share * (1 - share) + spread / 4);
  // At the ends both formulas meet but for rounding.
  return { low: right === 0 ? 0 : middle - half, high: right === total ? 1 : middle + half };
}
