import { chosen, frozen } from "../../core/index.ts";
import { float } from "../../space/index.ts";
import type { AugmentationChoice, GeometryUnit } from "./augmentation.ts";

export interface RotateOptions {
  /** The largest angle, either way. */
  readonly degrees: number;
}

/** Turns a picture about its middle by a uniform angle. Simard et al. 2003, section 2. */
export const rotateAugmentation = frozen<GeometryUnit<RotateOptions>>({
  name: "rotate",
  says: "turn about the middle",
  stage: "geometry",
  defaults: { degrees: 10 },
  ranges: { degrees: [0, 180, "closed"] },
  space: { degrees: float(0, 45) },
  map: ({ degrees }, draws) => {
    const angle = (draws.between(-degrees, degrees) * Math.PI) / 180;
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    return [cosine, -sine, 0, sine, cosine, 0];
  },
});

/** Turns pictures a little, either way. */
export const rotate = (options: Partial<RotateOptions> = {}): AugmentationChoice =>
  chosen("augmentation", rotateAugmentation, options);
