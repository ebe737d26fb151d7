/** Model files on the disk: one file, or two where the weights are apart. */
import { open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "../../core/index.ts";
import { modelHead } from "../../onnx/index.ts";
import type { Model } from "../../runtime/index.ts";
import { EXTERNAL_ABOVE, externalDataOf, type ModelFiles } from "../export-model.ts";
import { makeFolder, writeAtomic } from "./atomic-file.ts";
import { readAt } from "./read-at.ts";

/** Files up to here are read whole and handed on as bytes; larger ones are read by the runtime alone. */
const WHOLE_BYTES = 2 ** 26;

const dataOf = (path: string) => `${path}.data`;

/**
 * Bytes of weights above which they get a file of their own: what the environment's ARGMIN_EXTERNAL_DATA_ABOVE says, else 1 GiB.
 * @throws UsageError when it says no number
 */
export function externalAbove(environment: NodeJS.ProcessEnv = process.env): number {
  const said = environment.ARGMIN_EXTERNAL_DATA_ABOVE;
  if (said === undefined || said === "") return EXTERNAL_ABOVE;
  const bytes = Number(said);
  if (Number.isInteger(bytes) && bytes >= 0 && bytes <= EXTERNAL_ABOVE) return bytes;
  const fix = `give a number of bytes up to ${EXTERNAL_ABOVE}, or leave it out`;
  throw new UsageError("ARGMIN_EXTERNAL_DATA_ABOVE", `is "${said}"`, fix);
}

/** A model file that was looked into. */
export interface OpenedModel {
  /** All that its metadata is read from; the whole file where it is small. */
  readonly head: Uint8Array;
  /** What a runtime opens. */
  readonly model: Model;
  /** Of the model and its weights. */
  readonly bytes: number;
}

/**
 * Looks into a model file without reading large weights.
 * @throws UsageError when it is damaged, or the file of its weights is missing; an error of the file system when it cannot be read
 */
export async function openModelFile(path: string): Promise<OpenedModel> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const read = readAt(file);
    const isSmall = size <= WHOLE_BYTES;
    const head = isSmall ? await read(0, size) : await modelHead(read, size, path);
    const data = externalDataOf(head, path);
    if (data === undefined) return { head, model: isSmall ? head : { path: resolve(path) }, bytes: size };
    return { head, model: { path: resolve(path), data }, bytes: size + (await sizeOfData(path, data)) };
  } finally {
    await file.close();
  }
}

async function sizeOfData(path: string, data: string): Promise<number> {
  const beside = join(dirname(path), data);
  if (basename(data) === data) {
    const found = await stat(beside).catch(() => undefined);
    if (found?.isFile()) return found.size;
  }
  const fix = `copy ${data} beside ${basename(path)}: the two belong together`;
  throw new UsageError(path, `its weights lie in ${data}, which is not there`, fix, 1);
}

/**
 * Writes a model, and its weights beside it where they are apart. Whatever happens in between, no model stands beside the weights of another.
 * @returns the bytes of both
 * @throws UsageError when the disk is full or the folder cannot be written
 */
export async function writeModel(path: string, { model, data }: ModelFiles): Promise<number> {
  const bytes = [...model, ...(data ?? [])].reduce((total, piece) => total + piece.length, 0);
  if (data === undefined) {
    await writeAtomic(path, model);
    await rm(dataOf(path), { force: true });
    return bytes;
  }
  const aside = `${path}.new`;
  await makeFolder(aside);
  try {
    const own = join(aside, basename(path));
    await writeAtomic(dataOf(own), data);
    await writeAtomic(own, model);
    await moveModel(own, path);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return bytes;
}

/** Moves a model with its weights to another folder of the same disk, over what is there. */
export async function moveModel(from: string, to: string): Promise<void> {
  const apart = await stat(dataOf(from)).catch(() => undefined);
  if (apart !== undefined) {
    // First, so that an old model is never found beside new weights.
    await rm(to, { force: true });
    await rename(dataOf(from), dataOf(to));
  }
  await rename(from, to);
  if (apart === undefined) await rm(dataOf(to), { force: true });
}
