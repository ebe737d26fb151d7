import { type Judgement, rejectionBelow, unknownThreshold } from "../metrics/index.ts";
import type { Unknown } from "./options.ts";

/** The class of a picture, what was said of it, and how probable that was said to be. */
interface Said {
  readonly truth: number;
  readonly predicted: number;
  readonly probability: number;
}

const judgementsOf = (said: readonly Said[]): Judgement[] =>
  said.map(({ truth, predicted, probability }) => ({ probability, isRight: truth === predicted }));

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
