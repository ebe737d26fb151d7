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
  /** λ as a multiple of the features' mean variance. */
  readonly penalty: number;
  readonly validation: BaselineQuality | null;
  readonly test: BaselineQuality | null;
}

/**
 * λ as a multiple of the features' mean variance. It is fixed, so that nothing is chosen on any split: of 1, 0.1 and 0.01 it is
 * the best or within 0.4 points of it, for 100 to 10,000 pictures of Fashion-MNIST and of `builtin:shapes`.
 */
export const PENALTY = 0.1;

/** Rows [count, width] and their classes [count]. */
export interface LabelledRows {
  readonly data: Uint8Array | Float64Array;
  readonly labels: Int32Array;
}

/** Rows as the equations take them: x_k = scale_k (value_k − shift_k). */
type Standard = Pick<Features, "scale" | "shift">;

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
 * deviations, since each may have a unit of its own. λ is `PENALTY` times the mean variance. Nothing in it is random.
 *
 * @param train at least one row
 * @returns null where all training rows are alike: there is nothing to fit
 */
export async function linearBaseline(
  { width, classes, train, validation, test }: BaselineData,
  runtime: Runtime,
  threads?: number,
): Promise<Pick<Baseline, "penalty" | "validation" | "test"> | null> {
  const standard = standardOf(train, width);
  const features = { ...placeable(train.data, standard), count: train.labels.length, width };
  const variance = meanVariance(features);
  if (!(variance > 0)) return null;
  const graphs = gramModel({ chunk: 1, features: width, dtype: dtypeOf(train.data), weighted: false });
  const session = await runtime.createSession(graphs.gram, threads === undefined ? {} : { threads });
  const shares = new Float64Array(features.count).fill(1 / features.count);
  const gram = await gramOf(features, shares, false, session, graphs);
  const { cross, frequencies } = crossMoments(features, train.labels, classes);
  for (let k = 0; k < width; k++) gram[k * width + k] += PENALTY * variance;
  const fit = placed(new Cholesky(gram, width).solve(cross, classes), features, frequencies);
  const judged = (parts: Iterable<LabelledRows> | null) => parts && judge(fit, parts, standard, classes);
  return { penalty: PENALTY, validation: judged(validation), test: judged(test) };
}

const dtypeOf = (data: Uint8Array | Float64Array) => (data instanceof Uint8Array ? "uint8" : "float64");

/** What gives the features of these rows mean 0. */
function standardOf({ data, labels }: LabelledRows, width: number): Standard {
  const count = labels.length;
  const shift = new Float64Array(width);
  for (let at = 0; at < data.length; at += width) for (let k = 0; k < width; k++) shift[k] += data[at + k];
  for (let k = 0; k < width; k++) shift[k] /= count;
  const squares = new Float64Array(width);
  for (let at = 0; at < data.length; at += width)
    for (let k = 0; k < width; k++) squares[k] += (data[at + k] - shift[k]) ** 2;
  // A feature that never changes tells nothing of the training rows, and may be anything in others.
  const scale = squares.map((sum) => {
    if (sum === 0) return 0;
    return data instanceof Uint8Array ? 1 / 255 : 1 / Math.sqrt(sum / count);
  });
  return { scale, shift };
}

/**
 * Bytes stay bytes, whose products are exact, and the map is put in afterwards. Other numbers are mapped here: the mean of a
 * feature may be a million times its deviation, and would cancel in the Gram matrix.
 */
function placeable(data: Uint8Array | Float64Array, standard: Standard): Standard & Pick<Features, "data"> {
  if (data instanceof Uint8Array) return { data, ...standard };
  const { scale, shift } = standard;
  const width = scale.length;
  const mapped = data.map((value, at) => scale[at % width] * (value - shift[at % width]));
  return { data: mapped, scale: new Float64Array(width).fill(1), shift: new Float64Array(width) };
}

/** The mean over the features, of features with mean 0. */
function meanVariance({ count, width, data, scale, shift }: Features): number {
  let total = 0;
  for (let at = 0; at < data.length; at += width)
    for (let k = 0; k < width; k++) total += (scale[k] * (data[at + k] - shift[k])) ** 2;
  return total / count / width;
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

/** How good a fit is on all rows, of which there is at least one. */
function judge(
  { v, offset }: Fit,
  parts: Iterable<LabelledRows>,
  standard: Standard,
  classes: number,
): BaselineQuality {
  const scores = new Float64Array(classes);
  const width = standard.shift.length;
  let [images, right] = [0, 0];
  for (const { data: given, labels } of parts) {
    const { data } = placeable(given, standard);
    images += labels.length;
    for (let row = 0; row < labels.length; row++) {
      scores.set(offset);
      for (let k = 0; k < width; k++) {
        const value = data[row * width + k];
        if (value === 0) continue;
        for (let c = 0; c < classes; c++) scores[c] += value * v[k * classes + c];
      }
      if (predictedClass(scores, 0, classes) === labels[row]) right++;
    }
  }
  return { images, accuracy: right / images };
}
