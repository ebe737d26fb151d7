import { chosen, frozen } from "../../core/index.ts";
import { float } from "../../space/index.ts";
import type { AugmentationChoice, ColourUnit } from "./augmentation.ts";

export interface SaturationOptions {
  /** How much at most: 0.2 is 0.8 to 1.2 times as colourful. */
  readonly amount: number;
}

/**
 * Makes colours stronger or paler: each pixel's distance from its own grey (ITU-R BT.601) times a uniform factor. As torchvision's
 * ColorJitter. Pictures of one channel stay as they are.
 */
export const saturationAugmentation = frozen<ColourUnit<SaturationOptions>>({
  name: "saturation",
  says: "stronger or paler colours",
  stage: "colour",
  defaults: { amount: 0.2 },
  ranges: { amount: [0, 1, "closed"] },
  space: { amount: float(0, 0.6) },
  tone: ({ amount }, draws) => ({ saturation: draws.between(1 - amount, 1 + amount) }),
});

/** Makes colours a little stronger or paler. */
export const saturation = (options: Partial<SaturationOptions> = {}): AugmentationChoice =>
  chosen("augmentation", saturationAugmentation, options);
