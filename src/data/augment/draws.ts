import { randomBytes } from "../../core/index.ts";

/** Whose draws: of which run, in which pass over the data, for which picture. */
export interface DrawsKey {
  readonly seed: number;
  /** From 1. */
  readonly epoch: number;
  /** Index of the picture in the data. */
  readonly picture: number;
  /** How often the picture has come in this epoch already: 0, unless pictures are drawn with replacement. */
  readonly repeat: number;
}

/** Repeats and epochs share a word of the key: a million epochs, four thousand repeats. */
const REPEAT = 2 ** 20;
/** Most units need no more than one block of the generator: four numbers. */
const FIRST_BYTES = 16;

/**
 * The random numbers of one unit for one picture: core's bytes, in words of 32 bits, so that what a picture looks like in an
 * epoch depends on nothing but its key. One object is used again for all pictures.
 */
export class Draws {
  #key = { seed: 0, place: "", step: 0, part: 0 };
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #filled = 0;
  #at = 0;

  /** Begins anew, for a unit and a picture. */
  begin(unit: string, { seed, epoch, picture, repeat }: DrawsKey): this {
    this.#key = { seed, place: `augment ${unit}`, step: epoch + REPEAT * repeat, part: picture };
    this.#filled = 0;
    this.#at = 0;
    return this;
  }

  /** Uniform in [0, 1), of 32 random bits. */
  uniform(): number {
    if (this.#at === this.#filled) this.#fill();
    const word = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return word / 4294967296;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** True with this probability. */
  happens(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** A whole number in [0, n), for an n far below 2³². */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /**
   * Beta(α, α) in [0, 1] by Jöhnk's method (1964): quick for α up to 2.
   */
  beta(alpha: number): number {
    for (;;) {
      const x = this.uniform() ** (1 / alpha);
      const y = this.uniform() ** (1 / alpha);
      if (x + y > 0 && x + y <= 1) return x / (x + y);
    }
  }

  /** Fills an array with bytes of the same key that `uniform` does not see. */
  bytes(out: Uint8Array): void {
    randomBytes(out, { ...this.#key, place: `${this.#key.place} bytes` });
  }

  /** A longer array of random bytes begins with the shorter one, so more can be had when they run out. */
  #fill(): void {
    if (this.#filled === this.#bytes.length) {
      this.#bytes = new Uint8Array(4 * this.#filled);
      this.#view = new DataView(this.#bytes.buffer);
    }
    const size = Math.max(FIRST_BYTES, Math.min(this.#bytes.length, 4 * this.#filled));
    randomBytes(this.#bytes.subarray(0, size), this.#key);
    this.#filled = size;
  }
}
