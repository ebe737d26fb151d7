import { chosen, frozen } from "../../core/index.ts";
import { float, logFloat } from "../../space/index.ts";
import type { AugmentationChoice, MixUnit } from "./augmentation.ts";

export interface CutmixOptions {
  /** Of the distribution Beta(α, α) of the shares; at 1 every share is equally likely. */
  readonly alpha: number;
  /** How likely a picture is mixed. */
  readonly probability: number;
}

/**
 * CutMix: a rectangle of another training picture is pasted over this one, and classes count by their areas. Its sides are
 * √(1 − λ) of the picture's, λ from Beta(α, α), its middle anywhere; what hangs over the edge is cut off, and the share is what
 * is really seen. Yun et al. 2019, section 3.1 and appendix A.
 * Differs: the partner is any training picture, as in mixup.
 */
export const cutmixAugmentation = frozen<MixUnit<CutmixOptions>>({
  name: "cutmix",
  says: "paste a piece of another picture",
  stage: "mix",
  defaults: { alpha: 1, probability: 0.5 },
  ranges: { alpha: [0.05, 2, "closed"], probability: [0, 1, "closed"] },
  space: { alpha: logFloat(0.1, 2), probability: float(0, 1) },
  mix: ({ alpha, probability }, draws, pixels, partner, { height, width, channels }) => {
    if (!draws.happens(probability)) return 1;
    const side = Math.sqrt(1 - draws.beta(alpha));
    const [top, bottom] = within(draws.below(height), side * height, height);
    const [left, right] = within(draws.below(width), side * width, width);
    for (let y = top; y < bottom; y++) {
      const from = (y * width + left) * channels;
      const to = (y * width + right) * channels;
      pixels.set(partner.subarray(from, to), from);
    }
    return 1 - ((bottom - top) * (right - left)) / (height * width);
  },
});

/** A stretch about a middle, as far as it lies inside. */
function within(middle: number, length: number, whole: number): [number, number] {
  const start = Math.round(middle - length / 2);
  return [Math.max(0, start), Math.min(whole, Math.round(middle + length / 2))];
}

/** Pastes a piece of another picture over half of them; needs a loss that takes soft targets. */
export const cutmix = (options: Partial<CutmixOptions> = {}): AugmentationChoice =>
  chosen("augmentation", cutmixAugmentation, options);
