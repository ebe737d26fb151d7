import type { Tensor } from "../ir/index.ts";
import { dequantize, reshape, standardize, transpose } from "../ops/index.ts";

/**
 * How what is stored becomes numbers for the network: of pictures the mean and the deviation of the training pictures' bytes /
 * 255, one for each channel; of data that are numbers already those of each feature over the training rows.
 */
export interface Normalization {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/**
 * The second stage of preprocessing, part of every network: bytes [batch, height, width, channels] to numbers
 * [batch, channels, height, width] with mean 0 and deviation 1 over the training pictures: (x / 255 − mean) / deviation.
 * The mean is rounded to a byte, so that this is one pass over the bytes (a shift of half a byte at most is nothing to a
 * network with biases). Axes are exchanged while the pictures are bytes: a quarter of the traffic. One channel has none to
 * exchange, only another form, and what a network does to that first, such as flattening, takes the place of this change.
 */
export function numbers(pixels: Tensor, { mean, deviation }: Normalization): Tensor {
  const [batch, height, width, channels] = pixels.shape;
  const scale = deviation.map((d) => 1 / (255 * d));
  const zeroPoint = mean.map((m) => Math.round(m * 255));
  return channels === 1
    ? reshape(dequantize(pixels, { scale, zeroPoint, axis: 3 }), [batch, 1, height, width])
    : dequantize(transpose(pixels, [0, 3, 1, 2]), { scale, zeroPoint, axis: 1 });
}

/**
 * The same stage for data that are numbers: float32 [batch, features] to mean 0 and deviation 1 of each feature over the
 * training rows.
 */
export function standardized(features: Tensor, { mean, deviation }: Normalization): Tensor {
  return standardize(features, { shift: mean, scale: deviation.map((d) => 1 / d) });
}
