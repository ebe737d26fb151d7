/** What reductions share: axes, the shapes with and without them, and the reference loop. */
import { formatShape, type Shape, sizeOf, UsageError } from "../core/index.ts";
import type { NDArray, Tensor, TensorType } from "../ir/index.ts";
import { broadcastIndices } from "./elementwise.ts";

/** One axis or several; negative ones count from the end. */
export type Axes = number | readonly number[];

export interface ReduceAttrs {
  /** Ascending, not negative. */
  readonly axes: readonly number[];
  /** Keep the axes with size 1. */
  readonly keepAxes: boolean;
}

export function normalizeAxes(name: string, x: Tensor, axes: Axes | undefined): number[] {
  if (axes === undefined) return [...x.shape.keys()];
  const list = typeof axes === "number" ? [axes] : axes;
  const normal = list.map((axis) => (axis < 0 ? axis + x.rank : axis));
  if (
    normal.some((axis) => !Number.isInteger(axis) || axis < 0 || axis >= x.rank) ||
    new Set(normal).size !== normal.length
  ) {
    const what = `axes ${formatShape(list)} of a tensor of shape ${formatShape(x.shape)}`;
    throw new UsageError(name, what, `name each axis once, from ${-x.rank} to ${x.rank - 1}`);
  }
  return normal.sort((a, b) => a - b);
}

/** The shape with the reduced axes at size 1. */
export function keptShape(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
}

export function reducedShape(x: TensorType, { axes, keepAxes }: ReduceAttrs): Shape {
  return keepAxes ? keptShape(x.shape, axes) : x.shape.filter((_, axis) => !axes.includes(axis));
}

/** Folds x over `axes`, from `start`, in row-major order. */
export function reduceOver(
  x: NDArray,
  axes: readonly number[],
  shape: Shape,
  start: number,
  fold: (total: number, value: number) => number,
): NDArray {
  const data = new Float64Array(sizeOf(shape)).fill(start);
  const target = broadcastIndices(keptShape(x.shape, axes), x.shape);
  for (let i = 0; i < x.data.length; i++) data[target[i]] = fold(data[target[i]], x.data[i]);
  return { shape, data };
}
