import type { Geometry } from "../data/index.ts";
import type { Device, Session } from "../runtime/index.ts";

/** What a decoding thread is started with: the geometry as a model, and what runs it. */
export interface GeometryThread {
  readonly model: Uint8Array;
  readonly device: Device | "auto";
}

/** A picture of one or three channels as RGB bytes [height, width, 3]. */
export function asRgb({ pixels, channels }: { readonly pixels: Uint8Array; readonly channels: 1 | 3 }): Uint8Array {
  if (channels === 3) return pixels;
  const rgb = new Uint8Array(3 * pixels.length);
  for (let i = 0; i < pixels.length; i++) rgb.fill(pixels[i], 3 * i, 3 * i + 3);
  return rgb;
}

/** The geometry that a session of its model computes, here or in another thread. */
export function geometryOf(session: Pick<Session, "run">): Geometry {
  return async (picture) => {
    const pixels = { dtype: "uint8" as const, shape: [picture.height, picture.width, 3], data: asRgb(picture) };
    return (await session.run({ pixels })).resized.data as Uint8Array;
  };
}
