/**
 * CIFAR-10 and CIFAR-100 in their binary version (Krizhevsky, "Learning multiple layers of features from tiny images",
 * 2009): 60,000 colour pictures of 32×32. Each record is
 *
 *     CIFAR-10   1 byte label,               then 1024 bytes red, 1024 green, 1024 blue, row by row
 *     CIFAR-100  1 byte coarse, 1 byte fine, then the same
 *
 * `data_batch_1.bin` … and `test_batch.bin`, or `train.bin` and `test.bin`. Names of the classes come from
 * `batches.meta.txt` or `fine_label_names.txt`, where the folder has them; the fine label is the class.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../core/index.ts";
import { pictureAt } from "../picture.ts";
import { sharedBytes } from "../shared-memory.ts";
import type { Source, SplitName } from "../types.ts";

const SIDE = 32;
const PLANE = SIDE * SIDE;
const PIXELS = 3 * PLANE;

interface Kind {
  /** Bytes before the pixels; the last one is the class. */
  readonly labels: number;
  readonly classes: number;
  readonly train: RegExp;
  readonly test: RegExp;
  readonly names: string;
}

const kinds: readonly Kind[] = [
  { labels: 1, classes: 10, train: /^data_batch_\d+\.bin$/i, test: /^test_batch\.bin$/i, names: "batches.meta.txt" },
  { labels: 2, classes: 100, train: /^train\.bin$/i, test: /^test\.bin$/i, names: "fine_label_names.txt" },
];

const kindOf = (names: readonly string[]) =>
  kinds.find(({ train, test }) => names.some((name) => train.test(name) || test.test(name)));

/** Whether any of these file names is that of a CIFAR batch. */
export function isCifarFolder(names: readonly string[]): boolean {
  return kindOf(names) !== undefined || isPickled(names);
}

/** The version for Python: CIFAR-10 has the same names without an ending, CIFAR-100 three names of which one is telling. */
const isPickled = (names: readonly string[]) =>
  names.includes("data_batch_1") || (names.includes("file.txt~") && names.includes("meta"));

/** @throws UsageError (exit code 1) for batches that are missing, cut short or hold a label that is none */
export async function cifarSource(root: string): Promise<Source> {
  const names = (await readdir(root)).sort();
  const kind = kindOf(names);
  if (kind === undefined) {
    throw new UsageError(root, "it holds CIFAR for Python (pickles)", "download the binary version of the same set", 1);
  }
  const train = names.filter((name) => kind.train.test(name));
  if (train.length === 0) {
    throw new UsageError(root, "it has the test batch but none to train on", "add the training batches", 1);
  }
  const files = [...train, ...names.filter((name) => kind.test.test(name))];
  const batches: Uint8Array[] = [];
  for (const file of files) batches.push(await readBatch(join(root, file), kind));
  const record = kind.labels + PIXELS;
  const count = batches.reduce((total, batch) => total + batch.length / record, 0);
  const pixels = sharedBytes(count * PIXELS);
  const labels = new Int32Array(count);
  const paths: string[] = [];
  const declared: SplitName[] = [];
  batches.forEach((batch, i) => {
    const file = files[i]!;
    for (let at = 0; at < batch.length; at += record) {
      const index = paths.length;
      labels[index] = batch[at + kind.labels - 1]!;
      interleave(batch.subarray(at + kind.labels, at + record), pixels.subarray(index * PIXELS, (index + 1) * PIXELS));
      paths.push(`${file.replace(/\.bin$/i, "")}#${at / record}`);
      declared.push(kind.test.test(file) ? "test" : "train");
    }
  });
  const uniform = { pixels, height: SIDE, width: SIDE, channels: 3 as const };
  const listed = names.find((name) => name.toLowerCase() === kind.names);
  return {
    kind: "cifar",
    name: root,
    classes: await classNames(listed === undefined ? undefined : join(root, listed), kind.classes),
    paths,
    labels,
    declared,
    skipped: [],
    notes: [],
    uniform,
    read: async (index) => pictureAt(uniform, index),
  };
}

async function readBatch(path: string, kind: Kind): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(path, `it cannot be read (${error.code})`, "grant access to it, or download it again", 1);
  });
  const record = kind.labels + PIXELS;
  if (bytes.length === 0 || bytes.length % record !== 0) {
    const what = `its ${bytes.length} bytes are no whole number of pictures of ${record} bytes each`;
    throw new UsageError(path, what, "download it again", 1);
  }
  for (let at = kind.labels - 1; at < bytes.length; at += record) {
    if (bytes[at]! < kind.classes) continue;
    const what = `picture ${Math.floor(at / record)} has the label ${bytes[at]}, the last class is ${kind.classes - 1}`;
    throw new UsageError(path, what, "download it again", 1);
  }
  return bytes;
}

/** Planes of red, green and blue to [height, width, 3]. */
function interleave(planes: Uint8Array, into: Uint8Array): void {
  for (let i = 0; i < PLANE; i++) {
    into[3 * i] = planes[i]!;
    into[3 * i + 1] = planes[PLANE + i]!;
    into[3 * i + 2] = planes[2 * PLANE + i]!;
  }
}

async function classNames(path: string | undefined, count: number): Promise<readonly string[]> {
  if (path === undefined) return Array.from({ length: count }, (_, label) => String(label));
  const lines = (await readFile(path, "utf8"))
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length !== count || new Set(lines).size !== count) {
    throw new UsageError(path, `it names ${new Set(lines).size} classes, the set has ${count}`, `name all ${count}`, 1);
  }
  return lines;
}
