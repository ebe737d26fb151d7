/** A rectangle of numbers laid on a rectangle of pixels, y upwards. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** Back from pixels. */
  readonly fromX: (pixel: number) => number;
  readonly fromY: (pixel: number) => number;
  readonly xs: Range;
  readonly ys: Range;
}
export type Range = readonly [low: number, high: number];

export interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}
export const margins: Margins = { left: 44, right: 12, top: 26, bottom: 34 };

export function planeOf(width: number, height: number, xs: Range, ys: Range, space: Margins = margins): Plane {
  const [w, h] = [width - space.left - space.right, height - space.top - space.bottom];
  const [dx, dy] = [xs[1] - xs[0], ys[1] - ys[0]];
  return {
    ...{ width, height, xs, ys },
    x: (value) => space.left + ((value - xs[0]) / dx) * w,
    y: (value) => space.top + h - ((value - ys[0]) / dy) * h,
    fromX: (pixel) => xs[0] + ((pixel - space.left) / w) * dx,
    fromY: (pixel) => ys[0] + ((space.top + h - pixel) / h) * dy,
  };
}

/** Round numbers in a range, about `count` of them. */
export function ticks([low, high]: Range, count = 6): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  const found: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    found.push(Number((k * step).toPrecision(12)) + 0);
  }
  return found;
}

/** A line through points, as SVG writes it; it stops where a number is none, or far outside. */
export function pathOf(plane: Plane, points: readonly (readonly [number, number])[]): string {
  let text = "";
  for (const [x, y] of points) {
    const [px, py] = [plane.x(x), plane.y(y)];
    if (!Number.isFinite(px) || !Number.isFinite(py)) break;
    text += `${text === "" ? "M" : "L"}${limited(px)} ${limited(py)}`;
  }
  return text;
}

/** Browsers draw nothing at pixel 10¹²: what leaves the picture leaves it in the right direction, which is enough. */
const limited = (pixel: number) => Math.max(-20_000, Math.min(20_000, pixel)).toFixed(1);

/** The numbers of a function on a grid: value of row r (y) and column c (x) at r · columns + c. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly xs: Range;
  readonly ys: Range;
  readonly values: ArrayLike<number>;
}

export const gridPoint = ({ columns, rows, xs, ys }: Omit<Grid, "values">, place: number): [number, number] => [
  xs[0] + ((place % columns) / (columns - 1)) * (xs[1] - xs[0]),
  ys[0] + (Math.floor(place / columns) / (rows - 1)) * (ys[1] - ys[0]),
];

/**
 * Where the function on the grid is `level`: pieces of line, by marching squares with linear interpolation on the edges of
 * each cell.
 */
export function contour(grid: Grid, level: number): [number, number, number, number][] {
  const { columns, rows, values } = grid;
  const pieces: [number, number, number, number][] = [];
  for (let r = 0; r + 1 < rows; r++) {
    for (let c = 0; c + 1 < columns; c++) {
      const corners = [r * columns + c, r * columns + c + 1, (r + 1) * columns + c + 1, (r + 1) * columns + c];
      const crossings: [number, number][] = [];
      for (let k = 0; k < 4; k++) {
        const [a, b] = [corners[k], corners[(k + 1) % 4]];
        if (values[a] < level === values[b] < level) continue;
        const share = (level - values[a]) / (values[b] - values[a]);
        const [[ax, ay], [bx, by]] = [gridPoint(grid, a), gridPoint(grid, b)];
        crossings.push([ax + share * (bx - ax), ay + share * (by - ay)]);
      }
      for (let k = 0; k + 1 < crossings.length; k += 2) pieces.push([...crossings[k], ...crossings[k + 1]]);
    }
  }
  return pieces;
}
