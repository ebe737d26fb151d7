/** The kernels of a Parzen estimator along one axis of the unit cube. The last one is the prior: even, or nearly so. */
import type { Random } from "../../core/index.ts";
import { cumulative } from "../gp/normal.ts";
import { type Axis, partOf } from "./axis.ts";

export interface Kernels {
  /** A place near the centre of a kernel. */
  draw(kernel: number, random: Random): number;
  /** Adds to `logs`, [kernels], the logarithm of each kernel's density, or of the probability of the part, at a place. */
  addLogs(unit: number, logs: Float64Array): void;
}

const LOG_SQRT_TAU = 0.9189385332046727;

/** Beyond so many standard deviations there is less of a normal distribution than a density would show. */
const NOTHING_BEYOND = 7;

/** The probability that a standard normal variable lies in [from, to]; relatively exact in both tails. */
function between(from: number, to: number): number {
  if (from > 0) return between(-to, -from);
  return (to > NOTHING_BEYOND ? 1 : cumulative(to)) - (from < -NOTHING_BEYOND && to > 0 ? 0 : cumulative(from));
}

/**
 * Standard deviations from the distances of neighbours (Bergstra et al. 2011): to the farther one of the two, the prior's centre among
 * them; at either end to the only one. None below 1/(kernels + 1), nor below a hundredth ("magic clipping", Watanabe 2023, §3.3.4).
 *
 * Differs: neighbours are those that lie elsewhere. Of several kernels at one value, each would be next to another, and too narrow for
 * their density to reach the next value.
 */
function deviations(centres: Float64Array): Float64Array {
  const least = 1 / Math.min(100, centres.length + 1);
  const places = centres.toSorted().filter((place, i, all) => i === 0 || place > all[i - 1]);
  const end = places.length - 1;
  const own = places.map((place, i) => {
    const left = i === 0 ? 0 : place - places[i - 1];
    const right = i === end ? 0 : places[i + 1] - place;
    return Math.max(least, left, right);
  });
  const result = centres.map((centre) => own[indexOf(places, centre)]);
  result[result.length - 1] = 1;
  return result;
}

/** Where a value is among ascending ones. */
function indexOf(places: Float64Array, place: number): number {
  let [low, high] = [0, places.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (place >= places[middle]) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A normal distribution around each centre, cut off at 0 and 1. */
function drawNear(centre: number, deviation: number, random: Random): number {
  for (;;) {
    const unit = centre + deviation * random.normal();
    if (unit >= 0 && unit <= 1) return unit;
  }
}

function continuous(centres: Float64Array): Kernels {
  const sigmas = deviations(centres);
  const rates = sigmas.map((sigma) => 1 / sigma);
  const norms = centres.map((mu, k) => {
    const inside = between(-mu / sigmas[k], (1 - mu) / sigmas[k]);
    return Math.log(sigmas[k] * inside) + LOG_SQRT_TAU;
  });
  return {
    draw: (kernel, random) => drawNear(centres[kernel], sigmas[kernel], random),
    addLogs: (unit, logs) => {
      for (let k = 0; k < logs.length; k++) {
        const z = (unit - centres[k]) * rates[k];
        logs[k] -= 0.5 * z * z + norms[k];
      }
    },
  };
}

/** What the parts of an integer have of a normal distribution. Kernels at one part are alike, and each is asked about each part once. */
function ordered(axis: Extract<Axis, { kind: "ordered" }>, centres: Float64Array): Kernels {
  const { edges } = axis;
  const count = edges.length - 1;
  const sigmas = deviations(centres);
  // The kind of a kernel is its part; the prior's is behind the last.
  const kinds = Uint8Array.from(centres, (centre, k) => (k === centres.length - 1 ? count : partOf(axis, centre)));
  const kernels = new Int32Array(count + 1).fill(-1);
  for (const [k, kind] of kinds.entries()) kernels[kind] = k;
  const at = (k: number, unit: number) => (unit - centres[k]) / sigmas[k];
  const wholes = Float64Array.from(kernels, (k) => (k < 0 ? 0 : between(at(k, 0), at(k, 1))));
  // A part that is too far away for a number is as far as a number can say.
  const tableOf = (part: number) =>
    Float64Array.from(kernels, (k, kind) =>
      k < 0 ? 0 : Math.log(Math.max(1e-300, between(at(k, edges[part]), at(k, edges[part + 1])) / wholes[kind])),
    );
  const tables: Float64Array[] = [];
  return {
    draw: (kernel, random) => {
      const part = partOf(axis, drawNear(centres[kernel], sigmas[kernel], random));
      return (edges[part] + edges[part + 1]) / 2;
    },
    addLogs: (unit, logs) => {
      const part = partOf(axis, unit);
      tables[part] ??= tableOf(part);
      const table = tables[part];
      for (let k = 0; k < logs.length; k++) logs[k] += table[kinds[k]];
    },
  };
}

/** Aitchison and Aitken 1976: the value itself, and with a share that falls with the number of kernels any other. */
function choice(axis: Extract<Axis, { kind: "choice" }>, centres: Float64Array): Kernels {
  const { count } = axis;
  const prior = centres.length - 1;
  const parts = Uint16Array.from(centres, (unit) => partOf(axis, unit));
  const spread = 1 / centres.length;
  const other = spread / (1 + count * spread);
  const [logSame, logOther, logEven] = [Math.log(other * (1 + centres.length)), Math.log(other), -Math.log(count)];
  return {
    draw: (kernel, random) => {
      const itself = kernel !== prior && random.uniform() >= count * other;
      return itself ? centres[kernel] : (random.below(count) + 0.5) / count;
    },
    addLogs: (unit, logs) => {
      const part = partOf(axis, unit);
      for (let k = 0; k < prior; k++) logs[k] += parts[k] === part ? logSame : logOther;
      logs[prior] += logEven;
    },
  };
}

/** @param places of the trials on the axis; the kernel of the prior is added behind them */
export function kernelsOf(axis: Axis, places: Float64Array): Kernels {
  const centres = new Float64Array(places.length + 1).fill(0.5);
  centres.set(places);
  if (axis.kind === "continuous") return continuous(centres);
  return axis.kind === "ordered" ? ordered(axis, centres) : choice(axis, centres);
}
