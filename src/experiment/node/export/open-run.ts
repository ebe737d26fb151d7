import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { sizeOf, UsageError } from "../../../core/index.ts";
import { names, network, type StateValues } from "../../../train/index.ts";
import { type DescribedModel, describeModel } from "../../export-model.ts";
import type { Settings } from "../../options.ts";
import { openModelFile } from "../model-file.ts";
import { readTensors } from "../tensors-file.ts";
import { hashOf } from "../weights-hash.ts";

/** A finished run, as its folder holds it: all that its model file is made of. */
export interface OpenedRun extends DescribedModel {
  readonly path: string;
  readonly weights: StateValues;
  readonly settings: Partial<Settings>;
  /** `split.json`, where there is one. */
  readonly split: Readonly<Record<"train" | "validation" | "test", readonly string[]>> | undefined;
}

/**
 * Reads a run folder.
 * @throws UsageError when there is no finished run in it, or its checkpoint is not that of its model
 */
export async function openRun(path: string): Promise<OpenedRun> {
  const text = (name: string) => readFile(join(path, name), "utf8").catch(() => undefined);
  const file = join(path, "model.onnx");
  const { head } = await openModelFile(file).catch(async (error: NodeJS.ErrnoException) => {
    if (error instanceof UsageError) throw error;
    if (error.code === "ENOTDIR") throw new UsageError(path, "is a file", "give the run folder that it lies in");
    if ((await text("config.yaml")) === undefined) {
      throw new UsageError(path, "is no run folder: it holds no model.onnx", "give runs/<name>");
    }
    throw new UsageError(path, "the run has not ended, so there is no model.onnx", "let it end first", 1);
  });
  const described = describeModel(head, file);
  const [config, split] = await Promise.all([text("config.yaml"), text("split.json")]);
  return {
    ...described,
    path,
    weights: await weightsOf(path, described),
    settings: config === undefined ? {} : (parse(config) as Partial<Settings>),
    split: split === undefined ? undefined : JSON.parse(split),
  };
}

/** The weights that the run shipped: those of its best epoch, or of its last where no epoch was finished. */
async function weightsOf(path: string, { recipe, facts }: DescribedModel): Promise<StateValues> {
  const { parameters, buffers } = network(recipe, 1);
  const blocks = [...parameters, ...buffers];
  const wanted = new Set(blocks.flatMap(({ name }) => [name, names.average(name)]));
  let found = false;
  for (const kind of ["best", "last"]) {
    const where = join(path, "checkpoints", `${kind}.safetensors`);
    // The optimizer's memory is not read: it may be larger than the weights.
    const read = await readTensors(where, (name) => wanted.has(name)).catch((error) => {
      if (error instanceof UsageError) throw error;
      return undefined;
    });
    if (read === undefined) continue;
    found = true;
    const { tensors } = read;
    // Where averages of the weights are kept, it is they that are judged and shipped.
    for (const name of [names.average, (own: string) => own]) {
      const values = Object.fromEntries(blocks.map((one) => [one.name, tensors[name(one.name)]?.data]));
      if (blocks.some((one) => values[one.name]?.length !== sizeOf(one.shape))) continue;
      const weights = values as Record<string, Float32Array<ArrayBuffer>>;
      if (hashOf(weights) === facts.weightsHash) return weights;
    }
  }
  const what = found ? "its checkpoints hold other weights than its model.onnx" : "its checkpoints are gone";
  throw new UsageError(path, what, "restore the folder `checkpoints`, or train the run again", 1);
}
