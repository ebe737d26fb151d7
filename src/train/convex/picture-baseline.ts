import type { PixelRows } from "../../data/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import type { Plan } from "../plan.ts";
import { type Baseline, type LabelledRows, linearBaseline } from "./baseline.ts";

/** The 28×28 of MNIST. The Cholesky of n features takes n³ / 6 multiplications, 0.3 s. */
const MOST_FEATURES = 784;
/** Below, one for every four training pictures is enough; but these many cost next to nothing. */
const FREE_FEATURES = 256;
/** Training pictures; beyond, a linear model of so few features gets hardly better. */
const MOST_PICTURES = 10_000;
/** Bytes of training pictures: 7,000 of 224×224 in colour. */
const MOST_BYTES = 2 ** 30;
/** Multiplications for the scores of all validation and test pictures: about a second. */
const MOST_PRODUCTS = 1e9;
/** Pictures that are read at a time. */
const PART = 256;

/**
 * The linear baseline of a plan: `linearBaseline` on the plan's own pixels, as they are before any augmentation.
 *
 * Pictures are averaged over squares of k × k pixels, each channel apart, with the smallest k that leaves at most as many numbers
 * as a quarter of the training pictures, but no fewer than 256 and no more than 784; the means are rounded to bytes. With very
 * many pictures to judge or classes, k grows until their scores take a second. Of more than 10,000 training pictures evenly
 * spaced ones are taken. Weights of pictures and classes are left out: what is compared is the accuracy, and it counts heads.
 * Rows of data that are numbers are taken as they are.
 *
 * @returns why there is none, where there is none
 */
export async function pictureBaseline(
  plan: Plan,
  rows: PixelRows,
  runtime: Runtime,
): Promise<Baseline | { readonly skipped: string }> {
  const { pictures, classes, validation, test, threads } = plan;
  const train = spaced(plan.train, Math.max(1, Math.min(MOST_PICTURES, Math.floor(MOST_BYTES / rows.row))));
  const looks = validation.length + test.length;
  const most = Math.max(FREE_FEATURES, Math.min(MOST_FEATURES, train.length / 4));
  const reader =
    pictures.kind === "numbers"
      ? numberReader(pictures.width)
      : pixelReader(pictures, Math.min(most, MOST_PRODUCTS / (looks * classes)));
  const { width, side } = reader;
  if (width > MOST_FEATURES) return { skipped: `rows of more than ${MOST_FEATURES} numbers take it too long` };
  const judged = (indices: Int32Array) => (indices.length === 0 ? null : parts(pictures.labels, rows, reader, indices));
  const data = {
    ...{ width, classes, validation: judged(validation), test: judged(test) },
    train: together([...parts(pictures.labels, rows, reader, train)]),
  };
  const found = await linearBaseline(data, runtime, threads);
  if (found === null) return { skipped: "all that it could be trained on is alike" };
  return { features: width, pooled: side, trained: train.length, ...found };
}

/** Makes features of rows as they are stored. */
interface Reader {
  readonly width: number;
  /** Pixels a side of the squares that were averaged. */
  readonly side: number;
  /** A copy, [count, width]. */
  features(stored: Uint8Array): Uint8Array | Float64Array;
}

const numberReader = (width: number): Reader => ({
  width,
  side: 1,
  features: (stored) => Float64Array.from(new Float32Array(stored.slice().buffer)),
});

function pixelReader(size: Parameters<typeof poolOf>[0], most: number): Reader {
  const pool = poolOf(size, most);
  const { side, width } = pool;
  return { side, width, features: (stored) => (side === 1 ? stored.slice() : pooled(stored, pool)) };
}

function together(all: readonly LabelledRows[]): LabelledRows {
  const labels = Int32Array.from(all.flatMap((part) => [...part.labels]));
  const size = all.reduce((sum, { data }) => sum + data.length, 0);
  const data = all[0].data instanceof Uint8Array ? new Uint8Array(size) : new Float64Array(size);
  let at = 0;
  for (const part of all) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { data, labels };
}

/** Squares of pixels that become one number. */
export interface Pool {
  /** Pixels a side; those at the right and lower edge may be smaller. */
  readonly side: number;
  /** Numbers that are left. */
  readonly width: number;
  /** Where each byte of a picture goes, [height · width · channels]. */
  readonly place: Int32Array;
  /** How many go there, [width]. */
  readonly count: Int32Array;
}

/** The smallest squares that leave at most `most` numbers of a picture; one for each channel where it cannot be less. */
export function poolOf(
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: number },
  most: number,
): Pool {
  const size = (side: number) => Math.ceil(height / side) * Math.ceil(width / side) * channels;
  let side = 1;
  while (size(side) > most && side < Math.max(height, width)) side++;
  const across = Math.ceil(width / side);
  const count = new Int32Array(size(side));
  const place = Int32Array.from({ length: height * width * channels }, (_, k) => {
    const pixel = Math.floor(k / channels);
    const [y, x] = [Math.floor(pixel / width), pixel % width];
    const to = (Math.floor(y / side) * across + Math.floor(x / side)) * channels + (k % channels);
    count[to]++;
    return to;
  });
  return { side, width: count.length, place, count };
}

/** At most `most` of the indices, as far apart as can be. */
const spaced = (indices: Int32Array, most: number): Int32Array =>
  indices.length <= most
    ? indices
    : Int32Array.from({ length: most }, (_, i) => indices[Math.floor((i * indices.length) / most)]);

/** The features of the indices, a few at a time. */
function* parts(labels: Int32Array, rows: PixelRows, reader: Reader, indices: Int32Array): Generator<LabelledRows> {
  const raw = new Uint8Array(PART * rows.row);
  for (let from = 0; from < indices.length; from += PART) {
    const own = indices.subarray(from, from + PART);
    rows.read(indices, from, own.length, raw);
    yield { data: reader.features(raw.subarray(0, own.length * rows.row)), labels: own.map((index) => labels[index]) };
  }
}

/** The mean of each square, rounded: pictures [count, height · width · channels] become [count, width]. */
export function pooled(stored: Uint8Array, { width, place, count }: Pool): Uint8Array {
  const pictures = stored.length / place.length;
  const result = new Uint8Array(pictures * width);
  const sums = new Int32Array(width);
  for (let picture = 0; picture < pictures; picture++) {
    sums.fill(0);
    const from = picture * place.length;
    for (let k = 0; k < place.length; k++) sums[place[k]] += stored[from + k];
    for (let k = 0; k < width; k++) result[picture * width + k] = Math.round(sums[k] / count[k]);
  }
  return result;
}
