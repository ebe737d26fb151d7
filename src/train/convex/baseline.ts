import { Cholesky } from "../../core/index.ts";
import { predictedClass } from "../../metrics/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import type { Features } from "./features.ts";
import { gramOf } from "./gram.ts";
import { gramModel } from "./graphs.ts";

/** How many of so many pictures were told right. */
export interface BaselineQuality {
  readonly images: number;
  readonly accuracy: number;
}

/** What least squares on the same features reaches; a network that is not better has learned nothing of shapes. */
export interface Baseline {
  /** Numbers of each picture that it sees. */
  readonly features: number;
  /** Each is the mean of a square of so many pixels a side; 1: the pixels themselves. */
  readonly pooled: number;
  /** Training pictures that it was fitted to: evenly spaced ones, where there are more than its bound. */
  readonly trained: number;
  /** λ as a multiple of the features' mean variance, one of `PENALTIES`. */
  readonly penalty: number;
  readonly validation: BaselineQuality | null;
  readonly test: BaselineQuality | null;
}

/** The λ that are tried, in multiples of the mean variance; the strongest first, which of equals is kept. */
export const PENALTIES: readonly number[] = [1, 0.1, 0.01, 0.001];

/** λ where there are no validation pictures to choose it by. */
const USUAL_PENALTY = 0.01;

/** Rows [count, width] and their classes [count]. */
export interface LabelledRows {
  readonly data: Uint8Array | Float64Array;
  readonly labels: Int32Array;
}

export interface BaselineData {
  readonly width: number;
  readonly classes: number;
  readonly train: LabelledRows;
  /** Rows come in parts, so that not all are in memory at once; null without any. */
  readonly validation: Iterable<LabelledRows> | null;
  readonly test: Iterable<LabelledRows> | null;
}

/**
 * Ridge regression on one-hot targets (Hoerl and Kennard 1970), in closed form: W minimises
 * (1 / n) Σ_i ‖(x_i − x̄) W − (t_i − t̄)‖² + λ ‖W‖², and the answer is the class with the largest score; the bias is not penalised.
 * Bytes are all divided by 255, so that a pixel that is nearly always black counts little; other numbers are divided by their
 * deviations, since each may have a unit of its own. λ is the one of `PENALTIES` with the best accuracy on the validation rows.
 * Nothing in it is random.
 *
 * @returns null where all training rows are alike: there is nothing to fit
 */
export async function linearBaseline(
  { width, classes, train, validation, test }: BaselineData,
  runtime: Runtime,
  threads?: number,
): Promise<Pick<Baseline, "penalty" | "validation" | "test"> | null> {
  const { features, variance } = standardised(train, width);
  if (!(variance > 0)) return null;
  const graphs = gramModel({ chunk: 1, features: width, dtype: dtypeOf(train.data), weighted: false });
  const session = await runtime.createSession(graphs.gram, threads === undefined ? {} : { threads });
  const shares = new Float64Array(features.count).fill(1 / features.count);
  const gram = await gramOf(features, shares, false, session, graphs);
  const { cross, frequencies } = crossMoments(features, train.labels, classes);
  const penalties = validation === null ? [USUAL_PENALTY] : PENALTIES;
  const fits = penalties.map((penalty) => {
    const system = gram.slice();
    for (let k = 0; k < width; k++) system[k * width + k] += penalty * variance;
    return placed(new Cholesky(system, width).solve(cross, classes), features, frequencies);
  });
  const tried = validation === null ? [] : judge(fits, validation, width, classes);
  const best = tried.reduce((at, { accuracy }, i) => (accuracy > tried[at].accuracy ? i : at), 0);
  const [tested = null] = test === null ? [] : judge([fits[best]], test, width, classes);
  return { penalty: penalties[best], validation: tried[best] ?? null, test: tested };
}

const dtypeOf = (data: Uint8Array | Float64Array) => (data instanceof Uint8Array ? "uint8" : "float64");

/** Features with mean 0, and the mean of their variances. */
function standardised({ data, labels }: LabelledRows, width: number): { features: Features; variance: number } {
  const count = labels.length;
  const shift = new Float64Array(width);
  for (let at = 0; at < data.length; at += width) for (let k = 0; k < width; k++) shift[k] += data[at + k];
  for (let k = 0; k < width; k++) shift[k] /= count;
  const squares = new Float64Array(width);
  for (let at = 0; at < data.length; at += width)
    for (let k = 0; k < width; k++) squares[k] += (data[at + k] - shift[k]) ** 2;
  const deviations = squares.map((sum) => Math.sqrt(sum / count));
  // A feature that never changes tells nothing of the training rows, and may be anything in others.
  const scale = deviations.map((own) => (own === 0 ? 0 : data instanceof Uint8Array ? 1 / 255 : 1 / own));
  const variance = deviations.reduce((sum, own, k) => sum + (own * scale[k]) ** 2, 0) / width;
  return { features: { count, width, data, scale, shift }, variance };
}

/** (1 / n) Σ x tᵀ [width, classes] of features with mean 0, and the share of each class. */
function crossMoments({ count, width, data, scale, shift }: Features, labels: Int32Array, classes: number) {
  const sums = new Float64Array(width * classes);
  const frequencies = new Float64Array(classes);
  for (let i = 0; i < count; i++) {
    const label = labels[i];
    frequencies[label] += 1 / count;
    for (let k = 0; k < width; k++) sums[k * classes + label] += data[i * width + k];
  }
  const cross = sums.map((sum, at) => {
    const k = Math.floor(at / classes);
    return scale[k] * (sum / count - shift[k] * frequencies[at % classes]);
  });
  return { cross, frequencies };
}

/** Scores are value · v + offset, of values as they are stored. */
interface Fit {
  readonly v: Float64Array;
  readonly offset: Float64Array;
}

function placed(w: Float64Array, { width, scale, shift }: Features, frequencies: Float64Array): Fit {
  const classes = frequencies.length;
  const v = w.map((value, at) => scale[Math.floor(at / classes)] * value);
  const offset = frequencies.slice();
  for (let k = 0; k < width; k++) for (let c = 0; c < classes; c++) offset[c] -= shift[k] * v[k * classes + c];
  return { v, offset };
}

/** How good each fit is on all rows, of which there is at least one. */
function judge(fits: readonly Fit[], parts: Iterable<LabelledRows>, width: number, classes: number): BaselineQuality[] {
  const right = fits.map(() => 0);
  const scores = new Float64Array(classes);
  let images = 0;
  for (const { data, labels } of parts) {
    images += labels.length;
    for (const [i, { v, offset }] of fits.entries()) {
      for (let row = 0; row < labels.length; row++) {
        scores.set(offset);
        for (let k = 0; k < width; k++) {
          const value = data[row * width + k];
          if (value === 0) continue;
          for (let c = 0; c < classes; c++) scores[c] += value * v[k * classes + c];
        }
        if (predictedClass(scores, 0, classes) === labels[row]) right[i]++;
      }
    }
  }
  return right.map((count) => ({ images, accuracy: count / images }));
}
