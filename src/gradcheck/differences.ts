/** The steps that are tried, from large to small. */
export const STEPS: readonly number[] = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9];

/** A backward rule agrees with the differences when the relative error is this at most. */
export const BOUND = 1e-6;

/** Derivatives below this share of the function itself are compared absolutely: rounding hides them from differences. */
const NEGLIGIBLE = 1e-5;

/** What rounding may do to a value, as a share of what was added up to it: some 45 units in the last place of float64. */
const ROUNDING = 1e-14;

/** One-sided slopes that differ by this share of themselves are within the bound anyway. */
const SLIGHT = 1e-7;

/** A function at one point of a line: its value, and the sum of the sizes of what was added up to it. */
export interface Reading {
  readonly value: number;
  readonly magnitude: number;
}

/** The slopes to the left and to the right of a point where they differ, taken over `step`. */
export interface Jump {
  readonly left: number;
  readonly right: number;
  /** The smallest step at which the difference stands out from rounding. */
  readonly step: number;
}

/** One derivative, from the backward rules and from differences. */
export interface Comparison {
  /** What the backward rules say. */
  readonly backward: number;
  /** The central difference (φ(h) − φ(−h)) / 2h at `step`. */
  readonly differences: number;
  /** |backward − differences| / max(|backward|, |differences|, 10⁻⁵ · magnitude of φ(0)); infinite where there is no number. */
  readonly error: number;
  /** The step h of the smallest error. */
  readonly step: number;
  /** The error at every step: truncation makes it rise with large h, as h², rounding with small h, as 1/h. */
  readonly curve: readonly { readonly step: number; readonly error: number }[];
  /** Present where φ has a kink at 0: the one-sided differences do not approach each other as h shrinks. */
  readonly jump?: Jump;
}

/**
 * Holds a derivative φ'(0) against differences of φ at all `steps`.
 *
 * The relative error is |a − n| / max(|a|, |n|, 10⁻⁵ m), where m is the size of what adds up to φ(0): with the bound of
 * 10⁻⁶ a deviation of 10⁻¹¹ m passes, which is what rounding leaves of a difference over a step of 10⁻⁴.
 *
 * @param backward what the backward rules say of φ'(0)
 * @param at φ
 */
export function compare(backward: number, at: (t: number) => Reading, steps = STEPS): Comparison {
  const here = at(0);
  const rows = steps.map((step) => {
    const [ahead, behind] = [at(step).value, at(-step).value];
    const differences = (ahead - behind) / (2 * step);
    const scale = Math.max(Math.abs(backward), Math.abs(differences), NEGLIGIBLE * here.magnitude);
    const relative = backward === differences ? 0 : Math.abs(backward - differences) / scale;
    const error = Number.isNaN(relative) ? Number.POSITIVE_INFINITY : relative;
    return { step, differences, error, right: (ahead - here.value) / step, left: (here.value - behind) / step };
  });
  const best = rows.reduce((smallest, row) => (row.error < smallest.error ? row : smallest));
  const jump = jumpOf(rows, here.magnitude);
  const curve = rows.map(({ step, error }) => ({ step, error }));
  const { differences, error, step } = best;
  return { backward, differences, error, step, curve, ...(jump && { jump }) };
}

/**
 * The one-sided slopes of a smooth function differ by φ''(0)·h + O(h³), so from one step to the tenth of it their difference
 * falls to a tenth. What deviates from that is the sign of a kink closer than the step. A kink *at* 0 deviates by the
 * same amount at every step, down to where rounding drowns it; deviations that shrink with h are higher derivatives, and
 * one that is gone at the next step, though it would be seen there, is a kink between the two.
 */
function jumpOf(rows: readonly Jump[], magnitude: number): Jump | undefined {
  const visible = (i: number) => (ROUNDING * magnitude) / rows[i].step;
  const deviation = (i: number) => {
    const [larger, smaller] = [rows[i - 1], rows[i]];
    const expected = ((larger.right - larger.left) * smaller.step) / larger.step;
    return Math.abs(smaller.right - smaller.left - expected);
  };
  for (let i = rows.length - 1; i > 1; i--) {
    const signal = deviation(i);
    const { left, right, step } = rows[i];
    const nothing = SLIGHT * Math.max(Math.abs(left), Math.abs(right));
    if (!(signal > Math.max(visible(i), nothing))) continue;
    const goneBelow = i + 1 < rows.length && signal > 3 * visible(i + 1);
    return goneBelow || signal < deviation(i - 1) / 2 ? undefined : { left, right, step };
  }
  return undefined;
}
