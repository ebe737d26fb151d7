import { chosen, frozen } from "../../core/index.ts";
import { float } from "../../space/index.ts";
import type { AugmentationChoice, ColourUnit } from "./augmentation.ts";

export interface GreyOptions {
  /** How likely a picture loses its colour. */
  readonly probability: number;
}

/**
 * Takes the colour out of some pictures (ITU-R BT.601), so that not all is learned from colour. Chen et al. 2020 (SimCLR),
 * appendix A. Pictures of one channel stay as they are.
 */
export const greyAugmentation = frozen<ColourUnit<GreyOptions>>({
  name: "grey",
  says: "take the colour out",
  stage: "colour",
  defaults: { probability: 0.1 },
  ranges: { probability: [0, 1, "closed"] },
  space: { probability: float(0, 0.5) },
  tone: ({ probability }, draws) => (draws.happens(probability) ? { saturation: 0 } : {}),
});

/** Takes the colour out of some pictures. */
export const grey = (options: Partial<GreyOptions> = {}): AugmentationChoice =>
  chosen("augmentation", greyAugmentation, options);
