import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UsageError } from "../../core/index.ts";
import { channelStatistics } from "../statistics.ts";
import { idxSource } from "./idx.ts";
import { openSource } from "./open-source.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "argmin-idx-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** An IDX file whose elements count up from `first`. */
function idx(shape: readonly number[], elements?: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = 8;
  header[3] = shape.length;
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  const count = shape.reduce((product, size) => product * size, 1);
  return Buffer.concat([header, Uint8Array.from(elements ?? Array.from({ length: count }, (_, i) => i))]);
}

async function folder(files: Record<string, Uint8Array | string>): Promise<string> {
  const path = await mkdtemp(join(root, "set-"));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(path, name), bytes);
  return path;
}

const train = { "train-images-idx3-ubyte": idx([3, 2, 2]), "train-labels-idx1-ubyte": idx([3], [2, 0, 1]) };

describe("a folder of IDX files", () => {
  test("train is declared train, t10k test; labels name the classes", async () => {
    const source = await idxSource(
      await folder({ ...train, "t10k-images-idx3-ubyte": idx([1, 2, 2]), "t10k-labels-idx1-ubyte": idx([1], [1]) }),
    );
    expect(source.classes).toEqual(["0", "1", "2"]);
    expect([...source.labels]).toEqual([2, 0, 1, 1]);
    expect(source.declared).toEqual(["train", "train", "train", "test"]);
    expect(source.paths).toEqual(["train#0", "train#1", "train#2", "test#0"]);
    expect(source.uniform).toMatchObject({ height: 2, width: 2, channels: 1 });
    expect(await source.read(1)).toEqual({ pixels: Uint8Array.of(4, 5, 6, 7), height: 2, width: 2, channels: 1 });
    expect([...(await source.read(3)).pixels]).toEqual([0, 1, 2, 3]);
  });

  test.each([
    ["packed", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"],
    ["with a dot", "train-images.idx3-ubyte", "train-labels.idx1-ubyte"],
    ["in capitals", "TRAIN-IMAGES-IDX3-UBYTE", "Train-Labels-idx1-ubyte.GZ"],
    ["with a prefix", "emnist-letters-train-images-idx3-ubyte", "emnist-letters-train-labels-idx1-ubyte"],
  ])("names %s", async (_, images, labels) => {
    const pack = (name: string, bytes: Buffer) => (/gz$/i.test(name) ? gzipSync(bytes) : bytes);
    const path = await folder({ [images]: pack(images, idx([3, 2, 2])), [labels]: pack(labels, idx([3], [2, 0, 1])) });
    const source = await openSource(path);
    expect(source.kind).toBe("idx");
    expect([...source.uniform!.pixels]).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });

  test("three channels last", async () => {
    const source = await idxSource(await folder({ ...train, "train-images-idx3-ubyte": idx([3, 1, 2, 3]) }));
    expect(source.uniform).toMatchObject({ height: 1, width: 2, channels: 3 });
  });

  test("classes.txt names the classes; labels that never occur are noted", async () => {
    const source = await idxSource(await folder({ ...train, "classes.txt": "\ufeffshirt\r\nshoe\r\nhat\r\nbag\r\n" }));
    expect(source.classes).toEqual(["shirt", "shoe", "hat", "bag"]);
    expect(source.notes).toEqual(["No picture has the label bag"]);
  });
});

const images = "train-images-idx3-ubyte";
const labels = "train-labels-idx1-ubyte";
test.each<[string, Record<string, Uint8Array | string>, string]>([
  ["cut short", { [images]: idx([3, 2, 2]).subarray(0, 20) }, "it is cut short: [3,2,2] takes 28 bytes, found 20"],
  [
    "cut in its header",
    { [images]: idx([3, 2, 2]).subarray(0, 9) },
    "it is cut short: its header has 16 bytes, found 9",
  ],
  [
    "too long",
    { [labels]: Buffer.concat([idx([3]), Buffer.alloc(2)]) },
    "it is too long: [3] takes 11 bytes, found 13",
  ],
  ["fewer labels", { [labels]: idx([2]) }, `${images} has 3 pictures but ${labels} has 2 labels`],
  ["more labels", { [labels]: idx([4]) }, `${images} has 3 pictures but ${labels} has 4 labels`],
  ["no IDX file", { [images]: "<!DOCTYPE html>" }, "it starts with 3c 21 44 4f, an IDX file with 00 00 08"],
  ["empty", { [labels]: "" }, "it starts with nothing, an IDX file with 00 00 08"],
  ["other elements", { [labels]: Buffer.from([0, 0, 0x0d, 1, 0, 0, 0, 0]) }, "its elements have type 13"],
  ["labels for pictures", { [images]: idx([3]) }, "its shape is [3], pictures are [count,height,width]"],
  [
    "a gzip file that unpacks to more than it says",
    { [images]: gzipSync(Buffer.concat([idx([3, 2, 2]), Buffer.alloc(2e8)])) },
    "it is too long: more lies in the gzip file than its header says",
  ],
  ["a torn gzip file", { [images]: gzipSync(idx([3, 2, 2])).subarray(0, 20) }, "the gzip file is cut short (20 bytes)"],
  [
    "a damaged gzip file",
    { [images]: gzipSync(idx([3, 2, 2])).map((byte, at) => (at === 14 ? byte ^ 0xff : byte)) },
    "the gzip file is damaged",
  ],
  ["too few names", { "labels.txt": "a\nb\n" }, "it names 2 classes, the labels go up to 2; name all 3, one a line"],
  [
    "two sets",
    { "emnist-train-images-idx3-ubyte": idx([1, 1, 1]) },
    "it holds 2 sets of IDX files: emnist, (no prefix)",
  ],
  [
    "sizes at odds",
    { "t10k-images-idx3-ubyte": idx([1, 3, 3]), "t10k-labels-idx1-ubyte": idx([1]) },
    "train pictures are 2×2×1, test pictures 3×3×1",
  ],
])("%s: refused, and the material is to blame", async (_, changed, message) => {
  const error = await idxSource(await folder({ ...train, ...changed })).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as UsageError).message).toContain(message);
  expect((error as UsageError).exitCode).toBe(1);
});

test("files that are missing", async () => {
  await expect(idxSource(await folder({ [images]: idx([3, 2, 2]) }))).rejects.toThrow(
    `it has ${images} but no labels to go with it; add the train labels file`,
  );
  await expect(idxSource(await folder({ "t10k-images-idx3-ubyte": idx([3, 2, 2]) }))).rejects.toThrow("none for train");
});

const fashion = join(import.meta.dirname, "../../../../shared/data/fashion-mnist");
const present = existsSync(fashion);
test.skipIf(!present)(`Fashion-MNIST${present ? "" : " (skipped: ../shared/data is absent)"}`, async () => {
  const source = await openSource(fashion);
  expect(source.uniform).toMatchObject({ height: 28, width: 28, channels: 1 });
  expect(source.uniform!.pixels).toHaveLength(70000 * 784);
  expect(source.classes).toHaveLength(10);
  const counts = new Array(10).fill(0);
  for (const label of source.labels.subarray(60000)) counts[label]++;
  expect(counts).toEqual(new Array(10).fill(1000));
  expect([source.declared[59999], source.declared[60000]]).toEqual(["train", "test"]);
  // The training set's published statistics: mean 0.2860, standard deviation 0.3530.
  const { pixels, ...size } = source.uniform!;
  const { mean, standardDeviation } = channelStatistics(
    { store: { kind: "memory", pixels }, ...size },
    Int32Array.from({ length: 60000 }, (_, i) => i),
  );
  expect(mean[0]).toBeCloseTo(0.286, 3);
  expect(standardDeviation[0]).toBeCloseTo(0.353, 3);
});
