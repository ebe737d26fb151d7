import { Cholesky, choose } from "../../core/index.ts";
import { losses } from "../../losses/index.ts";
import { allocate, type Runtime, type Session, type Value, type Values } from "../../runtime/index.ts";
import {
  type DualProblem,
  duals,
  type Moments,
  type Oracle,
  type Point,
  type Problem,
  sparseRows,
} from "../../solvers/index.ts";
import { type Features, sparse } from "./features.ts";
import { gramOf } from "./gram.ts";
import type { ConvexGraphs } from "./graphs.ts";

/** A linear classifier on given data: everything that decides the optimum. */
export interface LinearRequest {
  readonly features: Features;
  readonly classes: number;
  readonly labels: Int32Array;
  /** [count, classes], where the truth is a distribution. */
  readonly targets?: Float64Array;
  /** ω_i ≥ 0, which sum to 1. */
  readonly weights: Float64Array;
  readonly loss: string;
  readonly lossOptions: Readonly<Record<string, unknown>>;
  /** λ of W² and of |W| for each feature, and last for the bias. */
  readonly l2: Float64Array;
  readonly l1: Float64Array;
  /** False for a classifier without a bias: W alone, [width, classes]. */
  readonly bias: boolean;
  readonly seed: number;
}

/** Above this the Gram matrix is not worth its factor: the Cholesky of n features takes n³ / 3 multiplications. */
const PRECONDITIONED_FEATURES = 1600;

/**
 * L(W) = Σ_i ω_i L_i(x_i W) + Σ_k l2_k ‖W_k‖² + l1_k |W_k| on real data, W [width + 1, classes] with the bias last: the questions
 * of the solvers, answered by graphs in float64 on ONNX Runtime, chunk by chunk.
 */
export class LinearProblem implements Problem {
  /** Passes over the data so far. */
  passes = 0;
  readonly start: Float64Array;
  readonly threshold: Float64Array;
  readonly seed: number;
  readonly #request: LinearRequest;
  readonly #graphs: ConvexGraphs;
  readonly #runtime: Runtime;
  readonly #threads: number | undefined;
  /** Inputs that all graphs share. */
  readonly #feeds: Readonly<Record<string, Value>>;
  readonly #bound = new Map<string, Promise<{ readonly outputs: Values; readonly run: () => Promise<void> }>>();
  #gram: Promise<Float64Array> | undefined;

  constructor(request: LinearRequest, graphs: ConvexGraphs, runtime: Runtime, threads?: number) {
    const { features, classes, targets, l1, seed } = request;
    this.#request = request;
    this.#graphs = graphs;
    this.#runtime = runtime;
    this.#threads = threads;
    this.seed = seed;
    this.start = new Float64Array(this.#rows * classes);
    this.threshold = perWeight(l1, this.#rows, classes);
    const { chunk } = graphs;
    this.#feeds = {
      x: allocate(features.data instanceof Uint8Array ? "uint8" : "float64", [chunk, features.width]),
      v: allocate("float64", [features.width, classes]),
      c: allocate("float64", [classes]),
      dv: allocate("float64", [features.width, classes]),
      dc: allocate("float64", [classes]),
      weights: allocate("float64", [chunk]),
      ...(targets ? { targets: allocate("float64", [chunk, classes]) } : { labels: allocate("int32", [chunk]) }),
    };
  }

  /** Rows of W. */
  get #rows(): number {
    return this.#request.features.width + (this.#request.bias ? 1 : 0);
  }

  get oracle(): Oracle {
    return {
      dimension: this.start.length,
      quadratic: choose("loss", losses, this.#request.loss).quadratic === true,
      evaluate: (w) => this.#evaluate(w),
      hessianVector: (w, v) => this.#hessianVector(w, v),
    };
  }

  async preconditioned(): Promise<Oracle> {
    if (this.#rows > PRECONDITIONED_FEATURES) return this.oracle;
    const inverse = await this.#factor();
    return { ...this.oracle, precondition: (v) => inverse.solve(v, this.#request.classes) };
  }

  /** A session with its inputs and outputs bound, built when it is first needed. */
  #session(
    name: "value" | "curvature" | "scores",
    outputs: Values,
  ): Promise<{ readonly outputs: Values; readonly run: () => Promise<void> }> {
    const known = this.#bound.get(name);
    if (known !== undefined) return known;
    const model = this.#graphs[name];
    if (model === undefined) throw new Error(`the loss has no ${name}`);
    const made = this.#open(model).then((session) => {
      const feeds = Object.fromEntries(session.inputNames.map((input) => [input, this.#feeds[input]]));
      return { outputs, run: session.bind(feeds, outputs) };
    });
    this.#bound.set(name, made);
    return made;
  }

  #open(model: Uint8Array): Promise<Session> {
    return this.#runtime.createSession(model, this.#threads === undefined ? {} : { threads: this.#threads });
  }

  /** Fills the inputs with each chunk of examples in turn; those beyond the last one weigh nothing. */
  async #eachChunk(body: (from: number, count: number) => Promise<void>): Promise<void> {
    const { features, labels, targets, weights, classes } = this.#request;
    const { chunk } = this.#graphs;
    const { x, weights: share } = this.#feeds;
    this.passes++;
    for (let from = 0; from < features.count; from += chunk) {
      const to = Math.min(features.count, from + chunk);
      (x.data as Uint8Array).set(features.data.subarray(from * features.width, to * features.width) as Uint8Array);
      (share.data as Float64Array).fill(0, to - from);
      (share.data as Float64Array).set(weights.subarray(from, to));
      if (targets) (this.#feeds.targets.data as Float64Array).set(targets.subarray(from * classes, to * classes));
      else (this.#feeds.labels.data as Int32Array).set(labels.subarray(from, to));
      await body(from, to - from);
    }
  }

  /** Writes W as the graphs take it: v = s W and c = bias − Σ_k s_k z_k W_k. */
  #place(w: Float64Array, v: string, c: string): void {
    const { features, classes, bias } = this.#request;
    const { width, scale, shift } = features;
    const inner = this.#feeds[v].data as Float64Array;
    const offset = this.#feeds[c].data as Float64Array;
    if (bias) offset.set(w.subarray(width * classes));
    else offset.fill(0);
    for (let k = 0; k < width; k++) {
      for (let j = 0; j < classes; j++) {
        const value = scale[k] * w[k * classes + j];
        inner[k * classes + j] = value;
        offset[j] -= shift[k] * value;
      }
    }
  }

  /** The chain rule back: ∂/∂W_k = s_k (∂/∂v_k − z_k ∂/∂c). */
  #chained(ofV: Float64Array, ofC: Float64Array): Float64Array {
    const { features, classes, bias } = this.#request;
    const { width, scale, shift } = features;
    const result = new Float64Array(this.start.length);
    for (let k = 0; k < width; k++) {
      for (let j = 0; j < classes; j++) {
        result[k * classes + j] = scale[k] * (ofV[k * classes + j] - shift[k] * ofC[j]);
      }
    }
    if (bias) result.set(ofC, width * classes);
    return result;
  }

  /** Sums two outputs over all chunks. */
  async #summed(name: "value" | "curvature", first: string, second: string, each: (outputs: Values) => void) {
    const { features, classes } = this.#request;
    const fresh = () => ({
      [first]: allocate("float64", [features.width, classes]),
      [second]: allocate("float64", [classes]),
      ...(name === "value" ? { loss: allocate("float64", []) } : {}),
    });
    const { outputs, run } = await this.#session(name, fresh());
    const sums = [new Float64Array(features.width * classes), new Float64Array(classes)];
    await this.#eachChunk(async () => {
      await run();
      each(outputs);
      [first, second].forEach((output, i) => {
        const part = outputs[output].data as Float64Array;
        const sum = sums[i];
        for (let k = 0; k < sum.length; k++) sum[k] += part[k];
      });
    });
    return this.#chained(sums[0], sums[1]);
  }

  async #evaluate(w: Float64Array): Promise<Point> {
    this.#place(w, "v", "c");
    let value = 0;
    const gradient = await this.#summed("value", "gv", "gc", ({ loss }) => {
      value += loss.data[0] as number;
    });
    const { l2, classes } = this.#request;
    for (let k = 0; k < w.length; k++) {
      const lambda = l2[Math.floor(k / classes)];
      value += lambda * w[k] * w[k];
      gradient[k] += 2 * lambda * w[k];
    }
    return { value, gradient };
  }

  async #hessianVector(w: Float64Array, direction: Float64Array): Promise<Float64Array> {
    this.#place(w, "v", "c");
    this.#place(direction, "dv", "dc");
    const product = await this.#summed("curvature", "hv", "hc", () => {});
    const { l2, classes } = this.#request;
    for (let k = 0; k < w.length; k++) product[k] += 2 * l2[Math.floor(k / classes)] * direction[k];
    return product;
  }

  /** Scores of all examples by W, [count, classes]. */
  async scores(w: Float64Array): Promise<Float64Array> {
    const { features, classes } = this.#request;
    const { chunk } = this.#graphs;
    this.#place(w, "v", "c");
    const { outputs, run } = await this.#session("scores", { scores: allocate("float64", [chunk, classes]) });
    const all = new Float64Array(features.count * classes);
    await this.#eachChunk(async (from, count) => {
      await run();
      all.set((outputs.scores.data as Float64Array).subarray(0, count * classes), from * classes);
    });
    return all;
  }

  /** Σ_i ω_i x_i x_iᵀ with the bias's 1 behind the features. */
  #gramMatrix(): Promise<Float64Array> {
    const { features, weights, bias } = this.#request;
    this.#gram ??= this.#open(this.#graphs.gram).then((session) =>
      gramOf(features, weights, bias, session, this.#graphs),
    );
    return this.#gram;
  }

  async moments(): Promise<{ moments: Moments; ridge: Float64Array }> {
    const { classes: outputs, l2 } = this.#request;
    const gram = await this.#gramMatrix();
    // At W = 0 the gradient of least squares is −(2 / C) Σ ω x tᵀ.
    const { gradient } = await this.#evaluate(this.start);
    const cross = gradient.map((value) => (-outputs / 2) * value);
    return { moments: { gram, cross, features: this.#rows, outputs }, ridge: l2 };
  }

  /**
   * M = κ Gram + 2 λ, the Hessian that the loss would have if its curvature in the scores were κ everywhere and the classes did
   * not touch each other; for cross-entropy Böhning 1992 shows that ½ is a bound of it. κ is measured: the curvature of L along
   * the first gradient, over a step that changes the scores by about 1.
   */
  async #factor(): Promise<Cholesky> {
    const { classes, l2 } = this.#request;
    const gram = await this.#gramMatrix();
    const n = this.#rows;
    const { gradient } = await this.#evaluate(this.start);
    const alongGram = quadratic(gram, gradient, n, classes);
    const step = 1 / Math.sqrt(alongGram + Number.MIN_VALUE);
    const ahead = await this.#evaluate(gradient.map((value) => -step * value));
    let curvature = 0;
    gradient.forEach((value, k) => {
      curvature += (value * (value - ahead.gradient[k])) / step - 2 * l2[Math.floor(k / classes)] * value * value;
    });
    const kappa = Math.max(1e-3, curvature / (alongGram + Number.MIN_VALUE));
    let largest = 0;
    for (let k = 0; k < n; k++) largest = Math.max(largest, gram[k * n + k]);
    // A little more on the diagonal, where features depend on each other and no penalty tells them apart.
    for (let floor = 1e-10; ; floor *= 100) {
      const system = gram.map((value) => kappa * value);
      for (let k = 0; k < n; k++) {
        // By its own size, so that features may have different units; a feature that is always 0 takes the largest.
        const own = gram[k * n + k] > 0 ? gram[k * n + k] : largest;
        system[k * n + k] += 2 * l2[k] + floor * kappa * own;
      }
      try {
        return new Cholesky(system, n);
      } catch (error) {
        if (floor >= 1) throw error;
      }
    }
  }

  async rows(): Promise<DualProblem> {
    const { features, classes, labels, weights, l2, loss, lossOptions, bias } = this.#request;
    const { scale, shift } = features;
    const lambda = l2[0];
    const costs = weights.map((weight) => weight / (2 * lambda));
    const rows = sparseRows(sparse(features), classes, { scale, shift, bias }, (w) => this.scores(w));
    const margin = (lossOptions.margin as number | undefined) ?? 1;
    const dual = duals[loss]({ labels, classes, squaredNorms: rows.squaredNorms, costs, margin });
    return { rows, labels, costs, dual, scale: 2 * lambda };
  }
}

const perWeight = (strengths: Float64Array, rows: number, classes: number) =>
  Float64Array.from({ length: rows * classes }, (_, k) => strengths[Math.floor(k / classes)]);

/** Σ_j d_jᵀ G d_j for d [n, classes]. */
function quadratic(gram: Float64Array, d: Float64Array, n: number, classes: number): number {
  let total = 0;
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < n; b++) {
      let product = 0;
      for (let j = 0; j < classes; j++) product += d[a * classes + j] * d[b * classes + j];
      total += gram[a * n + b] * product;
    }
  }
  return total;
}
