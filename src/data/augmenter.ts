/** Augmentations at work: one picture at a time, the same one for the same seed, epoch and picture wherever it is made. */
import { choose } from "../core/index.ts";
import {
  type Affine,
  type AugmentationChoice,
  augmentations,
  composed,
  Draws,
  type DrawsKey,
  recolour,
  type Size,
  warp,
} from "./augment/index.ts";
import type { PixelRows } from "./store.ts";

/** What a picture was mixed with. */
export interface Mixture {
  /** Index of the other picture. */
  readonly partner: number;
  /** Of the picture itself, 0 to 1; the rest is the partner's. */
  readonly share: number;
}

export interface AugmenterRequest extends Size {
  readonly choices: readonly AugmentationChoice[];
  readonly seed: number;
  /** The training pictures, from which partners are drawn. */
  readonly train: Int32Array;
  /** Where partners are read from. */
  readonly rows: PixelRows;
}

const unitsOf = (choices: readonly AugmentationChoice[]) =>
  choices.map(({ name, options }) => ({ unit: choose("augment", augmentations, name), options }));

export class Augmenter {
  /** What is learned of a picture becomes a distribution. */
  readonly mixes: boolean;
  readonly #request: AugmenterRequest;
  readonly #units: ReturnType<typeof unitsOf>;
  readonly #mixers: ReturnType<typeof unitsOf>;
  readonly #draws = new Draws();
  #order: Int32Array | undefined;
  #repeats: Int32Array | undefined;
  /** The picture before its geometry. */
  readonly #before: Uint8Array;
  readonly #partner: Uint8Array;

  constructor(request: AugmenterRequest) {
    this.#request = request;
    const units = unitsOf(request.choices);
    this.#units = units.filter(({ unit }) => unit.stage !== "mix");
    this.#mixers = units.filter(({ unit }) => unit.stage === "mix");
    this.mixes = this.#mixers.length > 0;
    const size = request.height * request.width * request.channels;
    this.#before = new Uint8Array(size);
    this.#partner = new Uint8Array(this.mixes ? size : 0);
  }

  /**
   * Changes the picture `order[at]` of an epoch (from 1) in place, [height, width, channels].
   * @returns what it was mixed with, if it was
   */
  apply(pixels: Uint8Array, epoch: number, order: Int32Array, at: number): Mixture | undefined {
    if (order !== this.#order) {
      this.#order = order;
      this.#repeats = repeatsOf(order);
    }
    const repeat = this.#repeats?.[at] ?? 0;
    const key = { seed: this.#request.seed, epoch, picture: order[at]!, repeat };
    this.#alone(pixels, key);
    if (!this.mixes) return undefined;
    const { train, rows } = this.#request;
    const draws = this.#draws.begin("partner", key);
    const { unit, options } = this.#mixers[draws.below(this.#mixers.length)]!;
    const other = draws.below(train.length);
    const partner = train[other]!;
    rows.read(train, other, 1, this.#partner);
    // The partner as it looks in this epoch.
    this.#alone(this.#partner, { ...key, picture: partner, repeat: 0 });
    if (unit.stage !== "mix") return undefined;
    const share = unit.mix(options, draws.begin(unit.name, key), pixels, this.#partner, this.#request);
    return share === 1 ? undefined : { partner, share };
  }

  /** All that needs no other picture: one geometry, one tone, then the rest. */
  #alone(pixels: Uint8Array, key: DrawsKey): void {
    let map: Affine | undefined;
    let gain = 1;
    let offset = 0;
    let saturation = 1;
    let mean = -1;
    // The geometry is done when the first unit of another kind comes; tones, likewise.
    let stage = "geometry";
    const finish = () => {
      if (stage === "geometry" && map !== undefined) {
        this.#before.set(pixels);
        warp(this.#before, pixels, map, this.#request);
      } else if (stage === "colour" && !(gain === 1 && offset === 0 && saturation === 1)) {
        recolour(pixels, { gain, offset, saturation }, this.#request);
      }
    };
    const meanNow = () => {
      if (mean < 0) mean = meanOf(pixels);
      return gain * mean + offset;
    };
    for (const { unit, options } of this.#units) {
      if (unit.stage !== stage) {
        finish();
        stage = unit.stage;
      }
      const draws = this.#draws.begin(unit.name, key);
      if (unit.stage === "geometry") {
        const own = unit.map(options, draws, this.#request);
        if (own !== undefined) map = map === undefined ? own : composed(map, own);
      } else if (unit.stage === "colour") {
        const tone = unit.tone(options, draws, meanNow);
        const times = tone.gain ?? 1;
        gain *= times;
        offset = offset * times + (tone.offset ?? 0);
        saturation *= tone.saturation ?? 1;
      } else if (unit.stage === "pixels") unit.change(options, draws, pixels, this.#request);
    }
    finish();
  }
}

function meanOf(pixels: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < pixels.length; i++) sum += pixels[i]!;
  return sum / pixels.length;
}

/**
 * How often each picture of an order has come before, [order.length]; undefined where none comes twice. A picture that is drawn
 * again for balance shall look different, so its draws are told apart by this.
 */
function repeatsOf(order: Int32Array): Int32Array | undefined {
  const seen = new Int32Array(order.reduce((most, picture) => Math.max(most, picture), -1) + 1);
  const repeats = order.map((picture) => seen[picture]!++);
  return repeats.some((count) => count > 0) ? repeats : undefined;
}
