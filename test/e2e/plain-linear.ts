/** The linear classifier with cross-entropy, trained by hand: plain float64 loops that share nothing with the engine. */
import { epochOrder, type Source } from "../../src/data/index.ts";

export interface Weights {
  /** [features, classes] */
  readonly weight: Float64Array;
  /** [classes] */
  readonly bias: Float64Array;
}

export interface PlainRun {
  /** Normalised pictures [count, features]. */
  readonly x: readonly Float64Array[];
  readonly labels: ArrayLike<number>;
  readonly start: Weights;
  readonly learningRate: number;
  readonly batch: number;
  readonly epochs: number;
  readonly seed: number;
  /** Added to the loss: l1 · Σ|W| + l2 · ΣW². */
  readonly l1?: number;
  readonly l2?: number;
}

/** w ← w − η ∂/∂w (mean of −ln softmax(xW + b)_y over the batch + penalties), one batch after the other. */
export function trainPlainly(run: PlainRun): Weights & { readonly firstLoss: number } {
  const { x, labels, learningRate, batch, epochs, seed, l1 = 0, l2 = 0 } = run;
  const weight = run.start.weight.slice();
  const bias = run.start.bias.slice();
  const classes = bias.length;
  let firstLoss: number | undefined;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = epochOrder(Int32Array.from(x.keys()), seed, epoch);
    for (let from = 0; from < order.length; from += batch) {
      const members = order.subarray(from, from + batch);
      const dWeight = weight.map((w) => l1 * Math.sign(w) + 2 * l2 * w);
      const dBias = new Float64Array(classes);
      let loss = 0;
      for (const i of members) {
        const scores = bias.map((b, c) => x[i]!.reduce((sum, value, f) => sum + value * weight[f * classes + c]!, b));
        const largest = Math.max(...scores);
        const exponentials = scores.map((score) => Math.exp(score - largest));
        const total = exponentials.reduce((sum, value) => sum + value, 0);
        loss -= Math.log(exponentials[labels[i]!]! / total) / members.length;
        for (let c = 0; c < classes; c++) {
          const error = (exponentials[c]! / total - (c === labels[i] ? 1 : 0)) / members.length;
          dBias[c]! += error;
          for (let f = 0; f < x[i]!.length; f++) dWeight[f * classes + c]! += error * x[i]![f]!;
        }
      }
      firstLoss ??= loss;
      dWeight.forEach((gradient, j) => {
        weight[j]! -= learningRate * gradient;
      });
      dBias.forEach((gradient, c) => {
        bias[c]! -= learningRate * gradient;
      });
    }
  }
  return { weight, bias, firstLoss: firstLoss! };
}

/** Grey pictures in memory, of random bytes, the first `train` of them declared train and two more declared test. */
export function randomSource(train: number, side: number, classes: number): Source {
  const count = train + 2;
  const features = side * side;
  const pixels = Uint8Array.from({ length: count * features }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 13) & 255);
  const uniform = { pixels, height: side, width: side, channels: 1 as const };
  return {
    kind: "idx",
    name: "random",
    classes: Array.from({ length: classes }, (_, c) => `class ${c}`),
    paths: Array.from({ length: count }, (_, i) => `#${i}`),
    labels: Int32Array.from({ length: count }, (_, i) => i % classes),
    // A validation picture too, so that none is cut from the training pictures.
    declared: Array.from({ length: count }, (_, i) => (i < train ? "train" : i === train ? "validation" : "test")),
    skipped: [],
    notes: [],
    uniform,
    read: async (index) => ({ ...uniform, pixels: pixels.subarray(index * features, (index + 1) * features) }),
  };
}

/** The training pictures as numbers, as the model file says that it makes them: (byte − mean) / deviation, mean a whole byte. */
export function normalised(source: Source, count: number, mean: number, deviation: number): Float64Array[] {
  const { pixels, height, width } = source.uniform!;
  const features = height * width;
  return Array.from({ length: count }, (_, i) =>
    Float64Array.from(pixels.subarray(i * features, (i + 1) * features), (byte) => {
      return (byte - Math.round(255 * mean)) / (255 * deviation);
    }),
  );
}
