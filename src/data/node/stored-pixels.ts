/**
 * How the pictures of a source get into a store: out of the cache when they were decoded before, decoded by many threads
 * and kept in it otherwise; in memory unless they take too much of it, and then read from the file as they are needed.
 */
import { closeSync, openSync, rmSync } from "node:fs";
import { mkdir, rename, rm, statfs, utimes } from "node:fs/promises";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../core/index.ts";
import { allocatePixels, type Fill, type Filled, type PictureSize, type ReadRows, readRows } from "../load.ts";
import type { PixelStore } from "../store.ts";
import type { Geometry, Source } from "../types.ts";
import { cacheFolder, entryName, fingerprintOf, partName, sweepCache } from "./cache.ts";
import { type CacheKey, createRows, DamagedCache, openRowsFile, ROWS_AT, sealRows, writeWhole } from "./cache-file.ts";
import { type DecodeThread, decodeFiles, type RowTarget, RowWriteError } from "./decode-pool.ts";

export interface StoreOptions {
  /** What brings pictures to one size, as bytes: the cache knows an entry by it. */
  readonly way: Uint8Array;
  /** The same as a function, for pictures that have no file of their own. */
  readonly geometry: () => Promise<Geometry>;
  /** The same as a thread that decodes, for those that have. */
  readonly thread: DecodeThread;
  /** The folder of the cache, or `none`; the user's own unless said. */
  readonly cache?: string;
  /** Pictures that take more bytes than this stay in a file; a quarter of the machine's memory unless said. */
  readonly memoryBytes?: number;
}

/** What this process may use: a container may have less than the machine. */
export function usableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** @throws UsageError when pictures that do not fit into memory cannot be written to a file either */
export function storedPixels(options: StoreOptions): Fill {
  return async (source, size, read) => {
    const { cache, memoryBytes = usableMemory() / 4 } = options;
    const filling = { source, size, options, read, row: size.height * size.width * size.channels };
    const inMemory = source.paths.length * filling.row <= memoryBytes;
    const folder = cacheFolder(cache);
    if (source.files === undefined || folder === undefined) {
      return inMemory ? await fillMemory(filling, []) : await fillPassing(filling, folder ?? tmpdir());
    }
    try {
      return await fillCached(filling, folder, inMemory);
    } catch (error) {
      const reason = writeTrouble(error);
      if (reason === undefined) throw error;
      if (!inMemory) throw cannotKeep(folder, reason);
      return await fillMemory(filling, [`Decoded pictures could not be kept in ${folder} (${reason})`]);
    }
  };
}

interface Filling {
  readonly source: Source;
  readonly size: PictureSize;
  readonly options: StoreOptions;
  readonly read: Parameters<Fill>[2];
  /** Bytes of one picture. */
  readonly row: number;
}

/** Why a file could not be written, where that is what went wrong. */
function writeTrouble(error: unknown): string | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof RowWriteError || (code !== undefined && syscall !== undefined))
    return code ?? "cannot be written";
  return undefined;
}

const cannotKeep = (folder: string, reason: string) =>
  new UsageError(
    folder,
    `the pictures are too large for the memory, and cannot be written here (${reason})`,
    "name a folder with space by --cache, or choose a smaller --size",
    1,
  );

async function fillRows({ source, size, options, read, row }: Filling, target: RowTarget): Promise<ReadRows> {
  if (source.files !== undefined) return await decodeFiles(source.files, target, row, options.thread, read);
  const geometry = await options.geometry();
  // A picture of the wanted size is what its resizing would give.
  const { height, width, channels } = size;
  const asNeeded: Geometry = (picture) =>
    picture.height === height && picture.width === width && picture.channels === channels
      ? Promise.resolve(picture.pixels)
      : geometry(picture);
  if (target.kind === "memory") {
    return await readRows(source, asNeeded, size, (pixels, index) => target.pixels.set(pixels, index * row), read);
  }
  const file = openSync(target.path, "r+");
  const put = (pixels: Uint8Array, index: number) => writeWhole(file, pixels, target.offset + index * row);
  try {
    return await readRows(source, asNeeded, size, put, read);
  } finally {
    closeSync(file);
  }
}

async function fillMemory(filling: Filling, notes: readonly string[]): Promise<Filled> {
  const pixels = allocatePixels(filling.source.name, filling.source.paths.length, filling.row);
  const store = { kind: "memory", pixels } as const;
  return { store, ...(await fillRows(filling, store)), notes };
}

/** More than fits into memory, and nothing to know it by again: a file that is gone with this process. */
async function fillPassing(filling: Filling, folder: string): Promise<Filled> {
  const path = join(folder, partName());
  const remove = () => rmSync(path, { force: true });
  try {
    await mkdir(folder, { recursive: true });
    await sweepCache(folder);
    await createRows(path, { count: filling.source.paths.length, row: filling.row });
    process.once("exit", remove);
    const target = { kind: "file", path, offset: 0 } as const;
    return { store: target, ...(await fillRows(filling, target)), notes: [] };
  } catch (error) {
    remove();
    const reason = writeTrouble(error);
    throw reason === undefined ? error : cannotKeep(folder, reason);
  }
}

async function fillCached(filling: Filling, folder: string, inMemory: boolean): Promise<Filled> {
  const { source, options, read, row } = filling;
  const count = source.paths.length;
  const fingerprint = await fingerprintOf(source.files!, options.way, read.signal);
  const key = { fingerprint, count, row };
  const path = join(folder, entryName(fingerprint));
  const isNew = (await mkdir(folder, { recursive: true })) !== undefined;
  await sweepCache(folder);
  const pixels = inMemory ? allocatePixels(source.name, count, row) : undefined;
  const store: PixelStore = pixels ? { kind: "memory", pixels } : { kind: "file", path, offset: ROWS_AT };
  const found = await openEntry(path, key, pixels, read.signal);
  if (typeof found !== "string") {
    read.onProgress?.({ done: count, total: count });
    return { store, ...found, notes: [] };
  }
  const made = await makeEntry(filling, path, key, folder, pixels);
  const notes = [];
  if (found !== "") notes.push(`The decoded pictures in ${path} were of no use (${found}) and were made anew`);
  if (isNew) notes.push(`Decoded pictures are kept in ${folder} for the next run; --cache none keeps none`);
  return { store, ...made, notes };
}

/** What an entry says of its pictures; "" where there is none, and what is wrong with it where there is one. */
async function openEntry(path: string, key: CacheKey, pixels: Uint8Array | undefined, signal?: AbortSignal) {
  try {
    const read = await openRowsFile(path, key, pixels, signal);
    const now = new Date();
    await utimes(path, now, now).catch(() => {});
    return read;
  } catch (error) {
    if (error instanceof DamagedCache) return error.message;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** Decodes into a file aside, which takes its name when it is whole: two processes may do so at once, and either wins. */
async function makeEntry(
  filling: Filling,
  path: string,
  key: CacheKey,
  folder: string,
  pixels: Uint8Array | undefined,
): Promise<ReadRows> {
  const bytes = key.count * key.row;
  const space = await statfs(folder);
  if (space.bavail * space.bsize < bytes + ROWS_AT) throw new RowWriteError("too little space", "ENOSPC");
  const part = join(folder, partName());
  try {
    await createRows(part, key);
    const read = await fillRows(filling, { kind: "file", path: part, offset: ROWS_AT });
    await sealRows(part, key, read, pixels, filling.read.signal);
    await rename(part, path);
    return read;
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw error;
  }
}
