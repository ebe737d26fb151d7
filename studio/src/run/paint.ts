/** Weights of the first layer as pictures. */
import type { Templates } from "../../../src/studio/index.ts";

/** The largest size that a weight of a unit has over all epochs: so that one sees it grow. */
export const largestOf = ({ scales }: Pick<Templates, "scales">, unit: number): number =>
  scales.reduce((most, epoch) => Math.max(most, epoch[unit] ?? 0), 0);

/** The signed bytes of base64. */
export function bytesOf(base64: string): Int8Array {
  const text = atob(base64);
  return Int8Array.from(text, (character) => character.charCodeAt(0));
}

/** Colours of weights above and below 0, as the report has them. */
const ABOVE = [31, 111, 235];
const BELOW = [214, 84, 0];

/**
 * One unit as RGBA [height, width, 4]. With one channel blue is above 0 and orange below, clear where a weight is 0; of three
 * channels middle grey is 0.
 * @param bytes of an epoch, [shown, channels, height, width], in 127ths of `scale`
 * @param limit the size that gets the full colour
 */
export function paint(
  { height, width, channels }: Pick<Templates, "height" | "width" | "channels">,
  bytes: Int8Array,
  unit: number,
  scale: number,
  limit: number,
): Uint8ClampedArray<ArrayBuffer> {
  const area = height * width;
  const from = unit * channels * area;
  const factor = limit > 0 ? scale / 127 / limit : 0;
  const out = new Uint8ClampedArray(4 * area);
  for (let i = 0; i < area; i++) {
    if (channels === 1) {
      const weight = bytes[from + i]! * factor;
      out.set(weight > 0 ? ABOVE : BELOW, 4 * i);
      out[4 * i + 3] = Math.round(255 * Math.abs(weight));
    } else {
      for (let c = 0; c < 3; c++) out[4 * i + c] = Math.round(127.5 * (1 + bytes[from + c * area + i]! * factor));
      out[4 * i + 3] = 255;
    }
  }
  return out;
}
