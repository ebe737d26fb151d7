import type { SparseMatrix } from "../../solvers/index.ts";

/** Examples as rows, and how the numbers that are meant follow from those stored: x_k = scale_k (value_k − shift_k). */
export interface Features {
  readonly count: number;
  readonly width: number;
  /** [count, width] */
  readonly data: Uint8Array | Float64Array;
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** The entries that are not 0, for methods that visit one example at a time: half of the pixels of clothes on black are. */
export function sparse({ data, count, width }: Features): SparseMatrix {
  const starts = new Int32Array(count + 1);
  let entries = 0;
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) entries++;
  const features = width <= 65536 ? new Uint16Array(entries) : new Int32Array(entries);
  const values = data instanceof Uint8Array ? new Uint8Array(entries) : new Float64Array(entries);
  let at = 0;
  for (let row = 0; row < count; row++) {
    starts[row] = at;
    for (let k = 0; k < width; k++) {
      const value = data[row * width + k];
      if (value === 0) continue;
      features[at] = k;
      values[at++] = value;
    }
  }
  starts[count] = at;
  return { starts, features, values, width };
}
