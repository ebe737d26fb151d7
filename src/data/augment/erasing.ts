import { chosen, frozen } from "../../core/index.ts";
import { float } from "../../space/index.ts";
import type { AugmentationChoice, PixelUnit } from "./augmentation.ts";

export interface ErasingOptions {
  /** How likely a rectangle is erased. */
  readonly probability: number;
  /** The smallest rectangle, as a share of the picture. */
  readonly least: number;
  /** The largest rectangle, as a share of the picture. */
  readonly most: number;
  /** The flattest rectangle: its height over its width; the steepest is the other way round. */
  readonly ratio: number;
}

/** Rectangles that are tried until one lies inside the picture. */
const TRIES = 10;

/**
 * Random erasing: a rectangle of random bytes somewhere on the picture, so that no single part decides. Zhong et al. 2020,
 * algorithm 1. Differs: the ratio is uniform in its logarithm, so that flat and steep are equally likely; after ten
 * rectangles that do not fit the picture stays whole.
 */
export const erasingAugmentation = frozen<PixelUnit<ErasingOptions>>({
  name: "erasing",
  says: "hide a rectangle",
  stage: "pixels",
  defaults: { probability: 0.5, least: 0.02, most: 0.4, ratio: 0.3 },
  ranges: {
    probability: [0, 1, "closed"],
    least: [0, 1],
    most: [0, 1],
    ratio: [0.01, 1, "closed"],
  },
  space: { probability: float(0, 1), most: float(0.05, 0.5) },
  change: ({ probability, least, most, ratio }, draws, pixels, { height, width, channels }) => {
    if (!draws.happens(probability)) return;
    const flattest = Math.log(ratio);
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const area = draws.between(Math.min(least, most), Math.max(least, most)) * height * width;
      const shape = Math.exp(draws.between(flattest, -flattest));
      const tall = Math.round(Math.sqrt(area * shape));
      const wide = Math.round(Math.sqrt(area / shape));
      const top = draws.below(Math.max(1, height - tall + 1));
      const left = draws.below(Math.max(1, width - wide + 1));
      if (tall > height || wide > width) continue;
      const bytes = new Uint8Array(tall * wide * channels);
      draws.bytes(bytes);
      const row = wide * channels;
      for (let y = 0; y < tall; y++) {
        pixels.set(bytes.subarray(y * row, (y + 1) * row), ((top + y) * width + left) * channels);
      }
      return;
    }
  },
});

/** Hides a rectangle of half of the pictures. */
export const erasing = (options: Partial<ErasingOptions> = {}): AugmentationChoice =>
  chosen("augmentation", erasingAugmentation, options);
