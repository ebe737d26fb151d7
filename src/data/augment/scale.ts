import { chosen, frozen } from "../../core/index.ts";
import { float } from "../../space/index.ts";
import type { AugmentationChoice, GeometryUnit } from "./augmentation.ts";

export interface ScaleOptions {
  /** How much smaller or larger at most: 0.1 is 0.9 to 1.1 times. */
  readonly amount: number;
}

/**
 * Makes what is on a picture larger or smaller by a uniform factor, with its proportions kept. Simard et al. 2003, section 2.
 * Sampled without a low-pass filter, which at most halves the size and shows little.
 */
export const scaleAugmentation = frozen<GeometryUnit<ScaleOptions>>({
  name: "scale",
  says: "larger or smaller",
  stage: "geometry",
  defaults: { amount: 0.1 },
  ranges: { amount: [0, 0.5, "closed"] },
  space: { amount: float(0, 0.4) },
  map: ({ amount }, draws) => {
    const factor = 1 / draws.between(1 - amount, 1 + amount);
    return [factor, 0, 0, 0, factor, 0];
  },
});

/** Makes what is on pictures a little larger or smaller. */
export const scale = (options: Partial<ScaleOptions> = {}): AugmentationChoice =>
  chosen("augmentation", scaleAugmentation, options);
