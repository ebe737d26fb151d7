/**
 * The duals of three losses with the penalty ½ Σ W², one row at a time. With C_i the weight of row i, each primal problem is
 * ½ ‖W‖² + Σ_i C_i L_i(x_i W), its solution a sum over the rows, w_c = Σ_i α_ic x_i, and the exact minimum over the α of one
 * row, all others held, has a closed form.
 */

/** The α of all rows and how to improve those of one. */
export interface Dual {
  /** L_i of a row with these scores. */
  loss(label: number, scores: Float64Array, offset: number): number;
  /** By how much a row's α break the optimality conditions, in units of scores; 0 at the optimum. */
  violation(row: number, label: number, scores: Float64Array, offset: number): number;
  /** Minimises over the α of a row; the changes of its coefficients are in `classes` and `changes`. Returns how many changed. */
  improve(row: number, label: number, scores: Float64Array): number;
  readonly classes: Int32Array;
  readonly changes: Float64Array;
  /** Σ over the rows of what the dual objective holds beside −½ ‖W‖². */
  linear(): number;
}

/** What a dual is made of, by the name of its loss. */
export interface DualRequest {
  readonly labels: Int32Array;
  readonly classes: number;
  readonly squaredNorms: Float64Array;
  /** C_i. */
  readonly costs: Float64Array;
  /** By how much the true class has to lead: for the losses that have a margin as an option. */
  readonly margin: number;
}

/** A change of a coefficient below this share of it is rounding. */
const SMALLEST = 1e-15;

/**
 * Crammer and Singer's multiclass loss: max over j of (s_j − s_y + margin [j ≠ y]). Its α of one row sum to 0, with α_y ≤ C and the
 * others ≤ 0. The subproblem is a projection onto that set, solved exactly by sorting; Crammer and Singer 2001, and Keerthi,
 * Sundararajan, Chang, Hsieh, Lin 2008, "A sequential dual method for large scale multi-class linear SVMs".
 */
export function crammerSingerDual({ labels, classes: count, squaredNorms, costs, margin }: DualRequest): Dual {
  const alpha = new Float64Array(labels.length * count);
  const [classes, changes] = [new Int32Array(count), new Float64Array(count)];
  const heights = new Float64Array(count);
  const sorted = new Float64Array(count);
  const rival = (label: number, scores: Float64Array, offset: number) => {
    let largest = scores[offset + label];
    for (let c = 0; c < count; c++) if (c !== label) largest = Math.max(largest, scores[offset + c] + margin);
    return largest;
  };
  return {
    classes,
    changes,
    loss: (label, scores, offset) => rival(label, scores, offset) - scores[offset + label],
    violation(row, label, scores, offset) {
      // The gradient is equal over all α that are not at their bounds, and smaller at none of those.
      let least = Number.POSITIVE_INFINITY;
      for (let c = 0; c < count; c++) {
        const gradient = scores[offset + c] + (c === label ? 0 : margin);
        if (alpha[row * count + c] < (c === label ? costs[row] : 0) && gradient < least) least = gradient;
      }
      return least === Number.POSITIVE_INFINITY ? 0 : rival(label, scores, offset) - least;
    },
    improve(row, label, scores) {
      const size = squaredNorms[row];
      const at = row * count;
      for (let c = 0; c < count; c++) {
        const bound = c === label ? costs[row] : 0;
        heights[c] = scores[c] + (c === label ? 0 : margin) + size * (bound - alpha[at + c]);
      }
      sorted.set(heights);
      sorted.sort();
      const top = sorted[count - 1];
      // β with Σ_c bound_c + min(0, (β − height_c) / size) = 0: the classes above β leave their bound. All is measured from
      // the top, because C · size may be small beside the scores.
      let sum = -size * costs[row];
      let free = 1;
      while (free < count && sum < free * (sorted[count - 1 - free] - top)) sum += sorted[count - 1 - free++] - top;
      const beta = sum / free;
      // A row of zeros moves no score: all of C goes to one class at the top.
      const only = size > 0 ? -1 : heights.indexOf(top);
      let number = 0;
      for (let c = 0; c < count; c++) {
        const bound = c === label ? costs[row] : 0;
        const below = size > 0 ? Math.min(0, (beta - (heights[c] - top)) / size) : c === only ? -costs[row] : 0;
        const next = bound + below;
        const change = next - alpha[at + c];
        if (Math.abs(change) <= SMALLEST * Math.abs(next)) continue;
        alpha[at + c] = next;
        classes[number] = c;
        changes[number++] = change;
      }
      return number;
    },
    linear() {
      let total = 0;
      for (let row = 0; row < labels.length; row++) {
        for (let c = 0; c < count; c++) if (c !== labels[row]) total -= margin * alpha[row * count + c];
      }
      return total;
    },
  };
}

/**
 * One support-vector machine for each class against the rest: Σ_c max(0, 1 − t_c s_c), or its square. 0 ≤ α_c ≤ C for the
 * hinge, 0 ≤ α_c with a ridge of 1 / 2C for its square; each α on its own. Hsieh, Chang, Lin, Keerthi, Sundararajan 2008, "A
 * dual coordinate descent method for large-scale linear SVM".
 */
function oneVsRestDual({ labels, classes: count, squaredNorms, costs }: DualRequest, squared: boolean): Dual {
  const alpha = new Float64Array(labels.length * count);
  const [classes, changes] = [new Int32Array(count), new Float64Array(count)];
  // A row that costs nothing keeps α = 0: the limit of an infinite ridge.
  const upper = (row: number) => (squared && costs[row] > 0 ? Number.POSITIVE_INFINITY : costs[row]);
  const ridge = (row: number) => (squared && costs[row] > 0 ? 0.5 / costs[row] : 0);
  const gradientOf = (row: number, c: number, target: number, score: number) =>
    target * score - 1 + ridge(row) * alpha[row * count + c];
  return {
    classes,
    changes,
    loss(label, scores, offset) {
      let total = 0;
      for (let c = 0; c < count; c++) {
        const short = Math.max(0, 1 - (c === label ? scores[offset + c] : -scores[offset + c]));
        total += squared ? short * short : short;
      }
      return total;
    },
    violation(row, label, scores, offset) {
      let worst = 0;
      for (let c = 0; c < count; c++) {
        const gradient = gradientOf(row, c, c === label ? 1 : -1, scores[offset + c]);
        const value = alpha[row * count + c];
        if ((gradient > 0 && value > 0) || (gradient < 0 && value < upper(row))) {
          worst = Math.max(worst, Math.abs(gradient));
        }
      }
      return worst;
    },
    improve(row, label, scores) {
      let number = 0;
      for (let c = 0; c < count; c++) {
        const target = c === label ? 1 : -1;
        const before = alpha[row * count + c];
        const newton = before - gradientOf(row, c, target, scores[c]) / (squaredNorms[row] + ridge(row));
        const next = Math.min(upper(row), Math.max(0, newton));
        if (Math.abs(next - before) <= SMALLEST * next) continue;
        alpha[row * count + c] = next;
        classes[number] = c;
        changes[number++] = target * (next - before);
      }
      return number;
    },
    linear() {
      let total = 0;
      for (let row = 0; row < labels.length; row++) {
        for (let c = 0; c < count; c++) {
          const value = alpha[row * count + c];
          total += value - 0.5 * ridge(row) * value * value;
        }
      }
      return total;
    },
  };
}

/** The losses that have a dual here, by name. */
export const duals: Readonly<Record<string, (request: DualRequest) => Dual>> = Object.freeze({
  "crammer-singer": crammerSingerDual,
  "one-vs-rest-hinge": (request: DualRequest) => oneVsRestDual(request, false),
  "one-vs-rest-squared-hinge": (request: DualRequest) => oneVsRestDual(request, true),
});
