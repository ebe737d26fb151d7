import { type Shape, sizeOf } from "../core/index.ts";
import type { NDArray } from "../ir/index.ts";

/** Visits the positions offset + Σ indexᵢ·stridesᵢ of a block of `shape`, in row-major order of the index. */
export function eachStrided(
  shape: Shape,
  offset: number,
  strides: readonly number[],
  visit: (position: number, i: number) => void,
): void {
  const index = new Array<number>(shape.length).fill(0);
  const size = sizeOf(shape);
  let position = offset;
  for (let i = 0; i < size; i++) {
    visit(position, i);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position += strides[axis];
      if (++index[axis] < shape[axis]) break;
      position -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

/** A new array of `shape` read from `x` at strided positions: transposes, slices and broadcasts are all this. */
export function gatherStrided(x: NDArray, shape: Shape, offset: number, strides: readonly number[]): NDArray {
  const data = new Float64Array(sizeOf(shape));
  eachStrided(shape, offset, strides, (position, i) => {
    data[i] = x.data[position];
  });
  return { shape, data };
}
