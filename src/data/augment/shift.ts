import { chosen, frozen } from "../../core/index.ts";
import { float } from "../../space/index.ts";
import type { AugmentationChoice, GeometryUnit } from "./augmentation.ts";

export interface ShiftOptions {
  /** How far at most, as a share of the height and of the width. */
  readonly share: number;
}

/**
 * Moves a picture by whole pixels in both directions, each uniform: the random crop of a padded picture (He et al. 2016,
 * section 4.2: 4 of 32 pixels, a share of 0.125). Differs: what comes in at the edge is the edge, not zeros.
 */
export const shiftAugmentation = frozen<GeometryUnit<ShiftOptions>>({
  name: "shift",
  says: "move by whole pixels",
  stage: "geometry",
  defaults: { share: 0.1 },
  ranges: { share: [0, 1] },
  space: { share: float(0, 0.25) },
  map: ({ share }, draws, { height, width }) => {
    const along = (length: number) => {
      const most = Math.round(share * length);
      return draws.below(2 * most + 1) - most;
    };
    const x = along(width);
    const y = along(height);
    return x === 0 && y === 0 ? undefined : [1, 0, -x, 0, 1, -y];
  },
});

/** Moves pictures a little, like a random crop of a padded picture. */
export const shift = (options: Partial<ShiftOptions> = {}): AugmentationChoice =>
  chosen("augmentation", shiftAugmentation, options);
