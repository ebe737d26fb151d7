import { chosen, frozen } from "../../core/index.ts";
import { float } from "../../space/index.ts";
import type { AugmentationChoice, PixelUnit } from "./augmentation.ts";

export interface NoiseOptions {
  /** The largest standard deviation, in bytes of 0 … 255. */
  readonly deviation: number;
}

/**
 * 256 values of a standard normal distribution, each as likely as the others: the middles of its 256 quantiles.
 * By bisection of the distribution function, once.
 */
const normal = Float64Array.from({ length: 256 }, (_, i) => {
  let low = -4;
  let high = 4;
  for (let k = 0; k < 40; k++) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < (i + 0.5) / 256) low = middle;
    else high = middle;
  }
  return low;
});

/** Φ(x) for |x| ≤ 4, by its power series (Abramowitz and Stegun 1964, 26.2.11). */
function normalBelow(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; k < 100; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

let random = new Uint8Array(0);
const added = new Int32Array(256);

/**
 * Adds normal noise to every byte, of a strength that is uniform from 0 to `deviation`: sensors of another day. Sietsma and Dow
 * 1991. Differs: one random byte a value, so noise ends at ±2.9 standard deviations.
 */
export const noiseAugmentation = frozen<PixelUnit<NoiseOptions>>({
  name: "noise",
  says: "add normal noise",
  stage: "pixels",
  defaults: { deviation: 8 },
  ranges: { deviation: [0, 128, "closed"] },
  space: { deviation: float(0, 32) },
  change: ({ deviation }, draws, pixels) => {
    const { length } = pixels;
    const strength = draws.between(0, deviation);
    if (random.length !== length) random = new Uint8Array(length);
    draws.bytes(random);
    for (let byte = 0; byte < 256; byte++) added[byte] = Math.round(strength * normal[byte]!);
    for (let i = 0; i < length; i++) {
      const value = pixels[i]! + added[random[i]!]!;
      pixels[i] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  },
});

/** Adds a little normal noise. */
export const noise = (options: Partial<NoiseOptions> = {}): AugmentationChoice =>
  chosen("augmentation", noiseAugmentation, options);
