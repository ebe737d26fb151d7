/** The weights of the first layer in the form of what it looks at. */
import { areaMeans } from "../../data/index.ts";
import type { Recipe, StateValues } from "../../train/index.ts";

export interface FirstLayer {
  /** Of each class, of a hidden unit, or what a convolution slides over the picture. */
  readonly kind: "templates" | "units" | "filters";
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** How many there are. */
  readonly total: number;
  /** The weights [channels, height, width] of one of them. */
  weightsOf(unit: number): Float32Array;
  /** Σ w² of one of them, over all of its weights. */
  normOf(unit: number): number;
}

/**
 * Linear: the column of W that belongs to each class. Mlp: the columns of its first layer. Others: the first filters. Undefined
 * where the data are numbers, or the model has none.
 * @param largest the longer side; larger templates are averaged, as weights, since colours of opposite sign do not cancel
 */
export function firstLayer(recipe: Recipe, weights: StateValues, largest: number): FirstLayer | undefined {
  const { kind, model, channels } = recipe;
  if (kind === "numbers") return undefined;
  switch (model.name) {
    case "linear":
      return columns(recipe, weights["scores.weight"], "templates", largest);
    case "mlp": {
      const first = weights["hidden1.weight"];
      if (first === undefined) return columns(recipe, weights["scores.weight"], "templates", largest);
      return columns(recipe, first, "units", largest);
    }
    case "cnn":
    case "fastnet":
    case "resnet": {
      const first = model.name === "cnn" ? "features.1" : "stem";
      const values = weights[`${first}.weight`];
      const total = weights[model.name === "cnn" ? `${first}.bias` : `${first}.norm.shift`].length;
      const size = values.length / total;
      const side = Math.sqrt(size / channels);
      const weightsOf = (unit: number) => values.subarray(unit * size, (unit + 1) * size);
      const normOf = (unit: number) => norm(weightsOf(unit), 0, 1);
      return { kind: "filters", height: side, width: side, channels, total, weightsOf, normOf };
    }
    default:
      return undefined;
  }
}

/** @param values W [channels · height · width, units] */
function columns(
  { height, width, channels }: Recipe,
  values: Float32Array,
  kind: "templates" | "units",
  largest: number,
): FirstLayer {
  const area = height * width;
  const scale = Math.min(1, largest / Math.max(height, width));
  const small = { height: Math.round(scale * height) || 1, width: Math.round(scale * width) || 1 };
  const total = values.length / (area * channels);
  const weightsOf = (unit: number) => {
    const planes = Array.from({ length: channels }, (_, c) => {
      const plane = Float32Array.from({ length: area }, (_, i) => values[(c * area + i) * total + unit]);
      return [...areaMeans(plane, { height, width, channels: 1 }, small)];
    });
    return Float32Array.from(planes.flat());
  };
  return { kind, ...small, channels, total, weightsOf, normOf: (unit) => norm(values, unit, total) };
}

/** Σ w² of every `step`-th value. */
function norm(values: Float32Array, from: number, step: number): number {
  let sum = 0;
  for (let i = from; i < values.length; i += step) sum += values[i] * values[i];
  return sum;
}
