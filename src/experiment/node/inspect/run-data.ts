/** The pictures that a run was trained and judged on, one at a time and as they are. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../../core/index.ts";
import { type Picture, type Source, type Split, type SplitName, splitNames } from "../../../data/index.ts";
import { openSource } from "../../../data/node/index.ts";
import { readConfig } from "../config-file.ts";
import { readSplit } from "./run-files.ts";

/** The data of a run. What is asked for is named by its path within the data, so that nothing else can be. */
export class RunData {
  readonly source: Source;
  /** Which pictures are for what; undefined where the run has not said it yet. */
  readonly split: Split | undefined;
  readonly #indexOf: ReadonlyMap<string, number>;

  private constructor(source: Source, split: Split | undefined, indexOf: ReadonlyMap<string, number>) {
    this.source = source;
    this.split = split;
    this.#indexOf = indexOf;
  }

  /**
   * @param folder of the run
   * @throws UsageError when the data is gone, or the run's configuration cannot be read
   */
  static async open(folder: string): Promise<RunData> {
    const { data, depth } = await readConfig(join(folder, "config.yaml"));
    if (typeof data !== "string") {
      throw new UsageError(folder, "its configuration names no data", "look at its config.yaml", 1);
    }
    const source = await openSource(data, { depth }).catch(async (error) => {
      if ((await stat(data).catch(() => undefined)) !== undefined || data.startsWith("builtin:")) throw error;
      const fix = "start the Studio in the folder that the run was started in, or bring the pictures back";
      throw new UsageError(data, "the data of the run is not there", fix, 1);
    });
    const indexOf = new Map(source.paths.map((path, i) => [path, i]));
    const named = await readSplit(folder);
    const indicesOf = (name: SplitName) =>
      Int32Array.from(named?.[name].flatMap((path) => indexOf.get(path) ?? []) ?? []);
    const split = named && (Object.fromEntries(splitNames.map((name) => [name, indicesOf(name)])) as unknown as Split);
    return new RunData(source, split, indexOf);
  }

  /** @throws UsageError for what is not in the data */
  indexOf(path: string): number {
    const index = this.#indexOf.get(path);
    if (index !== undefined) return index;
    throw new UsageError(path, "is not in the data of the run", "name a picture of predictions.csv or split.json");
  }

  /** The picture at its own size. @throws UsageError for a row of numbers, and what cannot be read */
  async picture(path: string): Promise<Picture> {
    if (this.source.numbers) throw new UsageError(path, "is a row of numbers", "there is no picture of it");
    return await this.source.read(this.indexOf(path));
  }

  /** The numbers of a row [features]. */
  row(path: string): Float32Array {
    const { features, values } = this.source.numbers!;
    const index = this.indexOf(path);
    return values.slice(index * features.length, (index + 1) * features.length);
  }

  /** The class that the data says, by its place in the list of classes. */
  labelOf(path: string): number {
    return this.source.labels[this.indexOf(path)]!;
  }
}
