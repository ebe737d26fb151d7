import { stat } from "node:fs/promises";
import { UsageError } from "../../../core/index.ts";
import type { Picture } from "../../../data/index.ts";
import { decodePicture, numbersFormat, unlabelledRows } from "../../../data/node/index.ts";
import { enlarged, type HeatMap, heatLayer, overlay, reduced, shareOutside } from "../../../explain/index.ts";
import { geometryModel, placementOf } from "../../../preprocess/index.ts";
import { asRgb } from "../../geometry.ts";
import type { OpenedRun } from "../export/open-run.ts";
import { runOnce } from "./heat-of-pictures.ts";
import type { Contribution, ExplainOptions, Explanation } from "./options.ts";

/** What is explained, as the network is given it. */
export interface Example {
  readonly name: string;
  /** Bytes [1, height, width, channels] of the network's size, or numbers [1, features]. */
  readonly values: Uint8Array | Float32Array;
  /** The picture at its own size; undefined for a row of numbers. */
  readonly picture?: Picture;
}

/** @throws UsageError when there is no such file, it cannot be read, or it is of the other kind */
export async function exampleOf(run: OpenedRun, path: string, options: ExplainOptions): Promise<Example> {
  const { features } = run.facts;
  const found = await stat(path).catch(() => undefined);
  const kind = features === undefined ? "picture" : "file of rows";
  if (found === undefined) throw new UsageError(path, `there is no such ${kind}`, "correct the path");
  if (found.isDirectory()) throw new UsageError(path, `is a folder, not a ${kind}`, `give one ${kind}`);
  const isNumbers = (await numbersFormat(path)) !== undefined;
  if (features === undefined) {
    if (isNumbers)
      throw new UsageError(path, `it holds numbers, and ${run.path} was trained on pictures`, "give a picture", 1);
    if (options.row !== undefined) throw new UsageError("row", "is for runs on numbers", "leave it out");
    return await pictureExample(run, path, options);
  }
  if (!isNumbers) {
    const what = `it holds no numbers, and ${run.path} was trained on ${features.length} numbers an example`;
    throw new UsageError(path, what, "give a file of rows, as for training", 1);
  }
  return await rowExample(features, path, options.row ?? 1);
}

async function pictureExample(
  { recipe, facts }: OpenedRun,
  path: string,
  { device }: ExplainOptions,
): Promise<Example> {
  const picture = await decodePicture(path);
  const pixels = { dtype: "uint8" as const, shape: [picture.height, picture.width, 3], data: asRgb(picture) };
  const { resized } = await runOnce(device)(geometryModel({ ...recipe, fit: facts.fit }), { pixels }, {});
  return { name: path, values: resized.data as Uint8Array, picture };
}

async function rowExample(features: readonly string[], path: string, row: number): Promise<Example> {
  const rows = await unlabelledRows(path, features);
  const count = rows.paths.length;
  if (!(Number.isInteger(row) && row >= 1 && row <= count)) {
    throw new UsageError("row", `is ${row}, but ${path} has ${count} rows that can be read`, `give 1 to ${count}`);
  }
  const values = rows.values.slice((row - 1) * features.length, row * features.length);
  return { name: rows.paths[row - 1], values };
}

/** On its longer side a picture that is shown has so many pixels: a smaller one is enlarged in whole pixels, to be looked at. */
const SMALLEST = 256;
/** A larger one is averaged down: of 50 million pixels a screen shows few, and an overlay would take gigabytes. */
const LARGEST = 2560;

/** A map over the picture, at the picture's own size where that can be looked at. */
export function heatOn({ recipe, facts }: OpenedRun, picture: Picture, map: HeatMap): NonNullable<Explanation["heat"]> {
  const longer = Math.max(picture.height, picture.width);
  const [up, down] = [Math.ceil(SMALLEST / longer), Math.ceil(longer / LARGEST)];
  const shown = down > 1 ? reduced(picture, down) : enlarged(picture, up);
  const times = down > 1 ? down : 1 / up;
  const { scale, offset } = placementOf(picture, recipe, facts.fit);
  const lying = { scale: [scale[0] * times, scale[1] * times] as const, offset };
  const layer = heatLayer(map, shown, recipe, lying);
  return { map, layer, overlay: overlay(shown, layer), outside: shareOutside(map, shown, recipe, lying) };
}

/** What each number of a row adds, the largest first. */
export function contributionsOf({ recipe, facts }: OpenedRun, values: Float32Array, map: HeatMap): Contribution[] {
  const { mean, deviation } = recipe.normalization;
  return facts
    .features!.map((feature, i) => ({
      feature,
      value: values[i],
      standardized: (values[i] - mean[i]) / deviation[i],
      contribution: map.values[i],
    }))
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
}
