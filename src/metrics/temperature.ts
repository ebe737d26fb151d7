/**
 * Temperature scaling: probabilities = softmax(T · s), with the one number T fitted on held-out scores. Guo, Pleiss, Sun,
 * Weinberger 2017, "On calibration of modern neural networks" (their temperature is 1 / T). The order of the scores, and
 * with it the accuracy, stays; and a margin loss, whose scores mean nothing as logarithms, gets probabilities too.
 */

/** softmax(T · s) for every row of scores [count, classes]. */
export function probabilities(scores: Float32Array, classes: number, temperature: number): Float64Array {
  const out = new Float64Array(scores.length);
  for (let start = 0; start < scores.length; start += classes) {
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, temperature * scores[start + c]);
    let total = 0;
    for (let c = 0; c < classes; c++) {
      out[start + c] = Math.exp(temperature * scores[start + c] - largest);
      total += out[start + c];
    }
    for (let c = 0; c < classes; c++) out[start + c] /= total;
  }
  return out;
}

/** What a wrong and certain answer costs at most: −ln of the smallest probability that float32 can hold apart from 0. */
const SMALLEST_PROBABILITY = 1e-38;

/** −ln p, finite for every p. */
export const surprisal = (p: number): number => -Math.log(Math.max(p, SMALLEST_PROBABILITY));

/** Log loss: the mean of −ln p of the true class, p [count, classes]. */
export function logLoss(p: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  let total = 0;
  for (let row = 0; row < labels.length; row++) total += surprisal(p[row * classes + labels[row]]);
  return total / labels.length;
}

/**
 * The T in [1e-3, 1e3] that minimises the log loss of softmax(T · s). The loss is convex in T; its derivative is
 * mean(Σ_c p_c s_c − s_y), whose zero is found by bisection in ln T. 1 without any rows.
 */
export function fitTemperature(scores: Float32Array, labels: ArrayLike<number>, classes: number): number {
  if (labels.length === 0) return 1;
  const slope = (temperature: number) => {
    const p = probabilities(scores, classes, temperature);
    let total = 0;
    for (let row = 0; row < labels.length; row++) {
      for (let c = 0; c < classes; c++) total += p[row * classes + c] * scores[row * classes + c];
      total -= scores[row * classes + labels[row]];
    }
    return total;
  };
  let [low, high] = [Math.log(1e-3), Math.log(1e3)];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (slope(Math.exp(middle)) > 0) high = middle;
    else low = middle;
  }
  return Math.exp((low + high) / 2);
}
