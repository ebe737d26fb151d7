import { pictureAt, type Uniform } from "../../../data/index.ts";
import { type Heat, heatLayer, heatOf, overlay, type Raster, WHOLE } from "../../../explain/index.ts";
import type { Device, Values } from "../../../runtime/index.ts";
import { remoteModel } from "../../../runtime/node/index.ts";
import { network, type Recipe, type StateValues } from "../../../train/index.ts";

export interface HeatOptions {
  /**
   * grad-cam, hires-cam, saliency or input-gradient; Grad-CAM where there is a convolution unless said, else input × gradient.
   * hires-cam, which needs a convolution too, points better (measured in docs/explain.md).
   */
  readonly method?: string;
  readonly device?: Device | "auto";
}

/** Runs a model once, in a thread of its own. */
export const runOnce =
  (device: Device | "auto" = "auto") =>
  async (model: Uint8Array, feeds: Values, held: Values) => {
    const remote = await remoteModel(model, device, held);
    try {
      return await remote.run(feeds);
    } finally {
      await remote.close();
    }
  };

/**
 * Where a network looks, for pictures that already have its size: of each the places that speak for a class, and the picture
 * with them laid over it. One call for all pictures: they go through one graph, in a thread of its own (24 pictures of 64×64
 * and a cnn: about 0.2 s).
 *
 * @param weights by the name of the parameter, such as `keeper.weights`
 * @param block pixels [count, height, width, channels], as they are in memory
 * @param classes for each picture the class whose score is explained: its predicted one, to see what led there
 * @returns `maps` and `overlays`, both in the order of the pictures; an overlay is RGB of the picture's size, so
 * `thumbnail(overlay)` makes a data URL of it
 *
 * @example
 * const rows = mistakes.map(({ index }) => pictureAt(block, index).pixels);
 * const { overlays } = await heatOfPictures(recipe, weights, { ...block, pixels: concatenated(rows) }, predicted);
 *
 * @throws UsageError when the method does not fit the network, or the numbers of pictures and classes differ
 */
export async function heatOfPictures(
  recipe: Recipe,
  weights: StateValues,
  block: Uniform,
  classes: readonly number[],
  { method, device }: HeatOptions = {},
): Promise<Heat & { readonly overlays: readonly Raster<3>[] }> {
  const traced = network(recipe, classes.length);
  const heat = await heatOf(traced, weights, block.pixels, classes, runOnce(device), method);
  const overlays = heat.maps.map((map, i) => {
    const picture = pictureAt(block, i);
    return overlay(picture, heatLayer(map, picture, picture, WHOLE));
  });
  return { ...heat, overlays };
}
