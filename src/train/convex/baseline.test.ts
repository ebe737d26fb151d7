import { describe, expect, test } from "vitest";
import { Cholesky, Random } from "../../core/index.ts";
import { openRuntime } from "../../runtime/node/index.ts";
import { type LabelledRows, linearBaseline, PENALTY } from "./baseline.ts";
import { pooled, poolOf } from "./picture-baseline.ts";

const runtime = await openRuntime("cpu", 1);
const random = new Random(11, "baseline");

const [width, classes] = [5, 3];

/** Bytes whose class shows in them, but not in each row. */
function rows(count: number): LabelledRows & { readonly data: Uint8Array } {
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  const data = Uint8Array.from({ length: count * width }, (_, at) =>
    Math.min(255, random.below(150) + (at % width === labels[Math.floor(at / width)] ? 60 : 0)),
  );
  return { data, labels };
}

/** Ridge regression written out: centred x of one scale, Xᵀ X / n + λ, one column of targets after the other. */
function writtenOut(
  train: LabelledRows,
  { data, labels }: LabelledRows,
  penalty: number,
  scaleOf: (k: number) => number,
) {
  const n = train.labels.length;
  const means = Array.from({ length: width }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += train.data[i * width + k]!;
    return sum / n;
  });
  const x = (from: LabelledRows, i: number, k: number) => (from.data[i * width + k]! - means[k]!) * scaleOf(k);
  const gram = new Float64Array(width * width);
  for (let i = 0; i < n; i++)
    for (let a = 0; a < width; a++)
      for (let b = 0; b < width; b++) gram[a * width + b]! += (x(train, i, a) * x(train, i, b)) / n;
  let trace = 0;
  for (let k = 0; k < width; k++) trace += gram[k * width + k]!;
  for (let k = 0; k < width; k++) gram[k * width + k]! += (penalty * trace) / width;
  const factor = new Cholesky(gram, width);
  const columns = Array.from({ length: classes }, (_, c) => {
    const share = train.labels.filter((label) => label === c).length / n;
    const cross = new Float64Array(width);
    for (let i = 0; i < n; i++)
      for (let k = 0; k < width; k++) cross[k]! += (x(train, i, k) * (Number(train.labels[i] === c) - share)) / n;
    return { w: factor.solve(cross), share };
  });
  const right = labels.filter((label, i) => {
    const scores = columns.map(({ w, share }) =>
      w.reduce((sum, value, k) => sum + value * x({ data, labels }, i, k), share),
    );
    return scores.indexOf(Math.max(...scores)) === label;
  }).length;
  return right / labels.length;
}

describe("least squares on the pixels", () => {
  const [train, validation, held] = [rows(90), rows(60), rows(75)];
  const data = { width, classes, train, validation: [validation], test: [held] };

  test("is ridge regression", async () => {
    const right = (held: LabelledRows) => writtenOut(train, held, PENALTY, () => 1 / 255);
    expect(await linearBaseline(data, runtime, 1)).toEqual({
      penalty: PENALTY,
      validation: { images: 60, accuracy: right(validation) },
      test: { images: 75, accuracy: right(held) },
    });
    expect(right(held)).toBeGreaterThan(0.5);
    // Another strength, or another scale, tells other rows right.
    expect(writtenOut(train, held, 100, () => 1 / 255)).not.toBe(right(held));
  });

  test("chooses nothing on the test rows: with other labels there, it is the same classifier", async () => {
    const wrong = { ...held, labels: held.labels.map((label) => (label + 1) % classes) };
    const [one, other] = [
      await linearBaseline(data, runtime, 1),
      await linearBaseline({ ...data, test: [wrong] }, runtime, 1),
    ];
    expect(other).toEqual({ ...one, test: other!.test });
    expect(other!.test!.accuracy).toBeLessThan(one!.test!.accuracy);
  });

  test("of numbers does not depend on their units, and rows may come in parts", async () => {
    const units = [1, 1e-3, 1e6, 7, 0.2];
    const numbers = ({ data: bytes, labels }: LabelledRows, scaled: boolean) => ({
      labels,
      // The last feature lies a million deviations from 0 as well.
      data: Float64Array.from(
        bytes,
        (value, at) => (value + (scaled && at % width === 4 ? 5e7 : 0)) * (scaled ? units[at % width]! : 1),
      ),
    });
    const split = (all: LabelledRows) =>
      [
        { data: all.data.subarray(0, 10 * width), labels: all.labels.subarray(0, 10) },
        { data: all.data.subarray(10 * width), labels: all.labels.subarray(10) },
      ] as LabelledRows[];
    const of = (scaled: boolean) =>
      linearBaseline(
        {
          ...data,
          train: numbers(train, scaled),
          validation: split(numbers(validation, scaled)),
          test: [numbers(held, scaled)],
        },
        runtime,
        1,
      );
    const plain = await of(false);
    expect(await of(true)).toEqual(plain);
    const deviations = Array.from({ length: width }, (_, k) => {
      const own = [...train.data].filter((_, at) => at % width === k);
      const mean = own.reduce((a, b) => a + b, 0) / own.length;
      return Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length);
    });
    expect(plain!.test!.accuracy).toBe(writtenOut(train, held, plain!.penalty, (k) => 1 / deviations[k]!));
  });

  test("judges by what there is", async () => {
    const both = await linearBaseline(data, runtime, 1);
    expect(await linearBaseline({ ...data, validation: null }, runtime, 1)).toEqual({ ...both, validation: null });
    expect(await linearBaseline({ ...data, test: null }, runtime, 1)).toEqual({ ...both, test: null });
  });

  test("there is none where all training rows are alike", async () => {
    const flat = { ...train, data: new Uint8Array(train.data.length).fill(9) };
    expect(await linearBaseline({ ...data, train: flat }, runtime, 1)).toBeNull();
  });
});

describe("large pictures", () => {
  test("are averaged over the smallest squares that make them small enough", () => {
    const pool = (height: number, across: number, channels: number) => {
      const { side, width: left } = poolOf({ height, width: across, channels }, 784);
      return [side, left];
    };
    expect(pool(28, 28, 1)).toEqual([1, 784]);
    expect(pool(32, 32, 3)).toEqual([2, 768]);
    expect(pool(64, 64, 3)).toEqual([4, 768]);
    expect(pool(224, 224, 3)).toEqual([14, 768]);
    expect(pool(29, 28, 1)).toEqual([2, 210]);
    expect(poolOf({ height: 8, width: 20, channels: 3 }, 1)).toMatchObject({ side: 20, width: 3 });
  });

  test("by hand: 3 × 3 pixels of two channels to 2 × 2, edges over what is there", () => {
    const pool = poolOf({ height: 3, width: 3, channels: 2 }, 8);
    // Channel 0 counts up from 0 to 8, channel 1 is 200 everywhere.
    const picture = Uint8Array.from({ length: 18 }, (_, k) => (k % 2 === 0 ? k / 2 : 200));
    const bright = new Uint8Array(18).fill(255);
    const means = [(0 + 1 + 3 + 4) / 4, (2 + 5) / 2, (6 + 7) / 2, 8].map(Math.round);
    expect([...pooled(Uint8Array.from([...picture, ...bright]), pool)]).toEqual([
      ...means.flatMap((mean) => [mean, 200]),
      ...new Array(8).fill(255),
    ]);
  });
});
