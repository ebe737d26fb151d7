export interface Guess {
  readonly label: string;
  readonly probability: number;
}

/** What a model says of one picture, or of one row of numbers. */
export interface Answer {
  readonly label: string;
  readonly probability: number;
  /** The most probable classes, the most probable first. */
  readonly top: readonly Guess[];
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
 */
export function answerOf(probabilities: ArrayLike<number>, classes: readonly string[], top: number): Answer {
  const guesses = ranked(probabilities, classes);
  return { ...guesses[0]!, top: guesses.slice(0, top) };
}
