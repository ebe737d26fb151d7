import { allocate, type Session } from "../../runtime/index.ts";
import type { Features } from "./features.ts";
import type { ConvexGraphs } from "./graphs.ts";

/**
 * Σ_i ω_i x_i x_iᵀ over all examples, [n, n] with n = features, plus one for the bias, whose feature is always 1.
 *
 * The session sums products of the stored values; scale and shift are put in afterwards, in float64. Bytes with equal weights
 * are summed as integers without any rounding. Otherwise each row is multiplied by √ω first.
 */
export async function gramOf(
  { count, width, data, scale, shift }: Features,
  weights: Float64Array,
  bias: boolean,
  session: Session,
  { gramChunk: chunk, exactGram: exact }: Pick<ConvexGraphs, "gramChunk" | "exactGram">,
): Promise<Float64Array> {
  const x = allocate(exact ? "uint8" : "float64", [chunk, width]);
  const gram = allocate(exact ? "int32" : "float64", [width, width]);
  const run = session.bind({ x }, { gram });
  const into = x.data as Uint8Array | Float64Array;
  const part = gram.data as Int32Array | Float64Array;
  const sums = new Float64Array(width * width);
  const means = new Float64Array(width);
  for (let from = 0; from < count; from += chunk) {
    const rows = Math.min(chunk, count - from);
    for (let row = 0; row < rows; row++) {
      const weight = weights[from + row];
      const factor = exact ? 1 : Math.sqrt(weight);
      const at = (from + row) * width;
      for (let k = 0; k < width; k++) {
        const value = data[at + k];
        means[k] += exact ? value : weight * value;
        into[row * width + k] = factor * value;
      }
    }
    into.fill(0, rows * width);
    await run();
    for (let i = 0; i < part.length; i++) sums[i] += part[i];
  }
  if (exact) {
    scaleBy(sums, weights[0]);
    scaleBy(means, weights[0]);
  }
  return normalised(sums, means, { width, scale, shift }, bias);
}

function scaleBy(values: Float64Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] *= factor;
}

/** From Σ ω u uᵀ and Σ ω u to Σ ω x xᵀ with x = scale (u − shift), for weights ω that sum to 1. */
function normalised(
  sums: Float64Array,
  means: Float64Array,
  { width, scale, shift }: Pick<Features, "width" | "scale" | "shift">,
  bias: boolean,
): Float64Array {
  const n = width + (bias ? 1 : 0);
  const result = new Float64Array(n * n);
  for (let a = 0; a < width; a++) {
    for (let b = 0; b < width; b++) {
      const centred = sums[a * width + b] - shift[a] * means[b] - means[a] * shift[b] + shift[a] * shift[b];
      result[a * n + b] = scale[a] * scale[b] * centred;
    }
    if (!bias) continue;
    result[a * n + width] = scale[a] * (means[a] - shift[a]);
    result[width * n + a] = result[a * n + width];
  }
  if (bias) result[n * n - 1] = 1;
  return result;
}
