import type { Choice, Ranges } from "../../core/index.ts";
import type { Parameter } from "../../space/index.ts";
import type { Draws } from "./draws.ts";

/** Pictures as bytes [height, width, channels], all of one size. */
export interface Size {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/**
 * Where a pixel of the result is taken from: x' = a·x + b·y + c and y' = d·x + e·y + f, in pixels from the middle of the
 * picture, to the right and down.
 */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** What happens to a byte v: gain·v + offset, then `saturation` times as far from the pixel's own grey. */
export interface Tone {
  readonly gain: number;
  readonly offset: number;
  readonly saturation: number;
}

interface Unit<Options extends object> {
  readonly name: string;
  /** What it does, in a few words for people. */
  readonly says: string;
  readonly defaults: Options;
  /** Where the numbers among the options make sense. */
  readonly ranges?: Ranges;
  /** What a search may choose an option from, by the option's name: what people use, not all that makes sense. */
  readonly space?: Readonly<Record<string, Parameter>>;
}

/** Moves pixels. All that are chosen become one map, and the picture is sampled once. */
export interface GeometryUnit<Options extends object = object> extends Unit<Options> {
  readonly stage: "geometry";
  /** undefined where nothing moves this time. */
  map(options: Options, draws: Draws, size: Size): Affine | undefined;
}

/** Changes the values of all pixels alike. All that are chosen become one tone, and bytes are rounded once. */
export interface ColourUnit<Options extends object = object> extends Unit<Options> {
  readonly stage: "colour";
  /** @param mean of the picture's bytes, as the tones before this one leave it */
  tone(options: Options, draws: Draws, mean: () => number): Partial<Tone>;
}

/** Changes pixels in place. */
export interface PixelUnit<Options extends object = object> extends Unit<Options> {
  readonly stage: "pixels";
  change(options: Options, draws: Draws, pixels: Uint8Array, size: Size): void;
}

/** Mixes in another training picture, and its class in the same measure: what is learned becomes a distribution. */
export interface MixUnit<Options extends object = object> extends Unit<Options> {
  readonly stage: "mix";
  /**
   * Changes `pixels` in place.
   * @returns the share of the result that is still of the picture's own class, 0 to 1
   */
  mix(options: Options, draws: Draws, pixels: Uint8Array, partner: Uint8Array, size: Size): number;
}

/**
 * One way to change training pictures at random: bytes in, bytes out. A unit is a pure function of its options and its draws,
 * which are keyed by seed, epoch, picture and unit.
 */
export type Augmentation<Options extends object = object> =
  | GeometryUnit<Options>
  | ColourUnit<Options>
  | PixelUnit<Options>
  | MixUnit<Options>;

export type AugmentationChoice = Choice<"augmentation">;
