import { createHash } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { load } from "../load.ts";
import type { Geometry, Picture, Source } from "../types.ts";
import { cacheFolder, entryName, fingerprintOf, sweepCache } from "./cache.ts";
import { openRows } from "./open-rows.ts";
import { type StoreOptions, storedPixels } from "./stored-pixels.ts";

let root: string;
let cache: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "argmin-store-"));
  cache = join(root, "cache");
});
afterEach(() => rm(root, { recursive: true }));

const COUNT = 20;
const geometry: Geometry = async ({ pixels }) => new Uint8Array(4).fill(pixels[0]!);

/** Files of one byte each; those that hold 255 cannot be decoded.. */
async function source(bad: readonly number[] = []): Promise<Source> {
  const files = Array.from({ length: COUNT }, (_, i) => join(root, `${i}.byte`));
  await Promise.all(files.map((path, i) => writeFile(path, Uint8Array.of(bad.includes(i) ? 255 : i))));
  return {
    kind: "folder",
    name: "data",
    classes: ["a", "b"],
    paths: files.map((_, i) => `${i}.byte`),
    labels: Int32Array.from(files, (_, i) => i % 2),
    declared: files.map(() => undefined),
    skipped: [],
    notes: [],
    files,
    read: async (index): Promise<Picture> => ({
      pixels: Uint8Array.of(index, index, index),
      height: 1,
      width: 1,
      channels: 3,
    }),
  };
}

/** A thread that says what it decoded by leaving a file beside each. */
const entry = new URL("./stored-pixels.thread.js", import.meta.url);
const options = (): StoreOptions => ({
  way: Uint8Array.of(1),
  geometry: async () => geometry,
  thread: { entry, execArgv: [], start: {} },
  cache,
});

async function rowsOf(from: Source, change: Partial<StoreOptions> = {}) {
  const loaded = await load(from, { size: 2, channels: 1, fill: storedPixels({ ...options(), ...change }) });
  const rows = openRows(loaded.pictures);
  const { count, store } = loaded.pictures;
  const bytes = new Uint8Array(4 * count);
  rows.read(
    Int32Array.from({ length: count }, (_, i) => i),
    0,
    count,
    bytes,
  );
  rows.close();
  return { values: [...bytes].filter((_, at) => at % 4 === 0), kind: store.kind, ...loaded };
}
const all = Array.from({ length: COUNT }, (_, i) => i);
/** How many files were decoded since it was last asked. */
async function decoded(): Promise<number> {
  const marks = (await readdir(root)).filter((name) => name.endsWith(".decoded"));
  await Promise.all(marks.map((name) => rm(join(root, name))));
  return marks.length;
}
const names = () => readdir(cache);

describe.each([
  ["memory", {}],
  ["file", { memoryBytes: 8 }],
] as const)("in a %s store", (kind, change) => {
  test("pictures are decoded once, then read from the cache", async () => {
    const from = await source();
    const first = await rowsOf(from, change);
    expect([first.values, first.kind, await decoded()]).toEqual([all, kind, COUNT]);
    const second = await rowsOf(from, change);
    expect([second.values, second.kind, await decoded()]).toEqual([all, kind, 0]);
    expect(await names()).toHaveLength(1);
    expect([first.notes, second.notes]).toEqual([
      [`Decoded pictures are kept in ${cache} for the next run; --cache none keeps none`],
      [],
    ]);
  });

  test("what cannot be read stays out, with its reason, from the cache too", async () => {
    const from = await source([0, 7]);
    for (const expected of [COUNT, 0]) {
      const { values, skipped, pictures } = await rowsOf(from, change);
      expect(values).toEqual(all.filter((i) => i !== 0 && i !== 7));
      expect(skipped).toEqual([
        { path: "0.byte", reason: "is no byte of ours" },
        { path: "7.byte", reason: "is no byte of ours" },
      ]);
      expect(pictures.paths).not.toContain("7.byte");
      expect(await decoded()).toBe(expected);
    }
  });

  test("a damaged byte anywhere is noticed, told, and mended", async () => {
    const from = await source();
    await rowsOf(from, change);
    const path = join(cache, (await names())[0]!);
    const whole = await readFile(path);
    // The magic, the count, the fingerprint, a row and the table; an end too early, and one too late.
    const flipped = [0, 16, 45, 4096 + 9, 4096 + 4 * COUNT + 3].map((at) => {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1;
      return damaged;
    });
    for (const damaged of [...flipped, whole.subarray(0, -1), Buffer.concat([whole, Buffer.of(0)])]) {
      await decoded();
      await writeFile(path, damaged);
      const { values, notes } = await rowsOf(from, change);
      expect([values, await decoded()]).toEqual([all, COUNT]);
      expect(notes).toEqual([
        expect.stringMatching(/^The decoded pictures in .* were of no use \(.+\) and were made anew$/),
      ]);
      expect(await readFile(path)).toEqual(whole);
    }
  });
});

test("a file that changed, another way to resize or another number of files makes another entry", async () => {
  const from = await source();
  const then = new Date(1_700_000_000_000);
  await utimes(from.files![3]!, then, then);
  await rowsOf(from);
  await rowsOf(from, { way: Uint8Array.of(2) });
  await decoded();
  await writeFile(from.files![3]!, Uint8Array.of(99));
  // As a copy does that keeps times.
  await utimes(from.files![3]!, then, then);
  const { values } = await rowsOf(from);
  expect([values[3], await decoded()]).toEqual([99, COUNT]);
  expect(await names()).toHaveLength(3);
});

test("two at once both finish, with one entry and nothing else left", async () => {
  const from = await source();
  const [a, b] = await Promise.all([rowsOf(from), rowsOf(from)]);
  expect([a.values, b.values]).toEqual([all, all]);
  expect(await names()).toHaveLength(1);
});

test("without a cache nothing is written", async () => {
  const from = await source();
  expect((await rowsOf(from, { cache: "none" })).values).toEqual(all);
  await expect(names()).rejects.toThrow("ENOENT");
});

test("a folder that cannot be written costs the cache and nothing else, unless it is needed", async () => {
  const from = await source();
  await writeFile(cache, "a file where the folder should be");
  const { values, notes } = await rowsOf(from);
  expect(values).toEqual(all);
  expect(notes).toEqual([`Decoded pictures could not be kept in ${cache} (EEXIST)`]);
  await expect(rowsOf(from, { memoryBytes: 8 })).rejects.toThrow(
    /too large for the memory, and cannot be written here \(EEXIST\); name a folder with space by --cache/,
  );
});

test("ending in the middle leaves no half file", async () => {
  const from = await source();
  const controller = new AbortController();
  const fill = storedPixels(options());
  const loading = load(from, {
    size: 2,
    channels: 1,
    fill,
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("enough")),
  });
  await expect(loading).rejects.toThrow("enough");
  expect(await names()).toEqual([]);
});

test("pictures without files of their own stream from a file of this process", async () => {
  const { files: _none, ...from } = await source();
  const listening = process.listenerCount("exit");
  const { values, kind, pictures } = await rowsOf(from, { memoryBytes: 8 });
  expect([values, kind, await decoded()]).toEqual([all, "file", 0]);
  const { path } = pictures.store as { path: string };
  expect(path).toContain(`~${process.pid}~`);
  // As when the process ends.
  for (const listener of process.listeners("exit").slice(listening)) listener(0);
  await expect(stat(path)).rejects.toThrow("ENOENT");
});

test("originals are only read", async () => {
  const from = await source();
  const before = await Promise.all(from.files!.map((path) => readFile(path)));
  await Promise.all(from.files!.map((path) => chmod(path, 0o444)));
  await rowsOf(from);
  expect(await Promise.all(from.files!.map((path) => readFile(path)))).toEqual(before);
});

describe("the folder", () => {
  test("is the user's own for caches, unless it is named", () => {
    const at = (platform: NodeJS.Platform, environment: NodeJS.ProcessEnv, named?: string) =>
      cacheFolder(named, environment, platform);
    expect(at("linux", { XDG_CACHE_HOME: "/x" })).toBe(join("/x", "argmin"));
    expect(at("linux", { XDG_CACHE_HOME: "relative" })).toMatch(/[/\\]\.cache[/\\]argmin$/);
    expect(at("darwin", {})).toMatch(/Library[/\\]Caches[/\\]argmin$/);
    expect(at("win32", { LOCALAPPDATA: "/local" })).toBe(join("/local", "argmin", "cache"));
    expect(at("linux", { ARGMIN_CACHE: "/y" })).toBe("/y");
    expect(at("linux", { ARGMIN_CACHE: "none" })).toBeUndefined();
    expect(at("linux", { ARGMIN_CACHE: "none" }, "/z")).toBe("/z");
    expect(at("linux", {}, "none")).toBeUndefined();
  });

  test("is swept: old entries, the oldest beyond the limit, and what dead processes left", async () => {
    const from = await source();
    await rowsOf(from);
    const now = Date.now();
    const put = async (name: string, hours: number) => {
      await writeFile(join(cache, name), "0123456789");
      const time = new Date(now - hours * 3_600_000);
      await utimes(join(cache, name), time, time);
    };
    const entryOf = (letter: string) => `${letter.repeat(40)}.pixels`;
    const host = encodeURIComponent(hostname());
    await put(entryOf("a"), 31 * 24);
    await put(entryOf("b"), 48);
    await put(entryOf("c"), 24);
    await put(entryOf("d"), 0.5);
    // No process has this number: the largest that Linux gives is 4194304.
    await put(`${host}~4999999~0123456789ab.part`, 0);
    await put(`${host}~${process.pid}~0123456789ab.part`, 99);
    await put("elsewhere~1~0123456789ab.part", 23);
    await put("elsewhere~1~0123456789ff.part", 25);
    await put("notes.txt", 9999);
    const own = (await names()).find((name) => /^(?!(.)\1+\.).*\.pixels$/.test(name))!;
    await sweepCache(cache, { now });
    const kept = [entryOf("b"), entryOf("c"), entryOf("d"), own, `${host}~${process.pid}~0123456789ab.part`];
    kept.push("elsewhere~1~0123456789ab.part", "notes.txt");
    expect((await names()).sort()).toEqual(kept.sort());
    await sweepCache(cache, { now, bytes: (await stat(join(cache, own))).size + 20 });
    expect(await names()).not.toContain(entryOf("b"));
    expect(await names()).toContain(entryOf("c"));
    await sweepCache(cache, { now, bytes: 0 });
    expect((await names()).filter((name) => name.endsWith(".pixels")).sort()).toEqual([entryOf("d"), own].sort());
  });

  test("knows an entry by what its rows follow from", async () => {
    const { files } = await source();
    const way = createHash("sha256").update("x").digest();
    const fingerprint = await fingerprintOf(files!, way);
    expect(await fingerprintOf(files!, way)).toEqual(fingerprint);
    expect(await fingerprintOf(files!.slice(1), way)).not.toEqual(fingerprint);
    expect(await fingerprintOf([...files!].reverse(), way)).not.toEqual(fingerprint);
    expect(entryName(fingerprint)).toMatch(/^[0-9a-f]{40}\.pixels$/);
  });
});
