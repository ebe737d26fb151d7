/** Learned numbers as pictures. Apart from what trains, so that the page need not load that to draw. */
import type { Grown } from "./templates.ts";

/** A template as a picture, [size, size, 4]: grey is 0, and the same stretch for all three colours. */
export function templatePicture({ weights }: Pick<Grown, "weights">, of: number, size: number, classes: number) {
  const area = size * size;
  let limit = 0;
  for (let k = 0; k < 3 * area; k++) limit = Math.max(limit, Math.abs(weights[k * classes + of]));
  const out = new Uint8ClampedArray(4 * area);
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const weight = weights[(channel * area + i) * classes + of];
      out[4 * i + channel] = limit === 0 ? 128 : 128 + (127 * weight) / limit;
    }
    out[4 * i + 3] = 255;
  }
  return out;
}

/** Numbers of both signs as a picture, [count, 4]: white is 0, red above it, blue below. */
export function signedPicture(values: Float32Array): Uint8ClampedArray {
  const limit = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const out = new Uint8ClampedArray(4 * values.length);
  for (const [i, value] of values.entries()) {
    const share = Math.abs(value) / limit;
    const [own, other] = [255 - 45 * share, 255 - 215 * share];
    out.set(value >= 0 ? [own, other, other, 255] : [other, 255 - 130 * share, own, 255], 4 * i);
  }
  return out;
}
