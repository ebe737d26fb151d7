/** A surface as bands of colour, like a map of heights. */
import { mixed, type Rgb } from "./colours.ts";

export const BANDS = 12;

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** [rows, columns] from the lowest on; NaN where there is nothing. */
  readonly values: Float64Array;
  /** Whether places between two columns, or rows, mean something: choices have none. */
  readonly between: readonly [boolean, boolean];
}

/** The smallest and the largest; the same twice where all are alike. */
export function extentOf(values: Float64Array): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Where a place in [0, 1] lies among so many cells: two of them, and how much of the second. */
function among(at: number, count: number, between: boolean): [number, number, number] {
  if (!between) {
    const cell = Math.min(count - 1, Math.floor(at * count));
    return [cell, cell, 0];
  }
  const place = Math.min(count - 1, Math.max(0, at * count - 0.5));
  const first = Math.min(count - 1, Math.floor(place));
  return [first, Math.min(count - 1, first + 1), place - first];
}

/** The value at a place: between the cells' middles linear in both directions; NaN next to nothing. */
export function valueAt({ columns, rows, values, between }: Grid, x: number, y: number): number {
  const [left, right, across] = among(x, columns, between[0]);
  const [below, above, up] = among(y, rows, between[1]);
  const at = (row: number, column: number) => values[row * columns + column];
  const low = across === 0 ? at(below, left) : at(below, left) * (1 - across) + at(below, right) * across;
  if (up === 0) return low;
  const high = across === 0 ? at(above, left) : at(above, left) * (1 - across) + at(above, right) * across;
  return low * (1 - up) + high * up;
}

/**
 * Pixels of a surface, [height, width, 4], the highest y first. Between two bands runs a darker line.
 * @param shareOf what of the way from pale to strong a value goes
 */
export function heatPixels(
  grid: Grid,
  width: number,
  height: number,
  shareOf: (value: number) => number,
  pale: Rgb,
  strong: Rgb,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(width * height * 4);
  const colours = Array.from({ length: BANDS }, (_, band) => mixed(pale, strong, band / (BANDS - 1)));
  const bands = new Int8Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const value = valueAt(grid, (column + 0.5) / width, 1 - (row + 0.5) / height);
      const band = Math.min(BANDS - 1, Math.max(0, Math.floor(shareOf(value) * BANDS)));
      bands[row * width + column] = Number.isNaN(value) ? -1 : band;
    }
  }
  for (let at = 0; at < bands.length; at++) {
    const band = bands[at];
    if (band < 0) continue;
    const [right, below] = [at % width < width - 1 ? bands[at + 1] : band, bands[at + width] ?? band];
    const isEdge = right !== band || below !== band;
    const [r, g, b] = isEdge ? mixed(colours[band], strong, 0.35) : colours[band];
    pixels.set([r, g, b, 255], 4 * at);
  }
  return pixels;
}
