import { UsageError } from "../core/index.ts";
import { type Judgement, rejectionBelow, unknownThreshold } from "../metrics/index.ts";
import type { Unknown } from "./options.ts";

/** The class of a picture, what was said of it, and how probable that was said to be. */
interface Said {
  readonly truth: number | string;
  readonly predicted: number | string;
  readonly probability: number;
}

const judgementsOf = (said: readonly Said[]): Judgement[] =>
  said.map(({ truth, predicted, probability }) => ({ probability, isRight: truth === predicted }));

/**
 * A share of right answers that may be turned away.
 * @throws UsageError unless it is in [0, 1)
 */
export function unknownShare(value: number): number {
  if (value >= 0 && value < 1) return value;
  const fix = "give the share of right answers that may be turned away: 0 or more, below 1, such as 0.05";
  throw new UsageError("unknown", `is ${value}`, fix);
}

/** The threshold by the validation pictures, and what it does to them and to the test pictures, which choose nothing. */
export function unknownBy(share: number, validation: readonly Said[], test: readonly Said[] = []): Unknown {
  const held = judgementsOf(validation);
  const below = unknownThreshold(held, share);
  return {
    below,
    share,
    validation: rejectionBelow(below, held),
    test: test.length === 0 ? null : rejectionBelow(below, judgementsOf(test)),
  };
}
