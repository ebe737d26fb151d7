/** The class with the largest score in row `row` of scores [count, classes]; the first of equals. */
export function predictedClass(scores: ArrayLike<number>, row: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if (scores[row * classes + c] > scores[row * classes + best]) best = c;
  }
  return best;
}

/** The class with the largest score in each row of scores [count, classes]. */
export function predictedClasses(scores: ArrayLike<number>, classes: number): Uint8Array | Uint16Array {
  const count = scores.length / classes;
  const answers = classes <= 256 ? new Uint8Array(count) : new Uint16Array(count);
  for (let row = 0; row < count; row++) answers[row] = predictedClass(scores, row, classes);
  return answers;
}

/** Share of rows whose largest score is that of the true class. */
export function accuracy(scores: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  let right = 0;
  for (let row = 0; row < labels.length; row++) {
    if (predictedClass(scores, row, classes) === labels[row]) right++;
  }
  return right / labels.length;
}

/** Counts [true class][predicted class]. */
export function confusionMatrix(scores: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < labels.length; row++) counts[labels[row]][predictedClass(scores, row, classes)]++;
  return counts;
}
