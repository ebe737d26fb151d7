/** The weights of the first layer as pictures: what each unit answers to most. */
import type { Recipe, StateValues } from "../../train/index.ts";
import { type FirstLayer, firstLayer } from "./first-layer.ts";

/** Hidden units and filters that are shown at most. */
const MOST_UNITS = 48;

export interface WeightPictures {
  readonly kind: FirstLayer["kind"];
  readonly height: number;
  readonly width: number;
  /** 4: one channel of weights, by its sign; 3: three of them, as colours. */
  readonly channels: 3 | 4;
  /** What there are, shown or not. */
  readonly total: number;
  readonly units: readonly { readonly unit: number; readonly pixels: Uint8Array }[];
}

/** The longer side in pixels; larger templates are averaged, as weights, since colours of opposite sign do not cancel. */
const LARGEST = 94;

/** Bytes of the colours of weights above and below 0. */
const POSITIVE = [31, 111, 235];
const NEGATIVE = [214, 84, 0];

/**
 * Linear: the column of W that belongs to each class, as a picture [height, width]. Mlp: the columns of the first layer, those of the
 * largest norm. Others: the first filters. Undefined where the data are numbers.
 */
export function weightPictures(recipe: Recipe, weights: StateValues): WeightPictures | undefined {
  const layer = firstLayer(recipe, weights, LARGEST);
  if (layer === undefined) return undefined;
  const { kind, height, width, channels, total } = layer;
  // Templates are named by their class and keep its order.
  const units = kind === "templates" ? firstOf(total) : largestOf(total, layer.normOf);
  const drawn = units.map((unit) => {
    const numbers = layer.weightsOf(unit);
    return { unit, pixels: channels === 1 ? bySign(numbers) : asColours(numbers) };
  });
  return { kind, height, width, total, channels: channels === 1 ? 4 : 3, units: drawn };
}

const firstOf = (total: number) => Array.from({ length: Math.min(MOST_UNITS, total) }, (_, unit) => unit);

/** The units of which a number is largest, the largest first. */
function largestOf(total: number, sizeOf: (unit: number) => number): number[] {
  const sizes = Float64Array.from({ length: total }, (_, unit) => sizeOf(unit));
  return Array.from(sizes.keys())
    .sort((a, b) => sizes[b] - sizes[a] || a - b)
    .slice(0, MOST_UNITS);
}

/** The 99 % largest magnitude, so that one outlier does not make the rest invisible. */
function scaleOf(weights: Float32Array): number {
  const sizes = weights.map(Math.abs).sort();
  return sizes[Math.min(sizes.length - 1, Math.ceil(0.99 * sizes.length) - 1)] || 1;
}

/** A colour for each sign, and nothing where a weight is 0: the page's own background is the middle, in both lights. */
function bySign(weights: Float32Array): Uint8Array {
  const scale = scaleOf(weights);
  const out = new Uint8Array(4 * weights.length);
  weights.forEach((w, i) => {
    out.set(w > 0 ? POSITIVE : NEGATIVE, 4 * i);
    out[4 * i + 3] = Math.round(255 * Math.min(1, Math.abs(w) / scale));
  });
  return out;
}

/** Middle grey is 0. */
function asColours(weights: Float32Array): Uint8Array {
  const scale = scaleOf(weights);
  const area = weights.length / 3;
  const out = new Uint8Array(weights.length);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) {
      const w = Math.max(-1, Math.min(1, weights[c * area + i] / scale));
      out[3 * i + c] = Math.round(127.5 + 127.5 * w);
    }
  }
  return out;
}
