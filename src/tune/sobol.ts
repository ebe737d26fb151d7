/**
 * Sobol's sequence, scrambled: points that fill the unit cube more evenly than random ones. Every 2ᵏ points in a row from a
 * multiple of 2ᵏ have one in each of the 2ᵏ equal parts of every axis.
 *
 * Direction numbers by Joe and Kuo ("Constructing Sobol sequences with better two-dimensional projections", SIAM J. Sci. Comput.
 * 2008; their file new-joe-kuo-6). Scrambled in the manner of Owen by a hash of the bits (Laine and Karras 2011; Burley,
 * "Practical hash-based Owen scrambling", JCGT 2020), so that every seed has points of its own, all as even.
 */
import { Random } from "../core/index.ts";

/** Degree and inner coefficients of the primitive polynomial, then the first direction numbers; from the second axis on. */
const JOE_KUO: readonly (readonly [degree: number, inner: number, ...first: number[]])[] = [
  [1, 0, 1],
  [2, 1, 1, 3],
  [3, 1, 1, 3, 1],
  [3, 2, 1, 1, 1],
  [4, 1, 1, 1, 3, 3],
  [4, 4, 1, 3, 5, 13],
  [5, 2, 1, 1, 5, 5, 17],
  [5, 4, 1, 1, 5, 5, 5],
  [5, 7, 1, 1, 7, 11, 19],
  [5, 11, 1, 1, 5, 1, 1],
  [5, 13, 1, 1, 1, 3, 11],
  [5, 14, 1, 3, 5, 5, 31],
  [6, 1, 1, 3, 3, 9, 7, 49],
  [6, 13, 1, 1, 1, 15, 21, 21],
  [6, 16, 1, 3, 1, 13, 27, 49],
  [6, 19, 1, 1, 1, 15, 7, 5],
  [6, 22, 1, 3, 1, 15, 13, 25],
  [6, 25, 1, 1, 5, 5, 19, 61],
  [7, 1, 1, 3, 7, 11, 23, 15, 103],
  [7, 4, 1, 3, 7, 13, 13, 15, 69],
];

/** Axes that the sequence has; further ones are drawn at random. */
export const SOBOL_AXES = JOE_KUO.length + 1;

const BITS = 32;

/** The direction numbers of one axis, as unsigned 32-bit fractions. */
function directionsOf(axis: number): Uint32Array {
  const directions = new Uint32Array(BITS);
  if (axis === 0) {
    for (let i = 0; i < BITS; i++) directions[i] = (1 << (BITS - 1 - i)) >>> 0;
    return directions;
  }
  const [degree, inner, ...first] = JOE_KUO[axis - 1];
  for (let i = 0; i < BITS; i++) {
    if (i < degree) {
      directions[i] = (first[i] << (BITS - 1 - i)) >>> 0;
      continue;
    }
    let value = directions[i - degree] ^ (directions[i - degree] >>> degree);
    for (let k = 1; k < degree; k++) {
      if ((inner >> (degree - 1 - k)) & 1) value ^= directions[i - k];
    }
    directions[i] = value >>> 0;
  }
  return directions;
}

let directions: readonly Uint32Array[] | undefined;

/** A coordinate of the sequence itself, not scrambled, as an unsigned 32-bit fraction. */
export function sobolBits(index: number, axis: number): number {
  directions ??= Array.from({ length: SOBOL_AXES }, (_, i) => directionsOf(i));
  let bits = 0;
  for (let i = 0, rest = index >>> 0; rest !== 0; i++, rest >>>= 1) {
    if (rest & 1) bits ^= directions[axis][i];
  }
  return bits >>> 0;
}

function reversed(bits: number): number {
  let x = bits;
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return ((x >>> 16) | (x << 16)) >>> 0;
}

const FACTORS = [0x6c50b47c, 0xb82f1e52, 0xc7afe638, 0x8d22f6e6];

/** Each bit is flipped by a hash of the bits above it, and of nothing else: what makes points even stays. */
function scrambled(bits: number, key: number): number {
  let x = (reversed(bits) + key) >>> 0;
  for (const factor of FACTORS) x = (x ^ Math.imul(x, factor)) >>> 0;
  return reversed(x);
}

/** The points of one seed. */
export class Sobol {
  readonly #seed: number;
  readonly #place: string;
  readonly #keys: readonly number[];

  /** @param place keeps sequences of one seed for different purposes apart */
  constructor(axes: number, seed: number, place = "sobol") {
    this.#seed = seed;
    this.#place = place;
    const random = new Random(seed, place);
    this.#keys = Array.from({ length: axes }, () => random.uint32());
  }

  /** Point number `index`, from 0: [axes], each coordinate in [0, 1). */
  at(index: number): Float64Array {
    const point = new Float64Array(this.#keys.length);
    const most = Math.min(SOBOL_AXES, point.length);
    for (let axis = 0; axis < most; axis++)
      point[axis] = scrambled(sobolBits(index, axis), this.#keys[axis]) / 2 ** BITS;
    if (point.length > SOBOL_AXES) {
      const random = new Random(this.#seed, `${this.#place} beyond`, index);
      for (let axis = SOBOL_AXES; axis < point.length; axis++) point[axis] = random.uniform();
    }
    return point;
  }
}
