import { chosen, frozen } from "../../core/index.ts";
import { choice } from "../../space/index.ts";
import type { AugmentationChoice, GeometryUnit } from "./augmentation.ts";

export interface FlipOptions {
  /** How likely left and right change places. */
  readonly horizontal: number;
  /** How likely up and down change places. */
  readonly vertical: number;
}

/**
 * Mirrors a picture. Not for digits, text, signs or hands whose side matters: a mirrored 2 is no 2. Krizhevsky et al. 2012,
 * section 4.1, among many.
 */
export const flipAugmentation = frozen<GeometryUnit<FlipOptions>>({
  name: "flip",
  says: "mirror left and right",
  stage: "geometry",
  defaults: { horizontal: 0.5, vertical: 0 },
  ranges: { horizontal: [0, 1, "closed"], vertical: [0, 1, "closed"] },
  // Half of the pictures, or none: nothing between them is better for either.
  space: { vertical: choice(0, 0.5) },
  map: ({ horizontal, vertical }, draws) => {
    const x = draws.happens(horizontal) ? -1 : 1;
    const y = draws.happens(vertical) ? -1 : 1;
    return x === 1 && y === 1 ? undefined : [x, 0, 0, 0, y, 0];
  },
});

/** Mirrors half of the pictures; not for digits or text. */
export const flip = (options: Partial<FlipOptions> = {}): AugmentationChoice =>
  chosen("augmentation", flipAugmentation, options);
