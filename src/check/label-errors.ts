/**
 * Which labels are probably wrong, by confident learning (Northcutt, Jiang and Chuang 2021, "Confident learning: estimating
 * uncertainty in dataset labels", JAIR 70): a class's threshold is the mean probability that its own pictures get for it; a
 * picture that reaches the threshold of another class, and most of all of that one, is a suspect. Suspects come in the order of the normalized
 * margin, the probability of the given label minus the highest of the others.
 */

export interface Suspect {
  readonly index: number;
  /** Class that the picture is filed under. */
  readonly given: number;
  /** Class that it looks like. */
  readonly likely: number;
  /** Held-out probability of `likely`. */
  readonly probability: number;
  /** p(given) − p(likely), in [−1, 0). */
  readonly margin: number;
}

export interface LabelJudgement {
  /** The worst first. */
  readonly suspects: readonly Suspect[];
  /** All pictures, the least plausible label first. */
  readonly ranking: Int32Array;
  /** Share of the pictures whose label the model gives as well, without having seen them. */
  readonly agreement: number;
  /**
   * How far the model's mean recall over the classes is from chance (0) to perfect (1); where it is near 0 the model knows nothing,
   * and its suspects are noise.
   */
  readonly skill: number;
}

/** @param probabilities held-out, [count, classes] */
export function judgeLabels(probabilities: Float32Array, labels: Int32Array, classes: number): LabelJudgement {
  const count = labels.length;
  const thresholds = new Float64Array(classes);
  const sizes = new Int32Array(classes);
  for (let i = 0; i < count; i++) {
    thresholds[labels[i]] += probabilities[i * classes + labels[i]];
    sizes[labels[i]]++;
  }
  for (let c = 0; c < classes; c++) thresholds[c] /= Math.max(1, sizes[c]);
  const margins = new Float64Array(count);
  const suspects: Suspect[] = [];
  const agreed = new Int32Array(classes);
  for (let i = 0; i < count; i++) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    const given = labels[i];
    let likely = given === 0 ? 1 : 0;
    for (let c = 0; c < classes; c++) if (c !== given && row[c] > row[likely]) likely = c;
    const margin = row[given] - row[likely];
    margins[i] = margin;
    if (margin >= 0) agreed[given]++;
    if (margin < 0 && sizes[likely] > 0 && row[likely] >= thresholds[likely]) {
      suspects.push({ index: i, given, likely, probability: row[likely], margin });
    }
  }
  suspects.sort((a, b) => a.margin - b.margin || a.index - b.index);
  const ranking = Int32Array.from(margins.keys()).sort((a, b) => margins[a] - margins[b] || a - b);
  const agreement = count === 0 ? 1 : agreed.reduce((sum, one) => sum + one, 0) / count;
  const recall = agreed.reduce((sum, one, c) => sum + one / Math.max(1, sizes[c]), 0) / classes;
  return { suspects, ranking, agreement, skill: (recall - 1 / classes) / (1 - 1 / classes) };
}
