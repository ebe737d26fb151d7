import type { Encoding } from "./encoding.ts";

/** Square of the height at which a parameter that does not count lies over the middle of its range. */
const APART = 0.25;
/** Square of the distance between a choice and no choice. */
const UNCHOSEN = 0.5;

/**
 * An axis along which points differ. A number u is (u − ½, 0) and a number that does not count (0, ½); choices are the corners of a simplex
 * with edges of length 1, and no choice lies equally far from all of them. So the squares of all distances are those of a Euclidean
 * space, and a kernel of them is positive definite. In the spirit of Swersky et al., "Raiders of the lost architecture", 2013.
 */
export interface Line {
  /** Its axis of the encoding. */
  readonly axis: number;
  readonly kind: "number" | "choice";
  /** By point: u − ½ or 0; of a choice its place. */
  readonly first: Float64Array;
  /** By point: 0 or ½; of a choice 1 where there is none. Absent where the parameter counts in all points. */
  readonly second: Float64Array | undefined;
}

/**
 * The axes along which points, or a place that is asked for, can differ: a parameter with a single value tells nothing, unless it
 * had others before.
 */
export function telling(encoding: Encoding, rows: readonly Float64Array[]): number[] {
  const all = encoding.axes.map((_, axis) => axis);
  return all.filter(
    (axis) => encoding.axes[axis].count > 1 || rows.some((row) => !Number.isNaN(row[axis]) && row[axis] !== 0.5),
  );
}

/** Points of an encoding, column by column. */
export class Points {
  readonly count: number;
  readonly rows: readonly Float64Array[];
  readonly lines: readonly Line[];

  /** @param axes those that are told apart */
  constructor(encoding: Encoding, rows: readonly Float64Array[], axes: readonly number[]) {
    this.rows = rows;
    this.count = rows.length;
    this.lines = axes.map((axis): Line => {
      const { parameter, parent } = encoding.axes[axis];
      const units = Float64Array.from(rows, (row) => row[axis]);
      const kind = parameter.kind === "choice" ? "choice" : "number";
      const first = units.map((unit) => (Number.isNaN(unit) ? 0 : kind === "choice" ? unit : unit - 0.5));
      const absent = kind === "choice" ? 1 : Math.sqrt(APART);
      const everywhere = parent < 0 && !units.some(Number.isNaN);
      const second = everywhere ? undefined : units.map((unit) => (Number.isNaN(unit) ? absent : 0));
      return { axis, kind, first, second };
    });
  }

  /** The same for points whose lines are told apart in the same way. */
  get signature(): string {
    return this.lines.map(({ axis, kind }) => `${kind} ${axis}`).join();
  }

  /**
   * Weighted squares of the distances from a place to the first so many points.
   * @param out [as many points]
   */
  distances(units: Float64Array, weights: Float64Array, out: Float64Array): void {
    out.fill(0);
    for (let l = 0; l < this.lines.length; l++) add(this.lines[l], units[this.lines[l].axis], weights[l], out);
  }

  /** Squares of the distances along each line, for all pairs of points i > j in the order of i, then j: [lines][pairs]. */
  pairs(): Float64Array[] {
    return this.lines.map((line) => {
      const out = new Float64Array((this.count * (this.count - 1)) / 2);
      for (let i = 1, at = 0; i < this.count; at += i, i++)
        add(line, this.rows[i][line.axis], 1, out.subarray(at, at + i));
      return out;
    });
  }
}

/** Adds, for each point, the weighted square of its distance from a place along a line. */
function add({ kind, first, second }: Line, unit: number, weight: number, out: Float64Array): void {
  const n = out.length;
  const none = Number.isNaN(unit);
  if (kind === "choice") {
    const without = none ? 1 : 0;
    for (let i = 0; i < n; i++) {
      if (second !== undefined && second[i] !== without) out[i] += weight * UNCHOSEN;
      else if (!none && first[i] !== unit) out[i] += weight;
    }
    return;
  }
  const at = none ? 0 : unit - 0.5;
  if (second === undefined) {
    for (let i = 0; i < n; i++) {
      const across = first[i] - at;
      out[i] += weight * across * across;
    }
    return;
  }
  const height = none ? Math.sqrt(APART) : 0;
  for (let i = 0; i < n; i++) {
    const across = first[i] - at;
    const along = second[i] - height;
    out[i] += weight * (across * across + along * along);
  }
}

/** Equal to the last bit, NaN too. */
export const sameNumbers = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
