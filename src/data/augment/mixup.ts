import { chosen, frozen } from "../../core/index.ts";
import { float, logFloat } from "../../space/index.ts";
import type { AugmentationChoice, MixUnit } from "./augmentation.ts";

export interface MixupOptions {
  /** Of the distribution Beta(α, α) of the shares: near 0 pictures stay nearly whole, at 1 every share is equally likely. */
  readonly alpha: number;
  /** How likely a picture is mixed. */
  readonly probability: number;
}

/**
 * mixup: x = λ x₁ + (1 − λ) x₂ and the same of what is to be learned, λ from Beta(α, α). Zhang et al. 2018.
 * Differs: the partner is any training picture, not one of the same batch, so a picture looks the same in every batch and order;
 * and the larger share is the picture's own, so that an epoch still shows every picture.
 */
export const mixupAugmentation = frozen<MixUnit<MixupOptions>>({
  name: "mixup",
  says: "blend two pictures and their classes",
  stage: "mix",
  defaults: { alpha: 0.2, probability: 1 },
  ranges: { alpha: [0.05, 2, "closed"], probability: [0, 1, "closed"] },
  space: { alpha: logFloat(0.05, 1), probability: float(0, 1) },
  mix: ({ alpha, probability }, draws, pixels, partner) => {
    if (!draws.happens(probability)) return 1;
    const drawn = draws.beta(alpha);
    const own = Math.round(65536 * Math.max(drawn, 1 - drawn));
    const other = 65536 - own;
    const { length } = pixels;
    for (let i = 0; i < length; i++) {
      pixels[i] = (Math.imul(own, pixels[i]!) + Math.imul(other, partner[i]!) + 32768) >> 16;
    }
    return own / 65536;
  },
});

/** Blends pictures and their classes in pairs; needs a loss that takes soft targets. */
export const mixup = (options: Partial<MixupOptions> = {}): AugmentationChoice =>
  chosen("augmentation", mixupAugmentation, options);
