import type { Rows } from "./oracle.ts";

/** Rows by what they hold that is not 0: row i is entries starts[i] … starts[i + 1] − 1. */
export interface SparseMatrix {
  /** [rows + 1] */
  readonly starts: Int32Array;
  /** The feature of each entry. */
  readonly features: Uint16Array | Int32Array;
  readonly values: Float32Array | Float64Array | Uint8Array;
  readonly width: number;
}

/**
 * How the numbers that are meant come from those that are stored: x_k = scale_k (value_k − shift_k), and behind the last
 * feature one that is always 1, if there is a bias. Bytes of pictures stay bytes, and a black pixel costs nothing though its
 * normalised value is not 0.
 */
export interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
  readonly bias: boolean;
}

/** Classes are taken four at a time: as many sums as stay in registers. */
const GROUP = 4;

/**
 * The weights of a linear classifier over sparse rows, in the form that makes visiting a row cheap. With x = s (u − z), the
 * weights of one class are kept as w = v − q s z, where only v meets the stored entries: w ← w + d x adds d s u to v and d to
 * q. A score is then x·w = (s u)·v − q P_i − R + q Z with the row's P_i = Σ s² u z, the running R = Σ s z v and Z = Σ s² z².
 *
 * @param allScores scores of all rows by weights [features, classes] (with the bias last); by visiting each row when absent
 */
export function sparseRows(
  { starts, features, values, width }: SparseMatrix,
  classes: number,
  { scale, shift, bias }: Affine,
  allScores?: (weights: Float64Array) => Promise<Float64Array>,
): Rows {
  const count = starts.length - 1;
  const stride = Math.ceil(classes / GROUP) * GROUP;
  // Of v, times the scale: what a stored entry is multiplied with.
  const v = new Float64Array(width * stride);
  const q = new Float64Array(classes);
  const running = new Float64Array(classes);
  const biases = new Float64Array(classes);
  const shares = new Float64Array(count);
  const squaredNorms = new Float64Array(count);
  const squared = scale.map((s) => s * s);
  const constant = squared.reduce((total, s, k) => total + s * shift[k] * shift[k], 0);
  for (let row = 0; row < count; row++) {
    let [own, shared] = [0, 0];
    for (let e = starts[row]; e < starts[row + 1]; e++) {
      const [k, u] = [features[e], values[e]];
      own += squared[k] * u * u;
      shared += squared[k] * u * shift[k];
    }
    shares[row] = shared;
    // Of a row that is its own shift nothing but rounding is left, of either sign.
    const square = own - 2 * shared + constant;
    squaredNorms[row] = (square > 1e-14 * (own + constant) ? square : 0) + (bias ? 1 : 0);
  }

  const scores = (row: number, into: Float64Array): void => {
    const [from, to] = [starts[row], starts[row + 1]];
    for (let group = 0; group < classes; group += GROUP) {
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let e = from; e < to; e++) {
        const u = values[e];
        const at = features[e] * stride + group;
        s0 += v[at] * u;
        s1 += v[at + 1] * u;
        s2 += v[at + 2] * u;
        s3 += v[at + 3] * u;
      }
      into[group] = s0;
      if (group + 1 < classes) into[group + 1] = s1;
      if (group + 2 < classes) into[group + 2] = s2;
      if (group + 3 < classes) into[group + 3] = s3;
    }
    for (let c = 0; c < classes; c++) into[c] += q[c] * (constant - shares[row]) - running[c] + biases[c];
  };

  const add = (row: number, list: Int32Array, changes: Float64Array, number: number): void => {
    const [from, to] = [starts[row], starts[row + 1]];
    for (let j = 0; j < number; j++) {
      const c = list[j];
      q[c] += changes[j];
      running[c] += changes[j] * shares[row];
      if (bias) biases[c] += changes[j];
    }
    // Two classes at a time: in the usual case only the true one and its rival change.
    for (let j = 0; j < number; j += 2) {
      const [first, d0] = [list[j], changes[j]];
      const [second, d1] = j + 1 < number ? [list[j + 1], changes[j + 1]] : [first, 0];
      for (let e = from; e < to; e++) {
        const k = features[e];
        const u = squared[k] * values[e];
        v[k * stride + first] += d0 * u;
        v[k * stride + second] += d1 * u;
      }
    }
  };

  const weights = (): Float64Array => {
    const w = new Float64Array((width + (bias ? 1 : 0)) * classes);
    for (let k = 0; k < width; k++) {
      for (let c = 0; c < classes; c++) {
        // v holds s · v here.
        w[k * classes + c] = scale[k] === 0 ? 0 : v[k * stride + c] / scale[k] - q[c] * scale[k] * shift[k];
      }
    }
    if (bias) w.set(biases, width * classes);
    return w;
  };

  const visitAll = async (): Promise<Float64Array> => {
    const all = new Float64Array(count * classes);
    for (let row = 0; row < count; row++) scores(row, all.subarray(row * classes, (row + 1) * classes));
    return all;
  };
  return {
    count,
    classes,
    squaredNorms,
    scores,
    add,
    weights,
    allScores: allScores === undefined ? visitAll : () => allScores(weights()),
  };
}
