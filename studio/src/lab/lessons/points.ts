/** Points scattered about a line, and the loss of a line through them: for the lessons with w and b together. */
import { Random } from "../../../../src/core/index.ts";
import { type Interpreted, interpret, solve } from "../../../../src/descent/index.ts";
import type { Tensor } from "../../../../src/ir/index.ts";
import { add, matmul, mean, mul, square, sub } from "../../../../src/ops/index.ts";
import { closedForm } from "../../../../src/solvers/index.ts";
import { type Grid, gridPoint, type Range } from "../parts/plane.ts";

export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}
export interface Scatter {
  readonly seed: number;
  readonly count: number;
  readonly low: number;
  readonly high: number;
  readonly noise: number;
}

/** y = ½x + 1 and normal noise; hundredths, so that they can be written down. */
export function scattered({ seed, count, low, high, noise }: Scatter): Points {
  const random = new Random(seed, "lab points");
  const hundredths = (value: number) => Math.round(value * 100) / 100;
  const pairs = Array.from({ length: count }, () => {
    const x = hundredths(random.between(low, high));
    return [x, hundredths(0.5 * x + 1 + noise * random.normal())] as const;
  });
  return { x: pairs.map(([x]) => x), y: pairs.map(([, y]) => y) };
}

/** The same points as a program makes them. */
export const scatteredCode = ({ seed, count, low, high, noise }: Scatter) =>
  `const random = new Random(${seed}, "lab points");
const hundredths = (value) => Math.round(value * 100) / 100;
const points = Array.from({ length: ${count} }, () => {
  const x = hundredths(random.between(${low}, ${high}));
  return [x, hundredths(0.5 * x + 1 + ${noise} * random.normal())];
});
const [x, y] = [points.map((point) => point[0]), points.map((point) => point[1])];`;

export type Both = Record<"w" | "b", Tensor>;
export type Data = Record<"x" | "y", Tensor>;

/** ½ mean (wx + b − y)². */
export const lossOfBoth = ({ w, b }: Both, { x, y }: Data): Tensor => mul(0.5, mean(square(sub(add(mul(w, x), b), y))));

export const lossCode =
  "({ w, b }, { x, y }) => mul(0.5, mean(square(sub(add(mul(w, x), b), y)))); // ½ mean (wx + b − y)²";

/** The best line by calculus, and the Hessian of the loss by w and b. */
export async function optimum(points: Points) {
  const { at, loss, hessian } = await solve(lossOfBoth, { w: 0, b: 0 }, { solver: closedForm(), data: { ...points } });
  return { w: at.w.value, b: at.b.value, loss, hessian };
}

/** The eigenvalues of a symmetric 2 × 2 matrix, the larger first, and the unit vector of the larger. */
export function eigen([[a, b], [, d]]: readonly (readonly number[])[]) {
  const middle = (a + d) / 2;
  const half = Math.hypot((a - d) / 2, b);
  const [largest, smallest] = [middle + half, middle - half];
  const [vx, vy] = Math.abs(b) > 1e-15 ? [b, largest - a] : a >= d ? [1, 0] : [0, 1];
  const length = Math.hypot(vx, vy);
  return { largest, smallest, direction: [vx / length, vy / length] as const };
}

/** The loss over a rectangle of (w, b), all in one call. */
export function lossGrid(points: Points, xs: Range, ys: Range, columns = 61, rows = 49): Grid {
  const at = Array.from({ length: columns * rows }, (_, i) => gridPoint({ columns, rows, xs, ys }, i));
  const column = (values: readonly number[]) => ({ shape: [values.length, 1], data: Float64Array.from(values) });
  const row = (values: readonly number[]) => ({ shape: [1, values.length], data: Float64Array.from(values) });
  const { loss }: { loss: Interpreted } = interpret(({ w, b, x, y }: Both & Data) => ({
    loss: mul(0.5, mean(square(sub(add(matmul(w, x), b), y)), 1)),
  }))({ w: column(at.map(([w]) => w)), b: column(at.map(([, b]) => b)), x: row(points.x), y: row(points.y) });
  return { columns, rows, xs, ys, values: loss.data };
}
