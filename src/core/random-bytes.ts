import { streamOf } from "./random.ts";

/** Which bytes: of a place, in a step, and for which part of that step's work. */
export interface BytesKey {
  readonly seed: number;
  readonly place: string;
  readonly step: number;
  readonly part?: number;
}

/**
 * Fills `out` with uniform random bytes: a pure function of the key, whatever the length (a longer array begins with the
 * shorter one). The blocks of `philox` with counter [block, part, step, 1], whose last word keeps them apart from every
 * `Random`; written out flat in 32-bit integers, since a step may want a hundred thousand bytes (0.3 ms).
 */
export function randomBytes(out: Uint8Array, { seed, place, step, part = 0 }: BytesKey): void {
  const key0 = (seed | 0) ^ streamOf(place);
  const key1 = Math.floor(seed / 4294967296) | 0;
  const { length } = out;
  for (let at = 0, block = 0; at < length; at += 16, block++) {
    let c0 = block;
    let c1 = part | 0;
    let c2 = step | 0;
    let c3 = 1;
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < 10; round++) {
      const high0 = multiplyHigh(0xd251, 0x1f53, c0);
      const low0 = Math.imul(0xd2511f53, c0);
      const high1 = multiplyHigh(0xcd9e, 0x8d57, c2);
      const low1 = Math.imul(0xcd9e8d57, c2);
      c0 = high1 ^ c1 ^ k0;
      c1 = low1;
      c2 = high0 ^ c3 ^ k1;
      c3 = low0;
      k0 = (k0 + 0x9e3779b9) | 0;
      k1 = (k1 + 0xbb67ae85) | 0;
    }
    const left = length - at;
    writeWord(out, at, c0, left);
    writeWord(out, at + 4, c1, left - 4);
    writeWord(out, at + 8, c2, left - 8);
    writeWord(out, at + 12, c3, left - 12);
  }
}

/** High 32 bits of the unsigned product of b with the number of these halves. Halves times halves fit in 32 bits. */
function multiplyHigh(aHigh: number, aLow: number, b: number): number {
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const cross1 = Math.imul(aHigh, bLow);
  const cross2 = Math.imul(aLow, bHigh);
  const middle = (Math.imul(aLow, bLow) >>> 16) + (cross1 & 0xffff) + (cross2 & 0xffff);
  return (Math.imul(aHigh, bHigh) + (cross1 >>> 16) + (cross2 >>> 16) + (middle >>> 16)) | 0;
}

/** The bytes of a word, the lowest first, as far as there is room. */
function writeWord(out: Uint8Array, at: number, word: number, room: number): void {
  if (room > 0) out[at] = word;
  if (room > 1) out[at + 1] = word >>> 8;
  if (room > 2) out[at + 2] = word >>> 16;
  if (room > 3) out[at + 3] = word >>> 24;
}
