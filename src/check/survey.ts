/** What is in a data set, counted. */
import type { Picture, SplitName } from "../data/index.ts";
import { countFacts, type FactCounts, noFacts } from "../data/index.ts";

/** Smallest, middle and largest of a number. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export interface Sizes {
  readonly width: Spread;
  readonly height: Spread;
  /** The longer side of each picture, in pixels, ascending. */
  readonly longer: Int32Array;
  /** All pictures have one size. */
  readonly uniform: boolean;
}

export interface Survey {
  /** Pictures that could be read. */
  readonly count: number;
  /** undefined when nothing could be read. */
  readonly sizes: Sizes | undefined;
  /** JPEG, PNG, …, the most frequent first; empty for sets that are no files of pictures. */
  readonly formats: readonly (readonly [string, number])[];
  /** Pictures whose pixels are grey, whatever their file says. */
  readonly grey: number;
  readonly facts: Readonly<FactCounts>;
}

/** By class, then by split: counts[label].train. */
export type ClassSplits = readonly Readonly<Record<SplitName, number>>[];

/** @param splits undefined for a picture that could not be read, [count] */
export function countSplits(
  classes: number,
  labels: Int32Array,
  splits: readonly (SplitName | undefined)[],
): ClassSplits {
  const counts = Array.from({ length: classes }, () => ({ train: 0, validation: 0, test: 0 }));
  splits.forEach((split, i) => {
    if (split !== undefined) counts[labels[i]][split]++;
  });
  return counts;
}

/** Counts pictures one after the other; it keeps a few bytes of each. */
export class Surveyor {
  readonly #widths: number[] = [];
  readonly #heights: number[] = [];
  readonly #formats = new Map<string, number>();
  readonly #facts = noFacts();
  #grey = 0;

  add(picture: Picture): void {
    this.#widths.push(picture.width);
    this.#heights.push(picture.height);
    const format = picture.facts?.format;
    if (format !== undefined) this.#formats.set(format, (this.#formats.get(format) ?? 0) + 1);
    if (isGrey(picture)) this.#grey++;
    countFacts(this.#facts, picture.facts);
  }

  result(): Survey {
    return {
      count: this.#widths.length,
      sizes: this.#sizes(),
      formats: [...this.#formats].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
      grey: this.#grey,
      facts: this.#facts,
    };
  }

  #sizes(): Sizes | undefined {
    if (this.#widths.length === 0) return undefined;
    const [width, height] = [spread(this.#widths), spread(this.#heights)];
    const longer = Int32Array.from(this.#widths, (side, i) => Math.max(side, this.#heights[i])).sort();
    return { width, height, longer, uniform: width.least === width.most && height.least === height.most };
  }
}

function spread(values: readonly number[]): Spread {
  const sorted = Int32Array.from(values).sort();
  return { least: sorted[0], median: sorted[Math.floor((sorted.length - 1) / 2)], most: sorted[sorted.length - 1] };
}

function isGrey({ pixels, channels }: Picture): boolean {
  if (channels === 1) return true;
  for (let i = 0; i < pixels.length; i += 3) {
    if (pixels[i] !== pixels[i + 1] || pixels[i] !== pixels[i + 2]) return false;
  }
  return true;
}
