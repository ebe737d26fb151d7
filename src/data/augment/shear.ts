import { chosen, frozen } from "../../core/index.ts";
import { float } from "../../space/index.ts";
import type { AugmentationChoice, GeometryUnit } from "./augmentation.ts";

export interface ShearOptions {
  /** The largest angle by which uprights lean, either way. */
  readonly degrees: number;
}

/** Leans a picture to one side by a uniform angle, like slanted writing. Simard et al. 2003, section 2. */
export const shearAugmentation = frozen<GeometryUnit<ShearOptions>>({
  name: "shear",
  says: "lean to one side",
  stage: "geometry",
  defaults: { degrees: 10 },
  ranges: { degrees: [0, 45, "closed"] },
  space: { degrees: float(0, 25) },
  map: ({ degrees }, draws) => [1, Math.tan((draws.between(-degrees, degrees) * Math.PI) / 180), 0, 0, 1, 0],
});

/** Leans pictures a little, either way. */
export const shear = (options: Partial<ShearOptions> = {}): AugmentationChoice =>
  chosen("augmentation", shearAugmentation, options);
