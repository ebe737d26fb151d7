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
export function warp(from: Uint8Array, to: Uint8Array, map: Affine, size: Size): void {
  const [a, b, c, d, e, f] = map;
  if (b === 0 && d === 0 && (a === 1 || a === -1) && (e === 1 || e === -1) && c % 1 === 0 && f % 1 === 0) {
    copyWhole(from, to, map, size);
  } else interpolate(from, to, map, size);
}

const clamp = (place: number, last: number) => (place < 0 ? 0 : place > last ? last : place);

/** Pixels move by whole steps: 0.2 ms for 64 pictures of 32×32 in colour, where interpolation takes 0.6. */
function copyWhole(from: Uint8Array, to: Uint8Array, map: Affine, { height, width, channels }: Size): void {
  const [a, , c, , e, f] = map;
  const stride = width * channels;
  const startX = (a === 1 ? 0 : width - 1) + c;
  const startY = (e === 1 ? 0 : height - 1) + f;
  for (let y = 0, out = 0; y < height; y++) {
    const row = clamp(startY + e * y, height - 1) * stride;
    for (let x = 0; x < width; x++) {
      const at = row + clamp(startX + a * x, width - 1) * channels;
      to[out++] = from[at]!;
      if (channels === 3) {
        to[out++] = from[at + 1]!;
        to[out++] = from[at + 2]!;
      }
    }
  }
}

function interpolate(from: Uint8Array, to: Uint8Array, map: Affine, { height, width, channels }: Size): void {
  const [a, b, c, d, e, f] = map;
  const midX = (width - 1) / 2;
  const midY = (height - 1) / 2;
  const stepX = Math.round(a * ONE);
  const stepY = Math.round(d * ONE);
  const lastX = (width - 1) * ONE;
  const lastY = (height - 1) * ONE;
  const stride = width * channels;
  // Half a 256th: places are rounded to the fraction that is used.
  const half = 128;
  for (let y = 0, out = 0; y < height; y++) {
    let placeX = Math.round((midX + c - a * midX + b * (y - midY)) * ONE) + half;
    let placeY = Math.round((midY + f - d * midX + e * (y - midY)) * ONE) + half;
    for (let x = 0; x < width; x++, placeX += stepX, placeY += stepY) {
      const sx = clamp(placeX, lastX);
      const sy = clamp(placeY, lastY);
      const fx = (sx >> 8) & 255;
      const fy = (sy >> 8) & 255;
      const topLeft = (sy >> 16) * stride + (sx >> 16) * channels;
      // At the last column and row the fraction is 0, and so is the weight of what would lie beyond.
      const topRight = sx < lastX ? topLeft + channels : topLeft;
      const down = sy < lastY ? stride : 0;
      const w11 = Math.imul(fx, fy);
      const w01 = (fx << 8) - w11;
      const w10 = (fy << 8) - w11;
      const w00 = ONE - w01 - w10 - w11;
      // Written out for colour: a loop over channels takes a quarter longer.
      to[out++] = blend(from, topLeft, topRight, down, w00, w01, w10, w11);
      if (channels === 3) {
        to[out++] = blend(from, topLeft + 1, topRight + 1, down, w00, w01, w10, w11);
        to[out++] = blend(from, topLeft + 2, topRight + 2, down, w00, w01, w10, w11);
      }
    }
  }
}

/** Four neighbours by their weights, which sum to 65536. */
function blend(
  from: Uint8Array,
  left: number,
  right: number,
  down: number,
  w00: number,
  w01: number,
  w10: number,
  w11: number,
): number {
  const top = Math.imul(from[left]!, w00) + Math.imul(from[right]!, w01);
  return (top + Math.imul(from[left + down]!, w10) + Math.imul(from[right + down]!, w11) + 32768) >> 16;
}
