/** A heat map as a layer over the picture that it is about. */
import { entryOf, HEAT_OVER, limitOf, SIGNED } from "./colours.ts";
import type { HeatMap } from "./heat.ts";

/** Bytes [height, width, channels]. */
export interface Raster<Channels extends number = 1 | 3 | 4> {
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: Channels;
}

/** Where a picture lies in what the network is given, as `placementOf` of the room preprocess says. */
export interface Lying {
  readonly scale: readonly [number, number];
  readonly offset: readonly [number, number];
}

interface Size {
  readonly height: number;
  readonly width: number;
}

/** For each row or column of a picture, the two lines of the map that it lies between; undefined outside of what was seen. */
function between(count: number, cells: number, at: (own: number) => number, whole: number) {
  return Array.from({ length: count }, (_, i) => {
    const place = at(i + 0.5);
    if (place < 0 || place > whole) return undefined;
    const centre = Math.min(cells - 1, Math.max(0, (place / whole) * cells - 0.5));
    const first = Math.min(Math.floor(centre), Math.max(0, cells - 2));
    return { first, second: Math.min(cells - 1, first + 1), share: centre - first };
  });
}

/**
 * The map brought to a picture, by linear interpolation between its places; NaN where the network saw nothing of it.
 * @param seen the size of what the network is given
 * @returns [height, width] of `size`
 */
export function onto({ height, width, values }: HeatMap, size: Size, seen: Size, lying: Lying): Float32Array {
  const [down, across] = [0, 1].map((axis) => (own: number) => own * lying.scale[axis] + lying.offset[axis]);
  const rows = between(size.height, height, down, seen.height);
  const columns = between(size.width, width, across, seen.width);
  const brought = new Float32Array(size.height * size.width).fill(Number.NaN);
  rows.forEach((row, y) => {
    if (row === undefined) return;
    const [upper, lower] = [row.first * width, row.second * width];
    columns.forEach((column, x) => {
      if (column === undefined) return;
      const { first, second, share } = column;
      const above = values[upper + first] * (1 - share) + values[upper + second] * share;
      const below = values[lower + first] * (1 - share) + values[lower + second] * share;
      brought[y * size.width + x] = above * (1 - row.share) + below * row.share;
    });
  });
  return brought;
}

/**
 * How much of a map lies outside of the picture, in the bars of a letterbox: a share of the sum of its sizes, 0 where that is 0.
 * @param seen the size of what the network is given
 */
export function shareOutside({ height, width, values }: HeatMap, size: Size, seen: Size, lying: Lying): number {
  const covered = (cells: number, whole: number, axis: 0 | 1, own: number) =>
    Array.from({ length: cells }, (_, cell) => {
      const [from, to] = [cell, cell + 1].map((edge) => (edge * whole) / cells);
      const [first, last] = [lying.offset[axis], lying.offset[axis] + own * lying.scale[axis]];
      return Math.max(0, Math.min(to, last) - Math.max(from, first)) / (to - from);
    });
  const rows = covered(height, seen.height, 0, size.height);
  const columns = covered(width, seen.width, 1, size.width);
  let [inside, all] = [0, 0];
  values.forEach((value, i) => {
    all += Math.abs(value);
    inside += Math.abs(value) * rows[Math.floor(i / width)] * columns[i % width];
  });
  return all === 0 ? 0 : 1 - inside / all;
}

/**
 * The map as a layer of the picture's size, RGBA: clear where it says nothing. Of one that knows no sign from violet to yellow,
 * else red for the class and blue against it.
 */
export function heatLayer(map: HeatMap, size: Size, seen: Size, lying: Lying): Raster<4> {
  const colours = map.signed ? SIGNED : HEAT_OVER;
  const brought = onto(map, size, seen, lying);
  // What lies in the bars of a letterbox must not make the picture pale.
  const most = brought.reduce((size, value) => (Math.abs(value) > size ? Math.abs(value) : size), 0);
  const limit = Math.min(limitOf(map.values), most);
  const pixels = new Uint8Array(4 * brought.length);
  brought.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const entry = 4 * entryOf(value, limit, map.signed);
    for (let c = 0; c < 4; c++) pixels[4 * i + c] = colours[entry + c];
  });
  return { ...size, pixels, channels: 4 };
}

/** How much of the picture's own colours stays below the heat: with all of them, a red coat would look like evidence. */
const COLOUR_KEPT = 0.35;
const LUMA = [0.299, 0.587, 0.114];

/** A picture with a layer of its own size over it, RGB. */
export function overlay(picture: Raster<1 | 3>, layer: Raster<4>): Raster<3> {
  const { height, width, channels } = picture;
  const [second, third] = channels === 3 ? [1, 2] : [0, 0];
  const pixels = new Uint8Array(3 * height * width);
  for (let i = 0; i < height * width; i++) {
    const at = i * channels;
    const [red, green, blue] = [picture.pixels[at], picture.pixels[at + second], picture.pixels[at + third]];
    const grey = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue;
    const alpha = layer.pixels[4 * i + 3] / 255;
    for (let c = 0; c < 3; c++) {
      const own = grey + COLOUR_KEPT * ((c === 0 ? red : c === 1 ? green : blue) - grey);
      pixels[3 * i + c] = Math.round(own + alpha * (layer.pixels[4 * i + c] - own));
    }
  }
  return { pixels, height, width, channels: 3 };
}

/** The place of a picture that needs no fitting: it is what the network is given. */
export const WHOLE: Lying = { scale: [1, 1], offset: [0, 0] };

/** Each pixel as a square of `times` × `times`, for pictures that are too small to look at. */
export function enlarged<C extends 1 | 3 | 4>(
  { pixels, height, width, channels }: Raster<C>,
  times: number,
): Raster<C> {
  const large = { height: times * height, width: times * width, channels };
  const bytes = new Uint8Array(large.height * large.width * channels);
  for (let y = 0; y < large.height; y++) {
    for (let x = 0; x < large.width; x++) {
      const from = (Math.floor(y / times) * width + Math.floor(x / times)) * channels;
      for (let c = 0; c < channels; c++) bytes[(y * large.width + x) * channels + c] = pixels[from + c];
    }
  }
  return { ...large, pixels: bytes };
}

/** The means of squares of `times` × `times` pixels, for pictures that are larger than a screen; the last ones may be smaller. */
export function reduced<C extends 1 | 3 | 4>({ pixels, height, width, channels }: Raster<C>, times: number): Raster<C> {
  const small = { height: Math.ceil(height / times), width: Math.ceil(width / times), channels };
  const bytes = new Uint8Array(small.height * small.width * channels);
  for (let y = 0; y < small.height; y++) {
    const bottom = Math.min(height, (y + 1) * times);
    for (let x = 0; x < small.width; x++) {
      const right = Math.min(width, (x + 1) * times);
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let yy = y * times; yy < bottom; yy++) {
          for (let xx = x * times; xx < right; xx++) sum += pixels[(yy * width + xx) * channels + c];
        }
        bytes[(y * small.width + x) * channels + c] = Math.round(sum / ((bottom - y * times) * (right - x * times)));
      }
    }
  }
  return { ...small, pixels: bytes };
}
