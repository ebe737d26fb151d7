import { describe, expect, test } from "vitest";
import { InternalError, UsageError } from "../core/index.ts";
import { load } from "./load.ts";
import { pictureAt } from "./picture.ts";
import type { Geometry, Pictures, Source } from "./types.ts";

function pixelsOf({ store }: Pictures): Uint8Array {
  if (store.kind !== "memory") throw new Error(`the pictures are in ${store.path}`);
  return store.pixels;
}

const grey4 = (value: number) => new Uint8Array(4).fill(value);

/** Six pictures of two classes; picture i is filled with i, and those in `bad` cannot be read. Later ones arrive first. */
function source(bad: readonly number[] = [], labels = [0, 0, 0, 1, 1, 1]): Source {
  return {
    kind: "folder",
    name: "data",
    classes: ["a", "b"],
    paths: labels.map((_, i) => `${i}.jpg`),
    labels: Int32Array.from(labels),
    declared: labels.map((_, i) => (i % 2 === 0 ? "train" : undefined)),
    skipped: [{ path: "x.bmp", reason: "BMP" }],
    notes: [],
    async read(index) {
      await new Promise((resolve) => setTimeout(resolve, 12 - 2 * index));
      if (bad.includes(index)) throw new UsageError(`${index}.jpg`, "truncated JPEG", "replace it", 1);
      return { pixels: new Uint8Array([index, index, index]), height: 1, width: 1, channels: 3 };
    },
  };
}

const geometry: Geometry = async (picture) => grey4(picture.pixels[0]!);
const options = { size: 2, channels: 1, geometry } as const;

function uniform(shared: boolean): Source {
  const pixels = new Uint8Array(shared ? new SharedArrayBuffer(24) : new ArrayBuffer(24));
  pixels.set(Array.from({ length: 24 }, (_, at) => at));
  const block = { pixels, height: 2, width: 2, channels: 1 } as const;
  return { ...source(), uniform: block, read: async (index) => pictureAt(block, index) };
}

describe("load", () => {
  test.each([1, 3, 100])("keeps the order of the source with %i readers", async (concurrency) => {
    const { pictures, declared } = await load(source(), { ...options, concurrency });
    expect(pixelsOf(pictures)).toEqual(Uint8Array.from({ length: 24 }, (_, at) => at >> 2));
    expect([...pictures.labels]).toEqual([0, 0, 0, 1, 1, 1]);
    expect(declared).toEqual(source().declared);
    expect(pictures).toMatchObject({ count: 6, height: 2, width: 2, channels: 1 });
    expect(pixelsOf(pictures).buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(pictures.labels.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test("one bad file is set aside and everything else stays aligned", async () => {
    const { pictures, declared, skipped } = await load(source([1, 3]), options);
    expect([...pixelsOf(pictures)]).toEqual([0, 2, 4, 5].flatMap((i) => [...grey4(i)]));
    expect([...pictures.labels]).toEqual([0, 0, 1, 1]);
    expect(pictures.paths).toEqual(["0.jpg", "2.jpg", "4.jpg", "5.jpg"]);
    expect(declared).toEqual(["train", "train", "train", undefined]);
    expect(skipped).toEqual([
      { path: "x.bmp", reason: "BMP" },
      { path: "1.jpg", reason: "truncated JPEG" },
      { path: "3.jpg", reason: "truncated JPEG" },
    ]);
  });

  test("refuses when more than half is lost, and when a class is", async () => {
    await expect(load(source([0, 1, 3, 4]), options)).rejects.toMatchObject({
      what: "4 of 6 pictures cannot be read (0.jpg: truncated JPEG; 1.jpg: truncated JPEG; 3.jpg: truncated JPEG; …)",
      exitCode: 1,
    });
    await expect(load(source([3, 4, 5]), options)).rejects.toMatchObject({
      what: expect.stringContaining("none of the 3 pictures of class b can be read (3.jpg: truncated JPEG;"),
    });
  });

  test("reports each picture", async () => {
    const seen: number[] = [];
    await load(source([2]), { ...options, onProgress: ({ done, total }) => seen.push(done / total) });
    expect(seen).toHaveLength(6);
    expect(seen.at(-1)).toBe(1);
  });

  test("stops when asked to, with the signal's reason", async () => {
    const controller = new AbortController();
    let done = 0;
    const onProgress = () => {
      if (++done === 2) controller.abort(new Error("enough"));
    };
    await expect(load(source(), { ...options, concurrency: 1, onProgress, signal: controller.signal })).rejects.toThrow(
      "enough",
    );
    expect(done).toBe(2);
  });

  test("a geometry of the wrong size is our fault, not the file's", async () => {
    const wrong: Geometry = async () => new Uint8Array(3);
    await expect(load(source(), { ...options, geometry: wrong })).rejects.toThrow(InternalError);
  });
});

describe("a uniform source", () => {
  test("passes through, without a copy when it is shared already", async () => {
    const shared = uniform(true);
    expect(pixelsOf((await load(shared)).pictures)).toBe(shared.uniform!.pixels);
    const { pictures } = await load(uniform(false), { size: 2 });
    expect(pixelsOf(pictures)).toEqual(shared.uniform!.pixels);
    expect(pixelsOf(pictures).buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test("is resized when another size is asked for", async () => {
    const { pictures } = await load(uniform(true), {
      size: 1,
      geometry: async (picture) => picture.pixels.slice(0, 1),
    });
    expect([...pixelsOf(pictures)]).toEqual([0, 4, 8, 12, 16, 20]);
  });

  test("needs a geometry for that, and a folder needs a size", async () => {
    await expect(load(uniform(true), { size: 1 })).rejects.toThrow(
      "data: its pictures are 2×2×1, asked for 1×1×1; give a geometry that resizes them",
    );
    await expect(load(source())).rejects.toThrow("data: its pictures differ in size and no size was asked for");
  });
});
