/**
 * What a linear model sees of a picture when it judges labels: histograms of oriented gradients (Dalal and Triggs, CVPR 2005,
 * cells of 4×4, 9 orientations, each cell divided by the energy around it), the grey raster at 16×16 and colour at 4×4. As bytes:
 * a hundred thousand pictures take 88 MB.
 */
import { COLOUR_SIDE, SIDE, type Sketch } from "./sketch.ts";

const CELL = 4;
const CELLS = SIDE / CELL;
const ORIENTATIONS = 9;
const HOG = CELLS * CELLS * ORIENTATIONS;
const GREY_SIDE = 16;
const GREY = GREY_SIDE * GREY_SIDE;
const COARSE = 4;

/** Numbers that describe one picture. */
export const FEATURES = HOG + GREY + 3 * COARSE * COARSE;

/** Writes the features of one picture into `out`, [FEATURES] bytes. */
export function features({ grey, colour }: Sketch, out: Uint8Array): void {
  gradients(grey, out);
  shrink(grey, SIDE, 1, GREY_SIDE, out.subarray(HOG));
  shrink(colour, COLOUR_SIDE, 3, COARSE, out.subarray(HOG + GREY));
}

function gradients(grey: Uint8Array, out: Uint8Array): void {
  const cells = new Float64Array(HOG);
  const at = (y: number, x: number) =>
    grey[Math.min(SIDE - 1, Math.max(0, y)) * SIDE + Math.min(SIDE - 1, Math.max(0, x))];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const dx = at(y, x + 1) - at(y, x - 1);
      const dy = at(y + 1, x) - at(y - 1, x);
      const size = Math.hypot(dx, dy);
      if (size === 0) continue;
      // Unsigned direction, shared between the two nearest bins.
      const turn = ((Math.atan2(dy, dx) / Math.PI + 1) % 1) * ORIENTATIONS;
      const bin = Math.floor(turn) % ORIENTATIONS;
      const share = turn - Math.floor(turn);
      // And between the four nearest cells, so that a shift of one pixel changes little.
      const [cy, cx] = [(y + 0.5) / CELL - 0.5, (x + 0.5) / CELL - 0.5];
      const [top, left] = [Math.floor(cy), Math.floor(cx)];
      for (const [row, rowShare] of [
        [top, 1 - (cy - top)],
        [top + 1, cy - top],
      ]) {
        if (row < 0 || row >= CELLS) continue;
        for (const [column, columnShare] of [
          [left, 1 - (cx - left)],
          [left + 1, cx - left],
        ]) {
          if (column < 0 || column >= CELLS) continue;
          const into = (row * CELLS + column) * ORIENTATIONS;
          const weight = size * rowShare * columnShare;
          cells[into + bin] += weight * (1 - share);
          cells[into + ((bin + 1) % ORIENTATIONS)] += weight * share;
        }
      }
    }
  }
  normalised(cells, out);
}

/** Divides each cell by the energy of the 3×3 cells around it. */
function normalised(cells: Float64Array, out: Uint8Array): void {
  const energy = new Float64Array(CELLS * CELLS);
  for (let k = 0; k < cells.length; k++) energy[Math.floor(k / ORIENTATIONS)] += cells[k] ** 2;
  for (let y = 0; y < CELLS; y++) {
    for (let x = 0; x < CELLS; x++) {
      let [around, count] = [0, 0];
      for (let v = Math.max(0, y - 1); v <= Math.min(CELLS - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(CELLS - 1, x + 1); u++, count++) around += energy[v * CELLS + u];
      }
      // The constant keeps noise on flat ground small: an edge of 4 grey levels along a side of the cell.
      const norm = Math.sqrt(around / count) + CELL * 4;
      const from = (y * CELLS + x) * ORIENTATIONS;
      for (let k = 0; k < ORIENTATIONS; k++) out[from + k] = Math.min(255, Math.round((200 * cells[from + k]) / norm));
    }
  }
}

/** Means of square cells: [side, side, channels] to [into, into, channels]. */
function shrink(values: Uint8Array, side: number, channels: number, into: number, out: Uint8Array): void {
  const cell = side / into;
  for (let y = 0; y < into; y++) {
    for (let x = 0; x < into; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let v = 0; v < cell; v++) {
          for (let u = 0; u < cell; u++) sum += values[((y * cell + v) * side + x * cell + u) * channels + c];
        }
        out[(y * into + x) * channels + c] = Math.round(sum / (cell * cell));
      }
    }
  }
}
