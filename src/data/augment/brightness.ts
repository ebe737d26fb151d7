import { chosen, frozen } from "../../core/index.ts";
import { float } from "../../space/index.ts";
import type { AugmentationChoice, ColourUnit } from "./augmentation.ts";

export interface BrightnessOptions {
  /** How much at most: 0.2 is 0.8 to 1.2 times as bright. */
  readonly amount: number;
}

/**
 * Makes a picture brighter or darker: every byte times a uniform factor. Torchvision's ColorJitter has the same; Krizhevsky et al.
 * 2012, section 4.1, gave the reason: a thing stays what it is in another light.
 */
export const brightnessAugmentation = frozen<ColourUnit<BrightnessOptions>>({
  name: "brightness",
  says: "brighter or darker",
  stage: "colour",
  defaults: { amount: 0.2 },
  ranges: { amount: [0, 1, "closed"] },
  space: { amount: float(0, 0.6) },
  tone: ({ amount }, draws) => ({ gain: draws.between(1 - amount, 1 + amount) }),
});

/** Makes pictures a little brighter or darker. */
export const brightness = (options: Partial<BrightnessOptions> = {}): AugmentationChoice =>
  chosen("augmentation", brightnessAugmentation, options);
