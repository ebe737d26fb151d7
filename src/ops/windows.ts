/** What convolution and pooling share: the arithmetic of windows that slide over [.., height, width]. */
import { reject } from "../ir/index.ts";

export type Pair = readonly [number, number];

/** One number for both axes, or [vertical, horizontal]. */
export type PairLike = number | Pair;

export const pairOf = (value: PairLike): Pair => (typeof value === "number" ? [value, value] : value);

/** Places of a window along one axis: ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1. */
export function windowCount(size: number, kernel: number, stride: number, padding: number, dilation = 1): number {
  if (![kernel, stride, dilation, padding + 1].every((value) => Number.isInteger(value) && value >= 1)) {
    reject(
      `kernel ${kernel}, stride ${stride}, dilation ${dilation} and padding ${padding} are not all whole numbers in range`,
      "use 1 or more, padding 0 or more; padding that keeps the size needs an odd kernel",
    );
  }
  const count = Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
  if (!(count >= 1)) {
    reject(
      `a window of ${dilation * (kernel - 1) + 1} does not fit into size ${size} with padding ${padding}`,
      "use a larger input, a smaller kernel or more padding",
    );
  }
  return count;
}

/** Visits every (output row, output column, kernel row, kernel column, input row, input column) inside the input. */
export function eachWindow(
  [height, width]: Pair,
  [rows, columns]: Pair,
  geometry: { kernel: Pair; stride: Pair; padding: Pair; dilation: Pair },
  visit: (row: number, column: number, i: number, j: number, y: number, x: number) => void,
): void {
  const { kernel, stride, padding, dilation } = geometry;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let i = 0; i < kernel[0]; i++) {
        for (let j = 0; j < kernel[1]; j++) {
          const y = row * stride[0] - padding[0] + i * dilation[0];
          const x = column * stride[1] - padding[1] + j * dilation[1];
          if (y >= 0 && y < height && x >= 0 && x < width) visit(row, column, i, j, y, x);
        }
      }
    }
  }
}
