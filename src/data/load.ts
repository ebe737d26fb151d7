/**
 * A source into one block of equally sized pictures in shared memory.
 *
 * A uniform source of the wanted size passes through untouched. Otherwise each picture is read and handed to `geometry`,
 * a few at a time, and lands in its place whatever the order of arrival, so the block is the same on every run. A file
 * that cannot be read is set aside with its reason and the rest goes on; only when most of the data, or a whole class,
 * is lost does loading fail, since what would be trained then is not what was asked for.
 */
import { InternalError, UsageError } from "../core/index.ts";
import { gatherRows } from "./batch.ts";
import { isShared, sharedBytes, sharedFloats, sharedInts } from "./shared-memory.ts";
import type { Geometry, Pictures, Skipped, Source, SplitName } from "./types.ts";

export interface LoadOptions {
  /** Height and width of the result; may be left out only for a uniform source, which then keeps its own. */
  readonly size?: number;
  readonly channels?: 1 | 3;
  /** Needed unless the source is uniform and of this size already. */
  readonly geometry?: Geometry;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
  /** How many pictures are read side by side; four is the number of threads that Node reads and decodes with. */
  readonly concurrency?: number;
}

export interface Loaded {
  /** The pictures that could be read, in the order of the source. */
  readonly pictures: Pictures;
  /** The split that the data declares, [pictures.count]. */
  readonly declared: readonly (SplitName | undefined)[];
  readonly skipped: readonly Skipped[];
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
    return { pictures, declared: source.declared, skipped: source.skipped };
  }
  const { geometry } = options;
  if (!geometry) {
    const has = uniform ? `${uniform.height}×${uniform.width}×${uniform.channels}` : "of many sizes";
    throw new UsageError(
      source.name,
      `its pictures are ${has}, asked for ${height}×${width}×${channels}`,
      "give a geometry that resizes them",
    );
  }
  const row = height * width * channels;
  const pixels = allocate(source.name, count, row);
  const failures = await readAll(source, geometry, pixels, row, options);
  const skipped = Array.from(failures, ([index, reason]) => ({ path: source.paths[index]!, reason }));
  refuseIfMostIsLost(source, failures, skipped);
  return keepReadable(source, failures, pixels, { height, width, channels }, [...source.skipped, ...skipped]);
}

function copyOf(pixels: Uint8Array): Uint8Array {
  const copy = sharedBytes(pixels.length);
  copy.set(pixels);
  return copy;
}

function allocate(name: string, count: number, row: number): Uint8Array {
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

/** Reads every picture into its row of `pixels`; returns the reason for each one that failed, by index, ascending. */
async function readAll(source: Source, geometry: Geometry, pixels: Uint8Array, row: number, options: LoadOptions) {
  const total = source.paths.length;
  const failures = new Map<number, string>();
  let next = 0;
  let done = 0;
  async function readNext(): Promise<void> {
    while (next < total) {
      options.signal?.throwIfAborted();
      const index = next++;
      try {
        const resized = await geometry(await source.read(index));
        if (resized.length !== row) throw new InternalError(`geometry gave ${resized.length} bytes instead of ${row}`);
        pixels.set(resized, index * row);
      } catch (error) {
        if (error instanceof InternalError) throw error;
        failures.set(index, error instanceof UsageError ? error.what : (error as Error).message);
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
  return new Map([...failures].sort((a, b) => a[0] - b[0]));
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

/** Closes the gaps in place: rows only ever move towards the start. */
function keepReadable(
  source: Source,
  failures: ReadonlyMap<number, string>,
  pixels: Uint8Array,
  size: Pick<Pictures, "height" | "width" | "channels">,
  skipped: readonly Skipped[],
): Loaded {
  const row = size.height * size.width * size.channels;
  const kept = Array.from(source.paths.keys()).filter((index) => !failures.has(index));
  const labels = sharedInts(kept.length);
  kept.forEach((index, at) => {
    if (index !== at) pixels.copyWithin(at * row, index * row, (index + 1) * row);
    labels[at] = source.labels[index]!;
  });
  const paths = kept.map((index) => source.paths[index]!);
  const store = { kind: "memory" as const, pixels: pixels.subarray(0, kept.length * row) };
  const pictures = { store, labels, ...importanceOf(source, kept), paths, count: kept.length, ...size };
  return { pictures, declared: kept.map((index) => source.declared[index]), skipped };
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
