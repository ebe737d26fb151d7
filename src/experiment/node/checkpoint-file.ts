import { createHash } from "node:crypto";
import { join } from "node:path";
import { UsageError, VERSION } from "../../core/index.ts";
import type { Dataset } from "../../data/index.ts";
import {
  encodeTensors,
  type Recipe,
  type Standing,
  type StateBlock,
  type StateValues,
  type TensorBlock,
} from "../../train/index.ts";
import type { EpochRow } from "../options.ts";
import { readTensors } from "./tensors-file.ts";

/** The epoch that is shipped, and how good it was. */
export interface Best {
  readonly epoch: number;
  readonly value: number;
  readonly loss: number;
  /** Its weights: parameters, or their averages where those are kept, by the name of the parameter. */
  readonly weights: StateValues;
}

/** Everything that a run needs to go on as if nothing had happened, beside its configuration and its data. */
export interface Checkpoint {
  readonly epoch: number;
  readonly step: number;
  readonly state: StateValues;
  /** null before the first step, and after a solver. */
  readonly standing: Standing | null;
  readonly best: Best | undefined;
  /** The best weights are those of the state, and are not written twice. */
  readonly bestIsState: boolean;
  readonly history: readonly EpochRow[];
  /** Threads of a step: another number sums in another order. */
  readonly threads: number;
  /** Of the data, as `fingerprintOf` makes it. */
  readonly fingerprint: string;
}

/** Tensors of the best epoch, where it is not the one of the state, stand in the same file: one file is there or not. */
const BEST = "best ";

/** A checkpoint as one safetensors file: parameters, slots and averages as tensors, the rest in its metadata. */
export function encodeCheckpoint(checkpoint: Checkpoint, parts: readonly StateBlock[]): Uint8Array[] {
  const { epoch, step, state, standing, best, bestIsState, history, threads, fingerprint } = checkpoint;
  const tensors: Record<string, TensorBlock> = {};
  for (const { name, shape } of parts) {
    if (state[name] !== undefined) tensors[name] = { shape, data: state[name] };
    if (!bestIsState && best?.weights[name] !== undefined) {
      tensors[`${BEST}${name}`] = { shape, data: best.weights[name] };
    }
  }
  const { weights: _weights, ...facts } = best ?? { weights: undefined };
  return encodeTensors(tensors, {
    argmin: VERSION,
    epoch: String(epoch),
    step: String(step),
    standing: JSON.stringify(standing),
    best: JSON.stringify(best === undefined ? null : facts),
    history: JSON.stringify(history),
    threads: String(threads),
    data: fingerprint,
  });
}

/**
 * Reads the last checkpoint of a run. Where the best weights are those of its state they are for the caller to take from there.
 * @returns undefined when there is none: the run ended before its first step
 * @throws UsageError when it is damaged
 */
export async function readCheckpoint(run: string): Promise<Checkpoint | undefined> {
  const path = join(run, "checkpoints", "last.safetensors");
  const read = await readTensors(path).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof UsageError) throw error;
    if (error.code === "ENOENT") return undefined;
    throw new UsageError(path, `cannot be read (${error.code})`, "give the folder of a run that has trained", 1);
  });
  if (read === undefined) return undefined;
  const { tensors, metadata } = read;
  if (metadata.standing === undefined) {
    const fix = "train again; its weights can still be read";
    throw new UsageError(path, "it was written by a version that could not go on with a run", fix, 1);
  }
  const state: Record<string, Float32Array> = {};
  const kept: Record<string, Float32Array> = {};
  for (const [name, { data }] of Object.entries(tensors)) {
    if (name.startsWith(BEST)) kept[name.slice(BEST.length)] = data;
    else state[name] = data;
  }
  const facts = JSON.parse(metadata.best) as Omit<Best, "weights"> | null;
  const epoch = Number(metadata.epoch);
  return {
    ...{ epoch, step: Number(metadata.step), state },
    standing: JSON.parse(metadata.standing) as Standing | null,
    best: facts === null ? undefined : { ...facts, weights: kept },
    bestIsState: Object.keys(kept).length === 0,
    history: JSON.parse(metadata.history) as EpochRow[],
    threads: Number(metadata.threads),
    fingerprint: metadata.data,
  };
}

/**
 * What a data set is known by: its classes, the pictures of each split with their labels, and the mean and deviation of all
 * training pixels, in which every one of them has a part.
 */
export function fingerprintOf({ classes, pictures, split }: Dataset, { normalization }: Recipe): string {
  const hash = createHash("sha256").update(JSON.stringify([classes, normalization]));
  const { paths, labels, height, width, channels } = pictures;
  hash.update(JSON.stringify([height, width, channels]));
  for (const name of ["train", "validation", "test"] as const) {
    hash.update(name);
    for (const index of split[name]) hash.update(`${labels[index]} ${paths[index]}\0`);
  }
  return hash.digest("hex").slice(0, 16);
}
