/**
 * A picture as a few hundred bytes: what is left of it when it is averaged down to 32×32 grey and 8×8 colour. Everything that
 * compares pictures here compares these, so that a hundred thousand photographs fit in 120 MB.
 */
import type { Picture } from "../data/index.ts";

/** Height and width of the grey part. */
export const SIDE = 32;
/** Height and width of the colour part. */
export const COLOUR_SIDE = 8;

export const GREY_BYTES = SIDE * SIDE;
export const COLOUR_BYTES = 3 * COLOUR_SIDE * COLOUR_SIDE;

export interface Sketch {
  /** Luma, [32, 32]. */
  readonly grey: Uint8Array;
  /** RGB, [8, 8, 3]. */
  readonly colour: Uint8Array;
}

/** Sketches of many pictures, in two blocks. */
export class Sketches {
  readonly count: number;
  readonly #grey: Uint8Array;
  readonly #colour: Uint8Array;

  constructor(count: number) {
    this.count = count;
    this.#grey = new Uint8Array(count * GREY_BYTES);
    this.#colour = new Uint8Array(count * COLOUR_BYTES);
  }

  set(index: number, { grey, colour }: Sketch): void {
    this.#grey.set(grey, index * GREY_BYTES);
    this.#colour.set(colour, index * COLOUR_BYTES);
  }

  /** A view, not a copy. */
  at(index: number): Sketch {
    return {
      grey: this.#grey.subarray(index * GREY_BYTES, (index + 1) * GREY_BYTES),
      colour: this.#colour.subarray(index * COLOUR_BYTES, (index + 1) * COLOUR_BYTES),
    };
  }
}

/** Which cells of `to` each of `from` pixels falls into, and with which share of the cell. */
function overlaps(
  from: number,
  to: number,
): { readonly cell: Int32Array; readonly share: Float64Array; readonly first: Int32Array } {
  const cell: number[] = [];
  const share: number[] = [];
  const first = new Int32Array(from + 1);
  const width = to / from;
  for (let x = 0; x < from; x++) {
    first[x] = cell.length;
    const [left, right] = [x * width, (x + 1) * width];
    for (let at = Math.floor(left); at < Math.min(to, Math.ceil(right)); at++) {
      const part = Math.min(right, at + 1) - Math.max(left, at);
      if (part <= 0) continue;
      cell.push(at);
      share.push(part);
    }
  }
  first[from] = cell.length;
  return { cell: Int32Array.from(cell), share: Float64Array.from(share), first };
}

/** The mean of each cell of a 32×32 raster laid over the picture, [32, 32, channels]: exact areas, whatever the sizes. */
function averaged({ pixels, height, width, channels }: Picture): Float64Array {
  const across = overlaps(width, SIDE);
  const down = overlaps(height, SIDE);
  const result = new Float64Array(SIDE * SIDE * channels);
  const line = new Float64Array(SIDE * channels);
  for (let y = 0; y < height; y++) {
    line.fill(0);
    for (let x = 0, at = y * width * channels; x < width; x++, at += channels) {
      for (let k = across.first[x]; k < across.first[x + 1]; k++) {
        const into = across.cell[k] * channels;
        const share = across.share[k];
        for (let c = 0; c < channels; c++) line[into + c] += share * pixels[at + c];
      }
    }
    for (let k = down.first[y]; k < down.first[y + 1]; k++) {
      const into = down.cell[k] * SIDE * channels;
      const share = down.share[k];
      for (let i = 0; i < line.length; i++) result[into + i] += share * line[i];
    }
  }
  return result;
}

export function sketchOf(picture: Picture): Sketch {
  const { channels } = picture;
  const mean = averaged(picture);
  const grey = new Uint8Array(GREY_BYTES);
  const sums = new Float64Array(COLOUR_BYTES);
  const cells = SIDE / COLOUR_SIDE;
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const at = (y * SIDE + x) * channels;
      const [red, green, blue] =
        channels === 3 ? [mean[at], mean[at + 1], mean[at + 2]] : [mean[at], mean[at], mean[at]];
      grey[y * SIDE + x] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
      const into = 3 * (Math.floor(y / cells) * COLOUR_SIDE + Math.floor(x / cells));
      sums[into] += red;
      sums[into + 1] += green;
      sums[into + 2] += blue;
    }
  }
  return { grey, colour: Uint8Array.from(sums, (sum) => Math.round(sum / (cells * cells))) };
}
