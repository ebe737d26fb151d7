import { type Shape, sizeOf } from "../core/index.ts";

/** Weights as bytes: w ≈ q · scale, one scale for each place along `axis`. */
export interface QuantizedWeights {
  /** In [−127, 127], in the order of the weights. */
  readonly values: Int8Array<ArrayBuffer>;
  /** [shape[axis]] */
  readonly scales: Float32Array<ArrayBuffer>;
  readonly axis: number;
}

/** Bytes that a scale is divided into on each side of 0. −128 stays unused, so that a weight and its negative are alike. */
const LEVELS = 127;

/**
 * Symmetric quantization with a scale for each unit that the weights lead into: convolution weights [filters, …] have one
 * for each filter, a matrix [in, out] one for each column. The largest weight of a unit becomes ±127, so an error is half a
 * scale at most. (Krishnamoorthi 2018, "Quantizing deep convolutional networks for efficient inference", section 3.)
 *
 * Only what is stored becomes small: DequantizeLinear makes float32 of it again, so nothing saturates, and a processor
 * without instructions for dot products of bytes answers as one that has them.
 */
export function quantizeWeights(weights: Float32Array, shape: Shape): QuantizedWeights {
  const axis = shape.length === 2 ? 1 : 0;
  const inner = sizeOf(shape.slice(axis + 1));
  const placeOf = (i: number) => Math.floor(i / inner) % shape[axis];
  const scales = new Float32Array(shape[axis]);
  for (let i = 0; i < weights.length; i++) {
    const place = placeOf(i);
    scales[place] = Math.max(scales[place], Math.abs(weights[i]) / LEVELS);
  }
  // A unit whose weights are all 0 needs some scale.
  for (let place = 0; place < scales.length; place++) if (scales[place] === 0) scales[place] = 1;
  const values = new Int8Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    const scaled = Math.round(weights[i] / scales[placeOf(i)]);
    values[i] = Math.max(-LEVELS, Math.min(LEVELS, scaled));
  }
  return { values, scales, axis };
}
