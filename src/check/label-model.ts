/**
 * What a linear classifier, trained on the rest, says of each picture: five folds, softmax by L-BFGS on the features of
 * `features.ts`, each standardised over the pictures it is trained on.
 */
import { Random } from "../core/index.ts";
import type { Runtime } from "../runtime/index.ts";
import { minimizeLbfgs } from "../solvers/index.ts";
import { type LinearRequest, linearProblem } from "../train/index.ts";
import { FEATURES } from "./features.ts";

export const FOLDS = 5;

/** Strength of the penalty ΣW² of standardised features. */
const L2 = 0.03;
/** Iterations of L-BFGS: the probabilities are what matters, not the last digits of the optimum. */
const ITERATIONS = 60;
/** Gradient, relative to its first one, at which a fit ends. */
const TOLERANCE = 3e-3;
/** Training pictures of one fold times classes; beyond it a part is drawn, so that no data set takes hours. */
const TRAIN_BUDGET = 1e6;
const MOST_TRAINED = 20_000;
/** Drawn pictures of each class at least. */
const LEAST_OF_CLASS = 10;

export interface LabelModelRequest {
  /** [count, FEATURES] */
  readonly features: Uint8Array;
  /** [count], 0 … classes − 1, each class in more than one fold */
  readonly labels: Int32Array;
  readonly classes: number;
  /** The fold of each picture, [count]. */
  readonly fold: Int32Array;
  readonly seed: number;
  readonly l2?: number;
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** @returns probabilities [count, classes], each row by the model that was trained without its fold */
export async function heldOutProbabilities(request: LabelModelRequest, runtime: Runtime): Promise<Float32Array> {
  const { labels, classes, fold, onProgress } = request;
  const probabilities = new Float32Array(labels.length * classes);
  const all = Array.from(labels.keys());
  for (let held = 0; held < FOLDS; held++) {
    const judged = Int32Array.from(all.filter((i) => fold[i] === held));
    if (judged.length === 0) continue;
    const rest = drawn(Int32Array.from(all.filter((i) => fold[i] !== held)), request, held);
    const standard = standardisation(request.features, rest);
    const problem = linearProblem(linear(request, rest, standard), runtime);
    const pause = breathing(request.signal);
    const { oracle } = problem;
    const patient = { ...oracle, evaluate: async (w: Float64Array) => pause().then(() => oracle.evaluate(w)) };
    const options = { tolerance: TOLERANCE, iterations: ITERATIONS, memory: 10 };
    const { w } = await minimizeLbfgs(patient, problem.start, options, ({ iteration }) => {
      onProgress?.((held + Math.min(1, iteration / ITERATIONS)) / FOLDS);
      return false;
    });
    const scores = await linearProblem(linear(request, judged, standard), runtime).scores(w);
    softmaxInto(scores, judged, classes, probabilities);
  }
  onProgress?.(1);
  return probabilities;
}

/** Sessions run on this thread; between two of their runs the terminal gets its turn, and Ctrl-C with it. */
function breathing(signal: AbortSignal | undefined): () => Promise<void> {
  return async () => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
  };
}

/** At most as many pictures as the budget allows, each class in proportion. */
function drawn(indices: Int32Array, { labels, classes, seed }: LabelModelRequest, held: number): Int32Array {
  const most = Math.max(LEAST_OF_CLASS * classes, Math.min(MOST_TRAINED, Math.floor(TRAIN_BUDGET / classes)));
  if (indices.length <= most) return indices;
  const byClass = Array.from({ length: classes }, (): number[] => []);
  for (const i of indices) byClass[labels[i]].push(i);
  const share = most / indices.length;
  const chosen = byClass.flatMap((own, label) =>
    new Random(seed, "label-model", held * classes + label)
      .shuffle(own)
      .slice(0, Math.max(LEAST_OF_CLASS, Math.round(share * own.length))),
  );
  return Int32Array.from(chosen).sort();
}

interface Standardisation {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** Mean 0, and deviation 1 where a feature varies by more than rounding to a byte does. */
function standardisation(features: Uint8Array, rows: Int32Array): Standardisation {
  const sum = new Float64Array(FEATURES);
  const squares = new Float64Array(FEATURES);
  for (const row of rows) {
    for (let k = 0, at = row * FEATURES; k < FEATURES; k++, at++) {
      sum[k] += features[at];
      squares[k] += features[at] * features[at];
    }
  }
  const shift = sum.map((total) => total / rows.length);
  const scale = squares.map((total, k) => 1 / Math.sqrt(Math.max(0, total / rows.length - shift[k] ** 2) + 4));
  return { scale, shift };
}

function linear(
  { features, labels, classes, seed, l2 = L2 }: LabelModelRequest,
  rows: Int32Array,
  { scale, shift }: Standardisation,
): LinearRequest {
  const data = new Uint8Array(rows.length * FEATURES);
  rows.forEach((row, i) => {
    data.set(features.subarray(row * FEATURES, (row + 1) * FEATURES), i * FEATURES);
  });
  const penalty = new Float64Array(FEATURES + 1).fill(l2);
  penalty[FEATURES] = 0;
  return {
    features: { count: rows.length, width: FEATURES, data, scale, shift },
    classes,
    labels: rows.map((row) => labels[row]),
    weights: new Float64Array(rows.length).fill(1 / rows.length),
    loss: "cross-entropy",
    lossOptions: {},
    l2: penalty,
    l1: new Float64Array(FEATURES + 1),
    bias: true,
    seed,
  };
}

function softmaxInto(scores: Float64Array, rows: Int32Array, classes: number, out: Float32Array): void {
  rows.forEach((row, i) => {
    const own = scores.subarray(i * classes, (i + 1) * classes);
    const highest = own.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    const total = own.reduce((sum, score) => sum + Math.exp(score - highest), 0);
    for (let c = 0; c < classes; c++) out[row * classes + c] = Math.exp(own[c] - highest) / total;
  });
}
