/**
 * The reject option: what is not probable enough is called unknown. Chow 1970, "On optimum recognition error and reject
 * tradeoff"; by the largest probability, which is lower for pictures of no class and for mistakes: Hendrycks, Gimpel 2017, "A
 * baseline for detecting misclassified and out-of-distribution examples in neural networks".
 */

/** One answer: the largest probability, and whether its class is the true one. */
export interface Judgement {
  readonly probability: number;
  readonly isRight: boolean;
}

/** What two runtimes may differ by in a probability: a picture that one of them keeps, all keep. */
const MARGIN = 1e-5;

/**
 * The threshold below which the largest probability means "unknown", so that of the right answers at most a share a is turned
 * away: with their probabilities in order, p₁ ≤ … ≤ pₙ, it is p₍⌊a·n⌋₊₁₎ − 1e-5. 0, which turns nothing away, where none is right.
 * @param share in [0, 1)
 */
export function unknownThreshold(answers: readonly Judgement[], share: number): number {
  const right = answers.flatMap(({ probability, isRight }) => (isRight ? [probability] : [])).sort((a, b) => a - b);
  const at = right[Math.floor(share * right.length)];
  return at === undefined ? 0 : Math.max(0, at - MARGIN);
}

/** What becomes of answers where those below a threshold are turned away. */
export interface Rejection {
  /** Share of the answers that are called unknown. */
  readonly turnedAway: number;
  /** How many are not. */
  readonly kept: number;
  /** Share of the kept that are right; null where none is kept. */
  readonly accuracy: number | null;
}

/** @param answers at least one */
export function rejectionBelow(threshold: number, answers: readonly Judgement[]): Rejection {
  const kept = answers.filter(({ probability }) => probability >= threshold);
  const right = kept.filter(({ isRight }) => isRight).length;
  return {
    turnedAway: 1 - kept.length / answers.length,
    kept: kept.length,
    accuracy: kept.length === 0 ? null : right / kept.length,
  };
}
