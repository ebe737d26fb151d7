/**
 * 64 bits that stay nearly the same when a picture is compressed again or resized: the signs of its 64 lowest frequencies
 * but the constant ones, against their median (pHash: Zauner 2010, "Implementation and benchmarking of perceptual image hash
 * functions", section 3.2.1).
 */
import { GREY_BYTES, SIDE } from "./sketch.ts";

const LOWEST = 8;

/** cos(π (2x + 1) u / 64) for the frequencies u = 1 … 8, [8, 32]. */
const waves = Float64Array.from({ length: LOWEST * SIDE }, (_, k) => {
  const u = 1 + Math.floor(k / SIDE);
  return Math.cos((Math.PI * (2 * (k % SIDE) + 1) * u) / (2 * SIDE));
});

/** @returns the 64 bits as two numbers of 32 */
export function perceptualHash(grey: Uint8Array): readonly [number, number] {
  if (grey.length !== GREY_BYTES) throw new Error(`${grey.length} bytes instead of ${GREY_BYTES}`);
  const rows = new Float64Array(SIDE * LOWEST);
  for (let y = 0; y < SIDE; y++) {
    for (let u = 0; u < LOWEST; u++) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += waves[u * SIDE + x] * grey[y * SIDE + x];
      rows[y * LOWEST + u] = sum;
    }
  }
  const frequencies = new Float64Array(LOWEST * LOWEST);
  for (let v = 0; v < LOWEST; v++) {
    for (let u = 0; u < LOWEST; u++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += waves[v * SIDE + y] * rows[y * LOWEST + u];
      frequencies[v * LOWEST + u] = sum;
    }
  }
  const sorted = frequencies.slice().sort();
  const median = (sorted[31] + sorted[32]) / 2;
  const half = (from: number) => {
    let bits = 0;
    for (let k = 0; k < 32; k++) bits |= (frequencies[from + k] > median ? 1 : 0) << k;
    return bits >>> 0;
  };
  return [half(0), half(32)];
}

/** How many of the 32 bits are 1. */
export function ones(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
