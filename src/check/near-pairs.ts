/**
 * All pairs of 64-bit hashes that differ in few bits, without comparing each with each: the hash is cut into four words of
 * 16 bits, and of two hashes that differ in at most 7 bits one word differs in at most one (multi-index hashing: Norouzi,
 * Punjani and Fleet, CVPR 2012). So each hash looks into 17 lists for each of its words.
 */
import { ones } from "./perceptual-hash.ts";

/** The largest distance at which no pair is missed: 4 words · (1 + 1 bits) − 1. */
export const RADIUS = 7;

const WORDS = 4;
const LISTS = 1 << 16;

export interface NearPair {
  /** The smaller index. */
  readonly a: number;
  readonly b: number;
  /** Bits that differ. */
  readonly distance: number;
}

export interface NearPairs {
  readonly pairs: readonly NearPair[];
  /** False when the search was given up: so many hashes are alike that pairs are past counting. */
  readonly complete: boolean;
}

/** Work after which the search ends, in comparisons of two hashes; some ten seconds. A judgement of `accept` counts as 100. */
const BUDGET = 2e9;

/**
 * @param hashes two numbers of 32 bits for each picture, [count, 2]
 * @param among the pictures to compare, ascending
 * @param accept looks closer at a pair whose hashes are near
 */
export function nearPairs(
  hashes: Uint32Array,
  among: Int32Array,
  accept: (a: number, b: number) => boolean,
  budget = BUDGET,
): NearPairs {
  const word = (index: number, w: number) => (hashes[2 * index + (w >> 1)] >>> (16 * (w & 1))) & 0xffff;
  const lists = Array.from({ length: WORDS }, (_, w) => listsOf(among, (index) => word(index, w)));
  const pairs: NearPair[] = [];
  let left = budget;
  for (const a of among) {
    for (let w = 0; w < WORDS; w++) {
      const own = word(a, w);
      const { first, members } = lists[w];
      for (let bit = -1; bit < 16; bit++) {
        const list = bit < 0 ? own : own ^ (1 << bit);
        for (let k = first[list]; k < first[list + 1]; k++) {
          const b = members[k];
          if (b <= a) continue;
          left--;
          const low = (hashes[2 * a] ^ hashes[2 * b]) >>> 0;
          const high = (hashes[2 * a + 1] ^ hashes[2 * b + 1]) >>> 0;
          const distance = ones(low) + ones(high);
          if (distance > RADIUS || metBefore(low, high, w)) continue;
          left -= 100;
          if (accept(a, b)) pairs.push({ a, b, distance });
        }
      }
      if (left < 0) return { pairs, complete: false };
    }
  }
  return { pairs, complete: true };
}

/** Whether a pair with these differences was seen already by a word before `w`. */
function metBefore(low: number, high: number, w: number): boolean {
  for (let k = 0; k < w; k++) {
    const half = k < 2 ? low : high;
    if (ones((half >>> (16 * (k & 1))) & 0xffff) <= 1) return true;
  }
  return false;
}

/** The pictures by the value of one word, ascending within each: members[first[v]] … members[first[v + 1] − 1] have value v. */
function listsOf(among: Int32Array, value: (index: number) => number) {
  const first = new Int32Array(LISTS + 1);
  for (const index of among) first[value(index) + 1]++;
  for (let v = 0; v < LISTS; v++) first[v + 1] += first[v];
  const next = first.slice();
  const members = new Int32Array(among.length);
  for (const index of among) members[next[value(index)]++] = index;
  return { first, members };
}
