import { type Random, type Shape, sizeOf, stridesOf } from "../core/index.ts";
import type { NDArray } from "../ir/index.ts";

/** A value for every input of a graph, by name. */
export type Feeds = Readonly<Record<string, NDArray>>;

/** Random numbers of a shape. They are float32 numbers, so that the reference and a runtime can be given the same ones. */
export function draw(shape: Shape, next: () => number): NDArray {
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(next())) };
}

/** Standard normal numbers of a shape. */
export const normals = (shape: Shape, random: Random): NDArray => draw(shape, () => random.normal());

/** a + t·b. */
export function shifted(a: NDArray, t: number, b: NDArray): NDArray {
  return { shape: a.shape, data: a.data.map((value, i) => value + t * b.data[i]) };
}

/** ⟨a, b⟩, and Σ|a·b|, the size of what was added up: rounding is a share of the second. */
export function weighed(a: NDArray, b: NDArray): { value: number; magnitude: number } {
  let value = 0;
  let magnitude = 0;
  for (let i = 0; i < a.data.length; i++) {
    const term = a.data[i] * b.data[i];
    value += term;
    magnitude += Math.abs(term);
  }
  return { value, magnitude };
}

/** The index of the element at a place in row-major order. */
export function indexOf(place: number, shape: Shape): number[] {
  return stridesOf(shape).map((stride, axis) => Math.floor(place / stride) % shape[axis]);
}
