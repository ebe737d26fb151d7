import type { Fit } from "./geometry.ts";

interface Size {
  readonly height: number;
  readonly width: number;
}

/**
 * Where the geometry brings a picture: the point y of its own (0 at the upper edge, `height` at the lower one) comes to
 * y · scale[0] + offset[0] in what the network is given, and x to x · scale[1] + offset[1].
 */
export interface Placement {
  /** Vertical, horizontal. */
  readonly scale: readonly [number, number];
  readonly offset: readonly [number, number];
}

/** Half to even, as ONNX Round. */
function round(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** One function for each `Fit`, with the same roundings as `addGeometry`. */
const placements: Readonly<Record<Fit, (own: readonly number[], wanted: readonly number[]) => [number, number][]>> = {
  letterbox: (own, wanted) => {
    const factor = Math.min(...own.map((side, i) => Math.fround(wanted[i] / side)));
    return own.map((side, i) => {
      const size = Math.max(1, round(Math.fround(side * factor)));
      return [size / side, Math.floor((wanted[i] - size) / 2)];
    });
  },
  crop: (own, wanted) => {
    const factor = Math.min(...own.map((side, i) => Math.fround(side / wanted[i])));
    return own.map((side, i) => {
      const size = Math.max(1, round(Math.fround(wanted[i] * factor)));
      const scale = wanted[i] / size;
      return [scale, -Math.floor((side - size) / 2) * scale];
    });
  },
  stretch: (own, wanted) => own.map((side, i) => [wanted[i] / side, 0]),
};

/** Where a picture of this size comes to lie when it is made to fit. */
export function placementOf(own: Size, wanted: Size, fit: Fit): Placement {
  const sides = ({ height, width }: Size) => [height, width];
  const [rows, columns] = placements[fit](sides(own), sides(wanted));
  return { scale: [rows[0], columns[0]], offset: [rows[1], columns[1]] };
}
