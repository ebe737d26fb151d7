import { countOf, type Parameter } from "../../space/index.ts";

/** Values of an ordered parameter up to which each is told apart; above that they are as good as a continuum. */
const TOLD_APART = 100;

/**
 * How a parameter lies in [0, 1]: as a continuum, as parts of it in an order, given by their edges, or as so many equal parts without
 * an order.
 */
export type Axis =
  | { readonly kind: "continuous" }
  | { readonly kind: "ordered"; readonly edges: Float64Array }
  | { readonly kind: "choice"; readonly count: number };

export function axisOf(parameter: Parameter): Axis {
  const count = countOf(parameter);
  if (parameter.kind === "choice") return { kind: "choice", count };
  if (parameter.kind === "float" || count > TOLD_APART) return { kind: "continuous" };
  const { low, high, log } = parameter;
  if (!log) return { kind: "ordered", edges: Float64Array.from({ length: count + 1 }, (_, i) => i / count) };
  const [from, to] = [Math.log(low - 0.5), Math.log(high + 0.5)];
  const edges = Float64Array.from({ length: count + 1 }, (_, i) => (Math.log(low + i - 0.5) - from) / (to - from));
  return { kind: "ordered", edges };
}

/** Which part of an axis a place lies in. */
export function partOf(axis: Exclude<Axis, { kind: "continuous" }>, unit: number): number {
  if (axis.kind === "choice") return Math.min(axis.count - 1, Math.floor(unit * axis.count));
  let [low, high] = [0, axis.edges.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (unit >= axis.edges[middle]) low = middle;
    else high = middle - 1;
  }
  return low;
}
