/** The weights of the first layer as pictures: what each unit answers to most. */
import { areaMeans } from "../../data/index.ts";
import type { Recipe, StateValues } from "../../train/index.ts";

/** Hidden units and filters that are shown at most. */
const MOST_UNITS = 48;

export interface WeightPictures {
  readonly kind: "templates" | "units" | "filters";
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
  const { kind, model, height, width, channels } = recipe;
  if (kind === "numbers") return undefined;
  const area = height * width;
  const scale = Math.min(1, LARGEST / Math.max(height, width));
  const small = { height: Math.round(scale * height) || 1, width: Math.round(scale * width) || 1 };
  /** @param values W [channels · height · width, units] */
  const columns = (values: Float32Array, what: "templates" | "units") => {
    const total = values.length / (area * channels);
    // Templates are named by their class and keep its order.
    const units = what === "templates" ? firstOf(total) : largestOf(total, (unit) => norm(values, unit, total));
    return draw({ kind: what, ...small, total }, channels, units, (unit) => {
      const planes = Array.from({ length: channels }, (_, c) => {
        const plane = Float32Array.from({ length: area }, (_, i) => values[(c * area + i) * total + unit]);
        return [...areaMeans(plane, { height, width, channels: 1 }, small)];
      });
      return Float32Array.from(planes.flat());
    });
  };
  switch (model.name) {
    case "linear":
      return columns(weights["scores.weight"], "templates");
    case "mlp": {
      const first = weights["hidden1.weight"];
      return first === undefined ? columns(weights["scores.weight"], "templates") : columns(first, "units");
    }
    case "cnn":
    case "fastnet":
    case "resnet": {
      const first = model.name === "cnn" ? "features.1" : "stem";
      const values = weights[`${first}.weight`];
      const total = weights[model.name === "cnn" ? `${first}.bias` : `${first}.norm.shift`].length;
      const size = values.length / total;
      const side = Math.sqrt(size / channels);
      const of = (unit: number) => values.subarray(unit * size, (unit + 1) * size);
      const shape = { kind: "filters" as const, height: side, width: side, total };
      return draw(
        shape,
        channels,
        largestOf(total, (unit) => norm(of(unit), 0, 1)),
        of,
      );
    }
    default:
      return undefined;
  }
}

const firstOf = (total: number) => Array.from({ length: Math.min(MOST_UNITS, total) }, (_, unit) => unit);

/** The units of which a number is largest, the largest first. */
function largestOf(total: number, sizeOf: (unit: number) => number): number[] {
  const sizes = Float64Array.from({ length: total }, (_, unit) => sizeOf(unit));
  return Array.from(sizes.keys())
    .sort((a, b) => sizes[b] - sizes[a] || a - b)
    .slice(0, MOST_UNITS);
}

/** Σ w² of every `step`-th value. */
function norm(values: Float32Array, from: number, step: number): number {
  let sum = 0;
  for (let i = from; i < values.length; i += step) sum += values[i] * values[i];
  return sum;
}

/** @param weightsOf the weights [channels, height, width] of a unit */
function draw(
  shape: Omit<WeightPictures, "channels" | "units">,
  channels: 1 | 3,
  units: readonly number[],
  weightsOf: (unit: number) => Float32Array,
): WeightPictures {
  const drawn = units.map((unit) => {
    const weights = weightsOf(unit);
    return { unit, pixels: channels === 1 ? bySign(weights) : asColours(weights) };
  });
  return { ...shape, channels: channels === 1 ? 4 : 3, units: drawn };
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
