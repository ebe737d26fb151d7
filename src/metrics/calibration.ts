import { predictedClass } from "./accuracy.ts";

/** The rows whose largest probability lies in (from, to]. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean of the largest probability; null without rows. */
  readonly confidence: number | null;
  /** Share of rows that are right; null without rows. */
  readonly accuracy: number | null;
}

/** Bins of equal width, as many as Guo et al. take. */
export const BINS = 15;

/**
 * How often is right what is said with a certainty: the reliability curve. DeGroot and Fienberg 1983.
 * @param p probabilities [count, classes]
 */
export function reliabilityCurve(p: ArrayLike<number>, labels: ArrayLike<number>, classes: number): ReliabilityBin[] {
  const sums = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (let row = 0; row < labels.length; row++) {
    const said = predictedClass(p, row, classes);
    const confidence = p[row * classes + said];
    const bin = sums[Math.min(BINS - 1, Math.max(0, Math.ceil(confidence * BINS) - 1))];
    bin.count++;
    bin.confidence += confidence;
    if (said === labels[row]) bin.right++;
  }
  return sums.map(({ count, confidence, right }, i) => ({
    from: i / BINS,
    to: (i + 1) / BINS,
    count,
    confidence: count === 0 ? null : confidence / count,
    accuracy: count === 0 ? null : right / count,
  }));
}

/**
 * Expected calibration error: Σ_b (n_b / n) |accuracy_b − confidence_b|. Naeini, Cooper, Hauskrecht 2015; of the largest
 * probability, as Guo, Pleiss, Sun, Weinberger 2017 take it.
 */
export function calibrationError(curve: readonly ReliabilityBin[]): number {
  const total = curve.reduce((sum, { count }) => sum + count, 0);
  return curve.reduce(
    (sum, { count, confidence, accuracy }) =>
      confidence === null || accuracy === null ? sum : sum + (count / total) * Math.abs(accuracy - confidence),
    0,
  );
}
