/** How one class fares: of what is it, and of what is called it. A share of nothing is null. */
export interface ClassFigures {
  /** Rows that are of the class. */
  readonly count: number;
  /** Rows that were called it. */
  readonly predicted: number;
  /** Right ones among those called it; null where none was. */
  readonly precision: number | null;
  /** Right ones among those of the class; null where there is none. */
  readonly recall: number | null;
  /** 2 TP / (2 TP + FP + FN), the harmonic mean of both; null where the class neither is nor was predicted. */
  readonly f1: number | null;
}

/**
 * Precision, recall and F1 (van Rijsbergen 1979, "Information retrieval", chapter 7) of each class.
 * @param confusion counts [true class][predicted class]
 */
export function classFigures(confusion: readonly (readonly number[])[]): ClassFigures[] {
  const predicted = new Array<number>(confusion.length).fill(0);
  for (const row of confusion) for (const [c, n] of row.entries()) predicted[c] += n;
  return confusion.map((row, c) => {
    const count = row.reduce((total, n) => total + n, 0);
    const right = row[c];
    const share = (of: number) => (of === 0 ? null : right / of);
    // count + predicted = 2 TP + FP + FN.
    const f1 = share((count + predicted[c]) / 2);
    return { count, predicted: predicted[c], precision: share(predicted[c]), recall: share(count), f1 };
  });
}

/** The mean recall over the classes that there are: Brodersen, Ong, Stephan, Buhmann 2010. Guessing gives 1 / classes. */
export const balancedAccuracy = (classes: readonly ClassFigures[]): number => mean(classes.map(({ recall }) => recall));

/** The mean F1 over the classes that are or were predicted; one that is and was never predicted counts as 0. */
export const macroF1 = (classes: readonly ClassFigures[]): number => mean(classes.map(({ f1 }) => f1));

function mean(values: readonly (number | null)[]): number {
  const given = values.filter((value) => value !== null);
  return given.reduce((total, value) => total + value, 0) / given.length;
}
