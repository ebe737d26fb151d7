/** Numbers of any shape as a small picture of fixed reach: maps side by side, a vector as a strip, a matrix as a block. */
import { type Colours, entryOf, HEAT, limitOf, SIGNED } from "./colours.ts";
import type { Raster } from "./overlay.ts";

/** Maps that are shown of one unit, in two rows. */
export const SHOWN = 16;
const ACROSS = 8;
/** Pixels that a map has at most; larger ones are averaged down. */
const SIDE = 24;
/** Cells in a row of a strip, and rows; longer vectors are averaged down. */
const STRIP = 64;
const ROWS = 16;
/** Pixels that a matrix has at most, down and across. */
const MATRIX = [48, 192] as const;

/** A picture of numbers. */
export interface Thumbnail extends Raster {
  /** Height and width belong together, as those of a map; a vector has no height. */
  readonly square: boolean;
}

/** A grid of numbers; NaN where there is none. */
interface Grid {
  readonly height: number;
  readonly width: number;
  readonly values: Float32Array;
  /** Unless it is false, cells are as high as they are wide. */
  readonly square?: boolean;
}

/** Means over blocks, so that at most `height` × `width` are left. */
function averaged({ height, width, values }: Grid, most: { readonly height: number; readonly width: number }): Grid {
  const [rows, columns] = [Math.min(height, most.height), Math.min(width, most.width)];
  if (rows === height && columns === width) return { height, width, values };
  const out = new Float32Array(rows * columns);
  const bounds = (cell: number, cells: number, whole: number) => {
    const from = Math.floor((cell * whole) / cells);
    return [from, Math.max(from + 1, Math.floor(((cell + 1) * whole) / cells))] as const;
  };
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = bounds(row, rows, height);
    for (let column = 0; column < columns; column++) {
      const [left, right] = bounds(column, columns, width);
      let sum = 0;
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += values[y * width + x];
      out[row * columns + column] = sum / ((bottom - top) * (right - left));
    }
  }
  return { height: rows, width: columns, values: out };
}

/** Maps side by side, eight in a row, with a line between them. */
function tiled(tiles: readonly Grid[]): Grid {
  const [{ height, width }] = tiles;
  const across = Math.min(ACROSS, tiles.length);
  const down = Math.ceil(tiles.length / across);
  // A line between maps of one or two pixels would take more room than they do.
  const gap = Math.max(height, width) > 2 ? 1 : 0;
  const whole = { height: down * (height + gap) - gap, width: across * (width + gap) - gap };
  const values = new Float32Array(whole.height * whole.width).fill(Number.NaN);
  tiles.forEach((tile, i) => {
    const top = Math.floor(i / across) * (height + gap);
    const left = (i % across) * (width + gap);
    for (let y = 0; y < height; y++) {
      values.set(tile.values.subarray(y * width, (y + 1) * width), (top + y) * whole.width + left);
    }
  });
  return { ...whole, values };
}

/** Some maps of [maps, height, width]. */
export function mapsGrid(values: Float32Array, shape: readonly number[], which: readonly number[]): Grid {
  const [, height, width] = shape;
  const size = height * width;
  const most = { height: SIDE, width: SIDE };
  return tiled(which.map((k) => averaged({ height, width, values: values.subarray(k * size, (k + 1) * size) }, most)));
}

/** A vector as one row, or broken into several. */
export function stripGrid(values: Float32Array): Grid {
  const short = averaged({ height: 1, width: values.length, values }, { height: 1, width: STRIP * ROWS }).values;
  const width = Math.min(STRIP, short.length);
  const height = Math.ceil(short.length / width);
  const filled = new Float32Array(height * width).fill(Number.NaN);
  filled.set(short);
  return { height, width, values: filled, square: false };
}

/** [rows, columns]. */
export const matrixGrid = (values: Float32Array, height: number, width: number): Grid => ({
  ...averaged({ height, width, values }, { height: MATRIX[0], width: MATRIX[1] }),
  square: false,
});

/** Colours of a grid: from 0 up where there is nothing below 0, else of both signs. */
export function painted({ height, width, values, square = true }: Grid, signed: boolean): Thumbnail {
  const known = values.filter((value) => !Number.isNaN(value));
  const limit = limitOf(known);
  const colours: Colours = signed ? SIGNED : HEAT;
  const pixels = new Uint8Array(4 * values.length);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const entry = 4 * entryOf(value, limit, signed);
    for (let c = 0; c < 4; c++) pixels[4 * i + c] = colours[entry + c];
  });
  return { height, width, pixels, channels: 4, square };
}
