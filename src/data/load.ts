/**
 * A source into equally sized pictures in one store.
 *
 * A uniform source of the wanted size passes through untouched. Otherwise each picture is read and handed to `geometry`,
 * a few at a time, and lands in its place whatever the order of arrival, so the rows are the same on every run; `fill` may
 * do that elsewhere. A file that cannot be read is set aside with its reason and the rest goes on; only when most of the
 * data, or a whole class, is lost does loading fail, since what would be trained then is not what was asked for.
 */
import { InternalError, UsageError } from "../core/index.ts";
import { gatherRows } from "./batch.ts";
import { countFacts, type FactCounts, noFacts } from "./facts.ts";
import { PixelBudget } from "./pixel-budget.ts";
import { isShared, sharedBytes, sharedFloats, sharedInts } from "./shared-memory.ts";
import type { PixelStore } from "./store.ts";
import type { Geometry, NumberRows, Pictures, Skipped, Source, SplitName } from "./types.ts";

/** Size of every picture of a block. */
export type PictureSize = Pick<Pictures, "height" | "width" | "channels">;

export interface ReadOptions {
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
  /** How many pictures are read side by side; four is the number of threads that Node reads and decodes with. */
  readonly concurrency?: number;
}

export interface LoadOptions extends ReadOptions {
  /** Height and width of the result; may be left out only for a uniform source, which then keeps its own. */
  readonly size?: number;
  readonly channels?: 1 | 3;
  /** Needed unless the source is uniform and of this size already, or `fill` does without. */
  readonly geometry?: Geometry;
  /** Fills the rows in another way than one after the other in this thread. */
  readonly fill?: Fill;
}

/** What was read of each picture. */
export interface ReadRows {
  /** Why a picture could not be read, by its index, ascending; its row holds nothing. */
  readonly failures: ReadonlyMap<number, string>;
  readonly facts: FactCounts;
}

/** Rows of all pictures of a source, those that could not be read too. */
export interface Filled extends ReadRows {
  readonly store: PixelStore;
  /** What a person should know; whole sentences without a full stop. */
  readonly notes: readonly string[];
}

/** Reads the pictures of a source and brings them to one size. */
export type Fill = (source: Source, size: PictureSize, options: ReadOptions) => Promise<Filled>;

export interface Loaded {
  /** The pictures that could be read, in the order of the source. */
  readonly pictures: Pictures;
  /** The split that the data declares, [pictures.count]. */
  readonly declared: readonly (SplitName | undefined)[];
  readonly skipped: readonly Skipped[];
  readonly facts: FactCounts;
  readonly notes: readonly string[];
}

/**
 * @throws UsageError when more than half of the pictures, or all of one class, cannot be read
 * @throws the signal's reason when it is aborted
 */
export async function load(source: Source, options: LoadOptions = {}): Promise<Loaded> {
  const { uniform } = source;
  const count = source.paths.length;
  const channels = options.channels ?? uniform?.channels ?? 3;
  options.signal?.throwIfAborted();
  if (source.numbers) return loadNumbers(source, source.numbers, options);
  const [height, width] = options.size ? [options.size, options.size] : [uniform?.height, uniform?.width];
  if (height === undefined || width === undefined) {
    throw new UsageError(
      source.name,
      "its pictures differ in size and no size was asked for",
      "give a size, such as 64",
    );
  }
  if (uniform && uniform.height === height && uniform.width === width && uniform.channels === channels) {
    options.onProgress?.({ done: count, total: count });
    const pixels = isShared(uniform.pixels) ? uniform.pixels : copyOf(uniform.pixels);
    const labels = sharedInts(count);
    labels.set(source.labels);
    const importance = importanceOf(source, Array.from(source.paths.keys()));
    const store = { kind: "memory" as const, pixels };
    const pictures = { store, labels, ...importance, paths: source.paths, count, height, width, channels };
    return { pictures, declared: source.declared, skipped: source.skipped, facts: noFacts(), notes: [] };
  }
  const { geometry, fill } = options;
  if (!geometry && !fill) {
    const has = uniform ? `${uniform.height}×${uniform.width}×${uniform.channels}` : "of many sizes";
    throw new UsageError(
      source.name,
      `its pictures are ${has}, asked for ${height}×${width}×${channels}`,
      "give a geometry that resizes them",
    );
  }
  const size = { height, width, channels };
  const filled = await (fill ?? fillMemory(geometry!))(source, size, options);
  const skipped = Array.from(filled.failures, ([index, reason]) => ({ path: source.paths[index]!, reason }));
  refuseIfMostIsLost(source, filled.failures, skipped);
  return keepReadable(source, filled, size, [...source.skipped, ...skipped]);
}

/** Rows of numbers are in memory already, and what could not be read was left out when they were opened. */
function loadNumbers(source: Source, { values, features }: NumberRows, { onProgress }: LoadOptions): Loaded {
  const { paths, declared, skipped } = source;
  const count = paths.length;
  onProgress?.({ done: count, total: count });
  const labels = sharedInts(count);
  labels.set(source.labels);
  const pixels = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const importance = importanceOf(source, Array.from(paths.keys()));
  const shape = { height: 1, width: features.length, channels: 1 as const };
  const store = { kind: "memory" as const, pixels };
  const pictures: Pictures = { kind: "numbers", store, labels, ...importance, paths, count, ...shape };
  return { pictures, declared, skipped, facts: noFacts(), notes: [] };
}

/** Reads in this thread, into shared memory. */
function fillMemory(geometry: Geometry): Fill {
  return async (source, size, options) => {
    const row = rowOf(size);
    const pixels = allocatePixels(source.name, source.paths.length, row);
    const put = (resized: Uint8Array, index: number) => pixels.set(resized, index * row);
    return { store: { kind: "memory", pixels }, ...(await readRows(source, geometry, size, put, options)), notes: [] };
  };
}

const rowOf = ({ height, width, channels }: PictureSize) => height * width * channels;

function copyOf(pixels: Uint8Array): Uint8Array {
  const copy = sharedBytes(pixels.length);
  copy.set(pixels);
  return copy;
}

/**
 * Shared memory for `count` rows.
 * @throws UsageError when there is not so much
 */
export function allocatePixels(name: string, count: number, row: number): Uint8Array {
  try {
    return sharedBytes(count * row);
  } catch {
    const gigabytes = ((count * row) / 2 ** 30).toFixed(1);
    throw new UsageError(
      name,
      `${count} pictures of ${row} bytes take ${gigabytes} GiB, more than can be had`,
      "choose a smaller size",
      1,
    );
  }
}

/**
 * Reads every picture of a source in this thread, brings it to the wanted size and puts it into its row.
 * @param put what keeps the bytes of a picture, which it is given with its index
 */
export async function readRows(
  source: Source,
  geometry: Geometry,
  size: PictureSize,
  put: (pixels: Uint8Array, index: number) => void,
  options: ReadOptions,
): Promise<ReadRows> {
  const total = source.paths.length;
  const row = rowOf(size);
  const failures = new Map<number, string>();
  const facts = noFacts();
  const budget = new PixelBudget();
  let next = 0;
  let done = 0;
  async function readNext(): Promise<void> {
    while (next < total) {
      options.signal?.throwIfAborted();
      const index = next++;
      const read = await resized(source, geometry, index, budget);
      if (typeof read === "string") failures.set(index, read);
      else {
        const { pixels, picture } = read;
        if (pixels.length !== row) throw new InternalError(`geometry gave ${pixels.length} bytes instead of ${row}`);
        put(pixels, index);
        countFacts(facts, picture.facts);
      }
      options.onProgress?.({ done: ++done, total });
    }
  }
  const readers = Math.max(1, Math.min(options.concurrency ?? 4, total));
  try {
    await Promise.all(Array.from({ length: readers }, readNext));
  } catch (error) {
    next = total; // The other readers stop after the picture in hand.
    throw error;
  }
  return { failures: new Map([...failures].sort((a, b) => a[0] - b[0])), facts };
}

/** A picture at the wanted size, or the reason why it cannot be read. */
async function resized(source: Pick<Source, "read">, geometry: Geometry, index: number, budget: PixelBudget) {
  try {
    return await budget.within(async (admit) => {
      const picture = await source.read(index, admit);
      return { picture, pixels: await geometry(picture) };
    });
  } catch (error) {
    if (error instanceof InternalError) throw error;
    return reasonOf(error);
  }
}

/** Why a picture could not be read, in few words. */
export function reasonOf(error: unknown): string {
  return error instanceof UsageError ? error.what : (error as Error).message;
}

function refuseIfMostIsLost(source: Source, failures: ReadonlyMap<number, string>, skipped: readonly Skipped[]): void {
  if (failures.size === 0) return;
  const reasons = (some: readonly Skipped[]) =>
    `${some
      .slice(0, 3)
      .map(({ path, reason }) => `${path}: ${reason}`)
      .join("; ")}${some.length > 3 ? "; …" : ""}`;
  const fix = "replace these files, or take them out";
  const total = source.paths.length;
  if (2 * failures.size > total) {
    throw new UsageError(
      source.name,
      `${failures.size} of ${total} pictures cannot be read (${reasons(skipped)})`,
      fix,
      1,
    );
  }
  const listed = new Array<number>(source.classes.length).fill(0);
  const lost = new Array<number>(source.classes.length).fill(0);
  for (const label of source.labels) listed[label]!++;
  for (const index of failures.keys()) lost[source.labels[index]!]!++;
  const label = lost.findIndex((count, i) => count > 0 && count === listed[i]);
  if (label < 0) return;
  const own = [...failures].filter(([index]) => source.labels[index] === label);
  const ownSkipped = own.map(([index, reason]) => ({ path: source.paths[index]!, reason }));
  throw new UsageError(
    source.name,
    `none of the ${listed[label]} pictures of class ${source.classes[label]} can be read (${reasons(ownSkipped)})`,
    fix,
    1,
  );
}

/** Leaves out what could not be read. */
function keepReadable(
  source: Source,
  { store, failures, facts, notes }: Filled,
  size: PictureSize,
  skipped: readonly Skipped[],
): Loaded {
  const kept = Array.from(source.paths.keys()).filter((index) => !failures.has(index));
  const labels = sharedInts(kept.length);
  kept.forEach((index, at) => {
    labels[at] = source.labels[index]!;
  });
  const paths = kept.map((index) => source.paths[index]!);
  const pictures = {
    store: failures.size === 0 ? store : withoutGaps(store, kept, rowOf(size)),
    labels,
    ...importanceOf(source, kept),
    paths,
    count: kept.length,
    ...size,
  };
  return { pictures, declared: kept.map((index) => source.declared[index]), skipped, facts, notes };
}

/** Memory is closed up in place, where rows only ever move towards the start; of a file the rows are named. */
function withoutGaps(store: PixelStore, kept: readonly number[], row: number): PixelStore {
  if (store.kind === "file") {
    const places = sharedInts(kept.length);
    places.set(kept);
    return { ...store, places };
  }
  const { pixels } = store;
  kept.forEach((index, at) => {
    if (index !== at) pixels.copyWithin(at * row, index * row, (index + 1) * row);
  });
  return { kind: "memory", pixels: pixels.subarray(0, kept.length * row) };
}

/** Weights and targets of the pictures that were kept, where the source gives any. */
function importanceOf(source: Source, kept: readonly number[]): Pick<Pictures, "weights" | "targets"> {
  const rowsOf = (numbers: Float32Array, row: number) => {
    const out = sharedFloats(kept.length * row);
    gatherRows(numbers, row, Int32Array.from(kept), 0, kept.length, out);
    return out;
  };
  return {
    ...(source.weights ? { weights: rowsOf(source.weights, 1) } : {}),
    ...(source.targets ? { targets: rowsOf(source.targets, source.classes.length) } : {}),
  };
}
