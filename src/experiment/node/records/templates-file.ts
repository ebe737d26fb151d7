/** `templates.bin`: the weights of the first layer, epoch by epoch, one byte each. */
import { join } from "node:path";
import type { Recipe, StateValues } from "../../../train/index.ts";
import { type FirstLayer, firstLayer } from "../../run-page/first-layer.ts";
import { RecordFile, readRecords } from "./record-file.ts";

const FILE = "templates.bin";
/** Epochs that are kept. */
const MOST = 60;
/** The longer side of a template; larger ones are averaged. */
const LARGEST_SIDE = 32;
/** Bytes of one epoch, and pictures of it. */
const LARGEST = 2 ** 15;
const MOST_UNITS = 48;

/** The first layer of a run as it grew. */
export interface TemplatesByEpoch extends Pick<FirstLayer, "kind" | "height" | "width" | "channels" | "total"> {
  /** How many of the `total` are kept: the first ones. */
  readonly shown: number;
  /** 0 are the weights before the first step. */
  readonly epochs: readonly number[];
  /** Of one epoch, by its place in `epochs`: a scale for each unit, and [shown, channels, height, width] in 127ths of it. */
  weights(place: number): { readonly scales: Float32Array; readonly values: Int8Array };
}

/** Writes them. */
export class TemplatesFile {
  readonly #file: RecordFile;
  readonly #recipe: Recipe;
  readonly #shown: number;

  private constructor(file: RecordFile, recipe: Recipe, shown: number) {
    this.#file = file;
    this.#recipe = recipe;
    this.#shown = shown;
  }

  /**
   * @param after the last epoch that counts, −1 where the run begins
   * @returns undefined where the first layer does not look at pictures
   */
  static async open(
    folder: string,
    recipe: Recipe,
    weights: StateValues,
    after: number,
  ): Promise<TemplatesFile | undefined> {
    const layer = firstLayer(recipe, weights, LARGEST_SIDE);
    if (layer === undefined) return undefined;
    const { kind, height, width, channels, total } = layer;
    const size = height * width * channels;
    const shown = Math.max(1, Math.min(total, MOST_UNITS, Math.floor(LARGEST / (4 + size))));
    const facts = { kind, height, width, channels, total, shown };
    const file = await RecordFile.open(join(folder, FILE), facts, shown * (4 + size), MOST, after);
    return new TemplatesFile(file, recipe, shown);
  }

  async write(epoch: number, weights: StateValues): Promise<void> {
    const shown = this.#shown;
    const { height, width, channels, weightsOf } = firstLayer(this.#recipe, weights, LARGEST_SIDE)!;
    const size = height * width * channels;
    const bytes = new Uint8Array(shown * (4 + size));
    const view = new DataView(bytes.buffer);
    for (let unit = 0; unit < shown; unit++) {
      const own = weightsOf(unit);
      const scale = own.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
      view.setFloat32(4 * unit, scale, true);
      if (scale === 0) continue;
      own.forEach((weight, i) => {
        view.setInt8(4 * shown + unit * size + i, Math.round((127 * weight) / scale));
      });
    }
    await this.#file.write(epoch, bytes);
  }
}

/** @returns undefined where a run has none, or its file is damaged */
export async function readTemplates(folder: string): Promise<TemplatesByEpoch | undefined> {
  const records = await readRecords(join(folder, FILE));
  if (records === undefined) return undefined;
  const { kind, height, width, channels, total, shown, record } = records.facts as unknown as TemplatesByEpoch & {
    readonly record: number;
  };
  if (record !== shown * (4 + height * width * channels)) return undefined;
  return {
    ...{ kind, height, width, channels, total, shown },
    epochs: records.epochs,
    weights: (place) => {
      const own = Uint8Array.from(records.record(place));
      return { scales: new Float32Array(own.buffer, 0, shown), values: new Int8Array(own.buffer, 4 * shown) };
    },
  };
}
