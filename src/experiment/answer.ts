export interface Guess {
  readonly label: string;
  readonly probability: number;
}

/** What a model says of one picture, or of one row of numbers. */
export interface Answer {
  /** The most probable class; null where even that is not probable enough, so that it may be none of them. */
  readonly label: string | null;
  /** Of the most probable class. */
  readonly probability: number;
  /** The most probable classes, the most probable first. */
  readonly top: readonly Guess[];
  /** Said where there is no label. */
  readonly unknown?: true;
  /** The most probable class, where there is no label. */
  readonly nearest?: string;
}

/** Classes from the most to the least probable; of equals the first. */
export function ranked(probabilities: ArrayLike<number>, classes: readonly string[]): Guess[] {
  return classes
    .map((label, c) => ({ label, probability: probabilities[c]! }))
    .sort((a, b) => b.probability - a.probability);
}

/**
 * @param probabilities [classes]
 * @param top how many guesses are told
 * @param unknownBelow what is less probable is called unknown
 */
export function answerOf(
  probabilities: ArrayLike<number>,
  classes: readonly string[],
  top: number,
  unknownBelow = 0,
): Answer {
  const guesses = ranked(probabilities, classes);
  const { label, probability } = guesses[0]!;
  const told = { probability, top: guesses.slice(0, top) };
  return probability < unknownBelow ? { label: null, unknown: true, nearest: label, ...told } : { label, ...told };
}
