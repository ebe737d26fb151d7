/**
 * Share of rows whose true class is among the k most probable ones. Of equals the first class goes before, so that k = 1
 * is the accuracy.
 * @param p [count, classes], probabilities or scores
 */
export function topK(p: ArrayLike<number>, labels: ArrayLike<number>, classes: number, k: number): number {
  let right = 0;
  for (let row = 0; row < labels.length; row++) {
    const truth = p[row * classes + labels[row]];
    let before = 0;
    for (let c = 0; c < classes; c++) {
      const value = p[row * classes + c];
      if (value > truth || (value === truth && c < labels[row])) before++;
    }
    if (before < k) right++;
  }
  return right / labels.length;
}
