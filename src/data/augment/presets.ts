import { brightness } from "./brightness.ts";
import { contrast } from "./contrast.ts";
import { erasing } from "./erasing.ts";
import { grey } from "./grey.ts";
import { rotate } from "./rotate.ts";
import { saturation } from "./saturation.ts";
import { scale } from "./scale.ts";
import { shear } from "./shear.ts";
import { shift } from "./shift.ts";

/**
 * Augmentations that go together. None of them flips: a mirrored digit, letter or sign is another one or none, and a preset must
 * not teach that unasked. Where left and right do not matter, add flip.
 */
export const presets = Object.freeze({
  none: [],
  light: [shift({ share: 0.06 }), brightness({ amount: 0.1 }), contrast({ amount: 0.1 })],
  standard: [
    shift({ share: 0.1 }),
    rotate({ degrees: 10 }),
    scale({ amount: 0.1 }),
    brightness({ amount: 0.2 }),
    contrast({ amount: 0.2 }),
    saturation({ amount: 0.2 }),
  ],
  strong: [
    shift({ share: 0.125 }),
    rotate({ degrees: 15 }),
    scale({ amount: 0.2 }),
    shear({ degrees: 10 }),
    brightness({ amount: 0.4 }),
    contrast({ amount: 0.4 }),
    saturation({ amount: 0.4 }),
    grey({ probability: 0.1 }),
    erasing({ probability: 0.25, most: 0.3 }),
  ],
});

export type PresetName = keyof typeof presets;
