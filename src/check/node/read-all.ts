/** One pass over the pictures of a source: each is decoded once, and only its sketch, its hash and a digest stay. */
import { createHash } from "node:crypto";
import { UsageError } from "../../core/index.ts";
import { type Picture, PixelBudget, type Source } from "../../data/index.ts";
import { perceptualHash } from "../perceptual-hash.ts";
import { Sketches, sketchOf } from "../sketch.ts";
import { type Survey, Surveyor } from "../survey.ts";

export interface ReadAll {
  readonly sketches: Sketches;
  /** Two numbers of 32 bits for each picture, [count, 2]. */
  readonly hashes: Uint32Array;
  /** SHA-256 of the decoded pixels and their size; undefined where a picture could not be read, [count]. */
  readonly digests: readonly (string | undefined)[];
  /** Why, by index, ascending. */
  readonly unreadable: ReadonlyMap<number, string>;
  readonly survey: Survey;
}

export interface ReadOptions {
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** Pictures decoded side by side: as many as the threads that Node reads and decodes with. */
const READERS = 4;
/** Pictures between two turns of the event loop, where reading one takes no turn of its own: sets that are in memory. */
const TURN = 64;

export async function readAll(source: Source, { onProgress, signal }: ReadOptions = {}): Promise<ReadAll> {
  const total = source.paths.length;
  const sketches = new Sketches(total);
  const hashes = new Uint32Array(2 * total);
  const digests = new Array<string | undefined>(total).fill(undefined);
  const unreadable = new Map<number, string>();
  const surveyor = new Surveyor();
  const budget = new PixelBudget();
  let [next, done] = [0, 0];
  async function reader(): Promise<void> {
    while (next < total) {
      signal?.throwIfAborted();
      const index = next++;
      const reason = await budget.within(async (admit) => {
        const picture = await source.read(index, admit).catch((error: unknown) => reasonOf(error));
        if (typeof picture === "string") return picture;
        const sketch = sketchOf(picture);
        sketches.set(index, sketch);
        hashes.set(perceptualHash(sketch.grey), 2 * index);
        digests[index] = digestOf(picture);
        surveyor.add(picture);
        return undefined;
      });
      if (reason !== undefined) unreadable.set(index, reason);
      onProgress?.({ done: ++done, total });
      if (done % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(READERS, total) }, reader));
  } catch (error) {
    next = total; // The other readers stop after the picture in hand.
    throw error;
  }
  const inOrder = new Map([...unreadable].sort((a, b) => a[0] - b[0]));
  return { sketches, hashes, digests, unreadable: inOrder, survey: surveyor.result() };
}

const reasonOf = (error: unknown): string => (error instanceof UsageError ? error.what : (error as Error).message);

function digestOf({ pixels, height, width, channels }: Picture): string {
  return createHash("sha256").update(`${height}x${width}x${channels}:`).update(pixels).digest("base64");
}
