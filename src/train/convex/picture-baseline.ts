import type { PixelRows } from "../../data/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import type { Plan } from "../plan.ts";
import { type Baseline, type LabelledRows, linearBaseline, PENALTIES } from "./baseline.ts";

/** The 28×28 of MNIST. The Cholesky of n features takes n³ / 3 multiplications, once for each λ. */
const MOST_FEATURES = 784;
/** Training pictures; beyond, a linear model of so few features gets hardly better. */
const MOST_PICTURES = 10_000;
/** Bytes of training pictures: 7,000 of 224×224 in colour. */
const MOST_BYTES = 2 ** 30;
/** Multiplications for the scores of all validation and test pictures: about a second. */
const MOST_PRODUCTS = 1e9;
/** Pictures that are read at a time. */
const PART = 256;

/**
 * The linear baseline of a plan: `linearBaseline` on the plan's own pixels, as they are before any augmentation. Pictures of more
 * than 784 numbers are averaged over squares of k × k pixels, each channel apart, with the smallest k that brings them below; the
 * means are rounded to bytes. Of more than 10,000 training pictures evenly spaced ones are taken. Weights of pictures and classes
 * are left out: what is compared is the accuracy, and it counts heads.
 */
export async function pictureBaseline(plan: Plan, rows: PixelRows, runtime: Runtime): Promise<Baseline | null> {
  const { pictures, classes, validation, test, threads } = plan;
  const looks = PENALTIES.length * validation.length + test.length;
  const pool = poolOf(pictures, Math.min(MOST_FEATURES, MOST_PRODUCTS / (looks * classes)));
  const train = spaced(plan.train, Math.max(1, Math.min(MOST_PICTURES, Math.floor(MOST_BYTES / rows.row))));
  const all = { data: new Uint8Array(train.length * pool.width), labels: new Int32Array(train.length) };
  let at = 0;
  for (const { data, labels } of parts(pictures.labels, rows, pool, train)) {
    all.data.set(data, at * pool.width);
    all.labels.set(labels, at);
    at += labels.length;
  }
  const { width } = pool;
  const judged = (indices: Int32Array) => (indices.length === 0 ? null : parts(pictures.labels, rows, pool, indices));
  const data = { width, classes, train: all, validation: judged(validation), test: judged(test) };
  const found = await linearBaseline(data, runtime, threads);
  return found && { features: width, pooled: pool.side, trained: train.length, ...found };
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

/** The pictures of the indices, averaged, a few at a time. */
function* parts(labels: Int32Array, rows: PixelRows, pool: Pool, indices: Int32Array): Generator<LabelledRows> {
  const raw = new Uint8Array(PART * rows.row);
  for (let from = 0; from < indices.length; from += PART) {
    const own = indices.subarray(from, from + PART);
    rows.read(indices, from, own.length, raw);
    const stored = raw.subarray(0, own.length * rows.row);
    yield { data: pool.side === 1 ? stored : pooled(stored, pool), labels: own.map((index) => labels[index]) };
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
