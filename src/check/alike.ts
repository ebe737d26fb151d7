/** Whether two sketches show the same picture. */
import type { Sketch } from "./sketch.ts";

/** Least correlation of the two 32×32 rasters. */
const CORRELATION = 0.99;
/** Largest mean difference of their 8×8 colours, of 255. */
const COLOUR_DIFFERENCE = 6;
/** Standard deviation below which a picture is one flat surface, of 255: its correlation says nothing. */
const FLAT = 2;

/** Pearson's correlation of the greys, or undefined where one of them is flat. */
export function correlation(a: Uint8Array, b: Uint8Array): number | undefined {
  const count = a.length;
  let [sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    sumA += a[i];
    sumB += b[i];
    squareA += a[i] * a[i];
    squareB += b[i] * b[i];
    product += a[i] * b[i];
  }
  const varianceA = squareA / count - (sumA / count) ** 2;
  const varianceB = squareB / count - (sumB / count) ** 2;
  if (varianceA < FLAT * FLAT || varianceB < FLAT * FLAT) return undefined;
  return (product / count - (sumA / count) * (sumB / count)) / Math.sqrt(varianceA * varianceB);
}

/** The same picture, compressed again or resized; a flat one is like no other. */
export function alike(a: Sketch, b: Sketch): boolean {
  const similar = correlation(a.grey, b.grey);
  if (similar === undefined || similar < CORRELATION) return false;
  let difference = 0;
  for (let i = 0; i < a.colour.length; i++) difference += Math.abs(a.colour[i] - b.colour[i]);
  return difference / a.colour.length <= COLOUR_DIFFERENCE;
}
