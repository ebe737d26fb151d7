/** What can be said of many numbers in one line. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** √Σ x². */
  readonly norm: number;
  /** The share that is 0. */
  readonly zeros: number;
}

export function summaryOf(values: ArrayLike<number>): Summary {
  let [total, squares, zeros, low, high] = [0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    total += value;
    squares += value * value;
    if (value === 0) zeros++;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const count = values.length;
  return { count, mean: total / count, low, high, norm: Math.sqrt(squares), zeros: zeros / count };
}
