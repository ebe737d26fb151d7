import type { Affine, Size } from "./augmentation.ts";

/** First the one, then the other: the place of a pixel under `outer` is looked up under `inner`. */
export function composed(inner: Affine, outer: Affine): Affine {
  const [a, b, c, d, e, f] = inner;
  const [u, v, w, x, y, z] = outer;
  return [a * u + b * x, a * v + b * y, a * w + b * z + c, d * u + e * x, d * v + e * y, d * w + e * z + f];
}

/** 1 in fixed point. Places reach to 2¹⁵ pixels either way, far beyond any picture that is trained on. */
const ONE = 65536;

/**
 * Samples a picture through a map, with bilinear interpolation and places to a 256th of a pixel. Beyond the edge lies the
 * edge: no value comes in that is not in the picture, and bars of a letterbox or the ground of a digit go on as they are.
 * Whole pixels (flips, shifts) are copied exactly.
 */
export function warp(from: Uint8Array, to: Uint8Array, map: Affine, { height, width, channels }: Size): void {
  const [a, b, c, d, e, f] = map;
  const midX = (width - 1) / 2;
  const midY = (height - 1) / 2;
  const stepX = Math.round(a * ONE);
  const stepY = Math.round(d * ONE);
  const lastX = (width - 1) * ONE;
  const lastY = (height - 1) * ONE;
  const stride = width * channels;
  // Places are rounded to the fraction that is used.
  const half = 128;
  let out = 0;
  for (let y = 0; y < height; y++) {
    let placeX = Math.round((midX + c - a * midX + b * (y - midY)) * ONE) + half;
    let placeY = Math.round((midY + f - d * midX + e * (y - midY)) * ONE) + half;
    for (let x = 0; x < width; x++, placeX += stepX, placeY += stepY) {
      const sx = placeX < 0 ? 0 : placeX > lastX ? lastX : placeX;
      const sy = placeY < 0 ? 0 : placeY > lastY ? lastY : placeY;
      const fx = (sx >> 8) & 255;
      const fy = (sy >> 8) & 255;
      const at = (sy >> 16) * stride + (sx >> 16) * channels;
      // At the last column and row the fraction is 0, and so is the weight of what would lie beyond.
      const right = sx < lastX ? at + channels : at;
      const down = sy < lastY ? stride : 0;
      const w11 = Math.imul(fx, fy);
      const w01 = (fx << 8) - w11;
      const w10 = (fy << 8) - w11;
      const w00 = ONE - w01 - w10 - w11;
      for (let k = 0; k < channels; k++) {
        const top = Math.imul(from[at + k]!, w00) + Math.imul(from[right + k]!, w01);
        const bottom = Math.imul(from[at + down + k]!, w10) + Math.imul(from[right + down + k]!, w11);
        to[out++] = (top + bottom + 32768) >> 16;
      }
    }
  }
}
