import { choose, UsageError } from "../core/index.ts";
import { type AugmentationChoice, augmentations, type PresetName, presets } from "../data/index.ts";
import { parseUnit } from "./compact.ts";

const FLAG = "--augment";

/**
 * Reads a list of presets and augmentations: `standard,flip` or `shift:share=0.1,rotate:degrees=10`. A part that is an option
 * (`b=2`) belongs to the unit before it.
 * @throws UsageError for an unknown preset, unit or option, with the nearest one, and for a value out of its range
 */
export function parseAugment(text: string): (PresetName | AugmentationChoice)[] {
  const units: string[] = [];
  for (const part of text.split(",").map((one) => one.trim())) {
    const colon = part.indexOf(":");
    const option = colon < 0 && part.includes("=");
    if (option && units.length > 0) units[units.length - 1] += `,${part}`;
    else units.push(part);
  }
  return units.map((unit) => {
    const name = unit.split(/[:,]/, 1)[0].trim();
    const names: Readonly<Record<string, unknown>> = { ...presets, ...augmentations };
    choose(FLAG, names, name);
    if (!Object.hasOwn(presets, name)) {
      const { unit: found, options } = parseUnit(FLAG, "augmentation", augmentations, unit);
      return { kind: "augmentation", name: found.name, options };
    }
    if (unit !== name) {
      throw new UsageError(FLAG, `"${name}" has no options`, `name the augmentation: ${FLAG} ${name},rotate:degrees=5`);
    }
    return name as PresetName;
  });
}
