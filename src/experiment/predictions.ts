import type { Dataset } from "../data/index.ts";
import { type Figures, predictedClass, surprisal } from "../metrics/index.ts";

/** What the classifier said of one picture. */
export interface Prediction {
  readonly split: string;
  /** Of the picture, among those of the data. */
  readonly index: number;
  readonly path: string;
  readonly truth: number;
  readonly predicted: number;
  readonly probability: number;
  readonly loss: number;
  /** The class with the second largest probability; of equals the first. */
  readonly second: number;
  readonly secondProbability: number;
  /** ln of the ratio of both probabilities, from the scores: it tells certain answers apart whose probabilities round to 1. */
  readonly margin: number;
}

/** How good a model is on the pictures of one name, and what it says of each. */
export interface Judged {
  readonly name: "validation" | "test" | "declared test";
  readonly figures: Figures;
  readonly predictions: readonly Prediction[];
}

/**
 * Predictions of one split.
 * @param scores [count, classes]
 * @param probabilities softmax(temperature · scores), [count, classes]
 */
export function predictionsOf(
  split: string,
  indices: Int32Array,
  { pictures, classes }: Pick<Dataset, "pictures" | "classes">,
  scores: Float32Array,
  probabilities: Float64Array,
  temperature: number,
): Prediction[] {
  return Array.from(indices, (index, row) => {
    const at = (c: number) => row * classes.length + c;
    const truth = pictures.labels[index];
    const predicted = predictedClass(scores, row, classes.length);
    let second = predicted === 0 ? 1 : 0;
    for (let c = 0; c < classes.length; c++) {
      if (c !== predicted && scores[at(c)] > scores[at(second)]) second = c;
    }
    return {
      split,
      index,
      path: pictures.paths[index],
      truth,
      predicted,
      probability: probabilities[at(predicted)],
      loss: surprisal(probabilities[at(truth)]),
      second,
      secondProbability: probabilities[at(second)],
      margin: temperature * (scores[at(predicted)] - scores[at(second)]),
    };
  });
}
