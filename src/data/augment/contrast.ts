import { chosen, frozen } from "../../core/index.ts";
import { float } from "../../space/index.ts";
import type { AugmentationChoice, ColourUnit } from "./augmentation.ts";

export interface ContrastOptions {
  /** How much at most: 0.2 is 0.8 to 1.2 times the distance from the mean. */
  readonly amount: number;
}

/**
 * Spreads the bytes of a picture about their mean, or draws them together, by a uniform factor. As torchvision's ColorJitter.
 * Differs: the mean is that of all bytes, not of the picture's grey.
 */
export const contrastAugmentation = frozen<ColourUnit<ContrastOptions>>({
  name: "contrast",
  says: "more or less contrast",
  stage: "colour",
  defaults: { amount: 0.2 },
  ranges: { amount: [0, 1, "closed"] },
  space: { amount: float(0, 0.6) },
  tone: ({ amount }, draws, mean) => {
    const gain = draws.between(1 - amount, 1 + amount);
    return { gain, offset: (1 - gain) * mean() };
  },
});

/** Gives pictures a little more or less contrast. */
export const contrast = (options: Partial<ContrastOptions> = {}): AugmentationChoice =>
  chosen("augmentation", contrastAugmentation, options);
