/** Changes to training pictures, each a unit of its own; `settle` says which of them were asked for. */
import { checkOptions, choose, UsageError } from "../../core/index.ts";
import type { Augmentation, AugmentationChoice } from "./augmentation.ts";
import { blurAugmentation } from "./blur.ts";
import { brightnessAugmentation } from "./brightness.ts";
import { contrastAugmentation } from "./contrast.ts";
import { cutmixAugmentation } from "./cutmix.ts";
import { erasingAugmentation } from "./erasing.ts";
import { flipAugmentation } from "./flip.ts";
import { greyAugmentation } from "./grey.ts";
import { mixupAugmentation } from "./mixup.ts";
import { noiseAugmentation } from "./noise.ts";
import { type PresetName, presets } from "./presets.ts";
import { rotateAugmentation } from "./rotate.ts";
import { saturationAugmentation } from "./saturation.ts";
import { scaleAugmentation } from "./scale.ts";
import { shearAugmentation } from "./shear.ts";
import { shiftAugmentation } from "./shift.ts";

export type { Affine, Augmentation, AugmentationChoice, Size, Tone } from "./augmentation.ts";
export { type BlurOptions, blur } from "./blur.ts";
export { type BrightnessOptions, brightness } from "./brightness.ts";
export { type ContrastOptions, contrast } from "./contrast.ts";
export { type CutmixOptions, cutmix } from "./cutmix.ts";
export { Draws, type DrawsKey } from "./draws.ts";
export { type ErasingOptions, erasing } from "./erasing.ts";
export { type FlipOptions, flip } from "./flip.ts";
export { type GreyOptions, grey } from "./grey.ts";
export { type MixupOptions, mixup } from "./mixup.ts";
export { type NoiseOptions, noise } from "./noise.ts";
export { type PresetName, presets } from "./presets.ts";
export { recolour } from "./recolour.ts";
export { type RotateOptions, rotate } from "./rotate.ts";
export { type SaturationOptions, saturation } from "./saturation.ts";
export { type ScaleOptions, scale } from "./scale.ts";
export { type ShearOptions, shear } from "./shear.ts";
export { type ShiftOptions, shift } from "./shift.ts";
export { composed, warp } from "./warp.ts";

const catalogue = Object.freeze({
  flip: flipAugmentation,
  scale: scaleAugmentation,
  shear: shearAugmentation,
  rotate: rotateAugmentation,
  shift: shiftAugmentation,
  brightness: brightnessAugmentation,
  contrast: contrastAugmentation,
  saturation: saturationAugmentation,
  grey: greyAugmentation,
  blur: blurAugmentation,
  noise: noiseAugmentation,
  erasing: erasingAugmentation,
  mixup: mixupAugmentation,
  cutmix: cutmixAugmentation,
});
export type AugmentationName = keyof typeof catalogue;
/** Every augmentation, by name, in the order in which a picture goes through them: the order in which they are written is of no matter. */
export const augmentations: Readonly<Record<AugmentationName, Augmentation>> = catalogue;

/** What can be said: a preset's name, an augmentation, or a list of both, of which later ones override earlier ones. */
export type AugmentOption = PresetName | AugmentationChoice | readonly (PresetName | AugmentationChoice)[];

/**
 * The augmentations that were asked for, with all their options, in the order of the catalogue.
 * @throws UsageError for an unknown preset or unit, or an option out of its range
 */
export function settleAugment(asked: AugmentOption): AugmentationChoice[] {
  const said = new Map<string, AugmentationChoice>();
  const list = (Array.isArray(asked) ? asked : [asked]) as readonly (PresetName | AugmentationChoice)[];
  for (const one of list) {
    for (const choice of typeof one === "string" ? choose("augment", presets, one) : [one]) {
      if (choice?.kind !== "augmentation") {
        throw new UsageError("augment", `holds ${JSON.stringify(choice)}`, "give for example [flip(), rotate()]");
      }
      const unit = choose("augment", augmentations, choice.name);
      checkOptions("augmentation", unit, choice.options);
      said.set(unit.name, { ...choice, options: { ...unit.defaults, ...choice.options } });
    }
  }
  return Object.keys(augmentations).flatMap((name) => said.get(name) ?? []);
}

/** Whether what is learned of a picture becomes a distribution. */
export const mixes = (choices: readonly AugmentationChoice[]): boolean =>
  choices.some(({ name }) => choose("augment", augmentations, name).stage === "mix");
