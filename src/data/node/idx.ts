/**
 * A folder of IDX files, the format of MNIST, Fashion-MNIST and EMNIST (LeCun, Cortes, Burges, "The MNIST database"):
 *
 *     bytes 0–3  magic: 0, 0, element type (8 = unsigned byte), rank
 *     then       one big-endian uint32 for each axis, then the elements, row-major
 *
 * Pictures are [count, height, width] (grey) or [count, height, width, 3]; labels are [count]. Names are read loosely:
 * `train-images-idx3-ubyte`, `t10k-labels.idx1-ubyte.gz`, `emnist-letters-test-images-idx3-ubyte`, in any case. `train`
 * is declared train, `t10k` and `test` are declared test. Label v is class v, named "v" unless a `classes.txt` or
 * `labels.txt` in the folder gives the names, one a line.
 */
import { kMaxLength } from "node:buffer";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { constants, gunzip, gunzipSync } from "node:zlib";
import { UsageError } from "../../core/index.ts";
import { pictureAt } from "../picture.ts";
import { sharedBytes } from "../shared-memory.ts";
import type { Source, SplitName } from "../types.ts";

const NAME = /^(?:(.*)[-_])?(train|t10k|test)[-_.](images|labels)[-_.]idx[1-4][-_.]ubyte(\.gz)?$/i;
const UNSIGNED_BYTE = 8;

type Part = "train" | "test";
type Files = Partial<Record<Part, { images?: string; labels?: string }>>;

/** Whether any of these file names is that of an IDX file. */
export function isIdxFolder(names: readonly string[]): boolean {
  return names.some((name) => NAME.test(name));
}

/** @throws UsageError (exit code 1) for files that are missing, damaged, cut short or at odds with each other */
export async function idxSource(root: string): Promise<Source> {
  const names = (await readdir(root)).sort();
  const files = findFiles(root, names);
  const train = await readPart(root, "train", files);
  const test = files.test && (await readPart(root, "test", files));
  if (test && (test.height !== train.height || test.width !== train.width || test.channels !== train.channels)) {
    throw new UsageError(root, `train pictures are ${sizeOf(train)}, test pictures ${sizeOf(test)}`, "give one set", 1);
  }
  const { height, width, channels } = train;
  const parts = test ? [train, test] : [train];
  const count = parts.reduce((sum, part) => sum + part.labels.length, 0);
  const pixels = sharedBytes(count * height * width * channels);
  const labels = new Int32Array(count);
  const paths: string[] = [];
  const declared: SplitName[] = [];
  for (const part of parts) {
    pixels.set(part.pixels, paths.length * height * width * channels);
    labels.set(part.labels, paths.length);
    for (let i = 0; i < part.labels.length; i++) {
      paths.push(`${part.name}#${i}`);
      declared.push(part.name);
    }
  }
  const uniform = { pixels, height, width, channels };
  const classes = await classNames(root, names, labels);
  const present = new Set(labels);
  const absent = classes.filter((_, label) => !present.has(label));
  return {
    kind: "idx",
    name: root,
    classes,
    paths,
    labels,
    declared,
    skipped: [],
    notes: absent.length > 0 ? [`No picture has the label ${absent.join(", ")}`] : [],
    uniform,
    read: async (index) => pictureAt(uniform, index),
  };
}

function findFiles(root: string, names: readonly string[]): Files {
  const files: Files = {};
  const sets = new Set<string>();
  for (const name of names) {
    const match = NAME.exec(name);
    if (!match) continue;
    sets.add((match[1] ?? "").toLowerCase());
    const part = match[2]!.toLowerCase() === "train" ? "train" : "test";
    files[part] ??= {};
    // In sorted order "x" comes before "x.gz", so that an unpacked file is preferred.
    files[part][match[3]!.toLowerCase() as "images" | "labels"] ??= name;
  }
  if (sets.size > 1) {
    const found = [...sets].map((set) => set || "(no prefix)").join(", ");
    throw new UsageError(
      root,
      `it holds ${sets.size} sets of IDX files: ${found}`,
      "put each set in its own folder",
      1,
    );
  }
  if (!files.train) {
    throw new UsageError(root, "it has IDX files for test but none for train", "add train-images and train-labels", 1);
  }
  return files;
}

interface Loaded {
  readonly name: Part;
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

const sizeOf = ({ height, width, channels }: Loaded) => `${height}×${width}×${channels}`;

async function readPart(root: string, name: Part, files: Files): Promise<Loaded> {
  const { images, labels } = files[name]!;
  if (!images || !labels) {
    const [has, lacks] = images ? [images, "labels"] : [labels, "images"];
    throw new UsageError(root, `it has ${has} but no ${lacks} to go with it`, `add the ${name} ${lacks} file`, 1);
  }
  const picture = await readIdx(join(root, images));
  const label = await readIdx(join(root, labels));
  const [count, height = 0, width = 0, channels = 1] = picture.shape;
  if (picture.shape.length < 3 || picture.shape.length > 4 || (channels !== 1 && channels !== 3)) {
    throw new UsageError(
      join(root, images),
      `its shape is [${picture.shape.join(",")}], pictures are [count,height,width] or [count,height,width,3]`,
      "give a file of pictures",
      1,
    );
  }
  if (label.shape.length !== 1) {
    throw new UsageError(
      join(root, labels),
      `its shape is [${label.shape.join(",")}], labels are [count]`,
      "give a file of labels",
      1,
    );
  }
  if (count !== label.shape[0]) {
    throw new UsageError(
      root,
      `${images} has ${count} pictures but ${labels} has ${label.shape[0]} labels`,
      "give files that belong together",
      1,
    );
  }
  return { name, pixels: picture.elements, labels: label.elements, height, width, channels };
}

/**
 * One IDX file of unsigned bytes, packed or not (by its content, not its name).
 * @throws UsageError (exit code 1)
 */
async function readIdx(path: string): Promise<{ readonly shape: readonly number[]; readonly elements: Uint8Array }> {
  const bytes = await unpacked(path);
  const again = "download it again";
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) {
    const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw new UsageError(path, `it starts with ${start || "nothing"}, an IDX file with 00 00 08`, again, 1);
  }
  if (bytes[2] !== UNSIGNED_BYTE) {
    throw new UsageError(
      path,
      `its elements have type ${bytes[2]}, pictures and labels type 8 (unsigned byte)`,
      "convert it",
      1,
    );
  }
  const rank = bytes[3]!;
  const header = 4 + 4 * rank;
  if (bytes.length < header) {
    throw new UsageError(path, `it is cut short: its header has ${header} bytes, found ${bytes.length}`, again, 1);
  }
  const shape = Array.from({ length: rank }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  const expected = header + shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== expected) {
    const fault = bytes.length < expected ? "is cut short" : "is too long";
    throw new UsageError(
      path,
      `it ${fault}: [${shape.join(",")}] takes ${expected} bytes, found ${bytes.length}`,
      again,
      1,
    );
  }
  return { shape, elements: bytes.subarray(header) };
}

async function unpacked(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    // A few kilobytes can unpack to more memory than there is, so what the header promises is the most that is unpacked.
    const start = gunzipSync(bytes.subarray(0, 4096), { finishFlush: constants.Z_SYNC_FLUSH });
    if (start.length < 4 || start[0] !== 0 || start[1] !== 0 || start[2] !== UNSIGNED_BYTE) return start;
    return await promisify(gunzip)(bytes, { maxOutputLength: claimedLength(start) + 1 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") {
      throw new UsageError(
        path,
        "it is too long: more lies in the gzip file than its header says",
        "download it again",
        1,
      );
    }
    const fault = code === "Z_BUF_ERROR" ? `is cut short (${bytes.length} bytes)` : `is damaged (${message})`;
    throw new UsageError(path, `the gzip file ${fault}`, "download it again", 1);
  }
}

/** How long an IDX file is by its own header, from its first bytes. */
function claimedLength(start: Buffer): number {
  const header = 4 + 4 * start[3]!;
  let size = 1;
  for (let at = 4; at < Math.min(header, start.length - 3); at += 4) size *= start.readUInt32BE(at);
  return Math.min(header + size, kMaxLength - 1);
}

async function classNames(root: string, names: readonly string[], labels: Int32Array): Promise<readonly string[]> {
  const count = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  const file = names.find((name) => /^(classes|labels)\.txt$/i.test(name));
  if (!file) return Array.from({ length: count }, (_, label) => String(label));
  const text = await readFile(join(root, file), "utf8");
  const given = text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (given.length < count) {
    throw new UsageError(
      join(root, file),
      `it names ${given.length} classes, the labels go up to ${count - 1}`,
      `name all ${count}, one a line`,
      1,
    );
  }
  return given;
}
