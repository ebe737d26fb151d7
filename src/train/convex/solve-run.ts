import { choose, InternalError } from "../../core/index.ts";
import { memoryRows, type PixelRows } from "../../data/index.ts";
import { accuracy, predictedClasses } from "../../metrics/index.ts";
import type { Runtime, Values } from "../../runtime/index.ts";
import { type Progress, type Solution, solvers } from "../../solvers/index.ts";
import { weightOf } from "../batch-feed.ts";
import type { Scores, StateValues, TrainEvent } from "../events.ts";
import { shareOfZeros } from "../gradient-norm.ts";
import type { PictureBlock, Plan, SolveSteps } from "../plan.ts";
import { Scorer } from "../scorer.ts";
import type { Evaluation } from "../standing.ts";
import type { Features } from "./features.ts";
import { LinearProblem, type LinearRequest } from "./linear-problem.ts";

/** Milliseconds between two progress events. */
const REPORT_EVERY_MS = 50;

/** Runs a plan that a solver fulfils: iterations until the optimum is near enough, then one look at the validation pictures. */
export class SolveRun {
  readonly #plan: Plan;
  readonly #steps: SolveSteps;
  readonly #runtime: Runtime;
  readonly #rows: PixelRows;
  readonly #scorer: Scorer;
  #weights: StateValues;

  /** @param rows where the pixels are read from; needed for pictures that are not in memory */
  constructor(plan: Plan, runtime: Runtime, rows: PixelRows = memoryRows(plan.pictures)) {
    if (plan.steps.kind !== "solve") throw new InternalError("a plan without a solver was given to one");
    this.#plan = plan;
    this.#steps = plan.steps;
    this.#runtime = runtime;
    this.#rows = rows;
    this.#scorer = new Scorer(plan, runtime, rows);
    this.#weights = plan.initial;
  }

  async run(emit: (event: TrainEvent) => void, stopRequested: () => boolean): Promise<void> {
    const { optimizer, validation: held } = this.#plan;
    const started = performance.now();
    emit({ type: "ready", description: this.#runtime.description, notes: this.#runtime.notes });
    const request = linearRequest(this.#plan, this.#steps, this.#rows);
    const problem = new LinearProblem(request, this.#steps.graphs, this.#runtime, this.#plan.threads);
    // Every solver starts from weights of 0, where no penalty counts.
    const { value: first } = await problem.oracle.evaluate(problem.start);
    emit({ type: "initial", loss: first });
    const unit = choose("optimizer", solvers, optimizer.name);
    const options = { ...unit.defaults, ...optimizer.options };
    const reporter = new IterationReporter(emit);
    let stopped = false;
    const solution = await unit.solve(problem, options, (progress) => {
      stopped = stopRequested();
      reporter.report(progress);
      return stopped;
    });
    this.#weights = this.#stateOf(solution.w);
    const state = Object.fromEntries(Object.entries(this.#weights).map(([name, values]) => [name, values.slice()]));
    if (!Object.values(state).every((values) => values.every(Number.isFinite)) || !Number.isFinite(solution.value)) {
      emit({ type: "diverged", epoch: 1, step: solution.iteration, learningRate: 0, loss: solution.value });
      return;
    }
    emit({ type: "solved", ...factsOf(solution, problem.passes, request) });
    if (stopped) {
      emit({ type: "interrupted", epoch: 1, step: solution.iteration, standing: null, state });
      return;
    }
    const judged = held.length > 0 ? await this.#evaluate(held) : null;
    const [validation, answers] = judged === null ? [null, null] : [judged.evaluation, judged.answers];
    emit({
      ...{
        type: "epoch",
        epoch: 1,
        step: solution.iteration,
        learningRate: 0,
        validation,
        answers,
        standing: null,
        state,
      },
      gradientNorm: null,
      zeros: shareOfZeros(this.#plan.parameters, state),
      trainLoss: solution.value - penaltyOf(solution.w, request),
      seconds: (performance.now() - started) / 1000,
    });
    emit({ type: "finished" });
  }

  /** Takes over weights, by the name of the parameter: what is scored from here on. */
  use(weights: StateValues): void {
    this.#weights = { ...this.#weights, ...weights };
  }

  /** W [features + 1, classes] as the two parameters of the linear model. */
  #stateOf(w: Float64Array): StateValues {
    let from = 0;
    return Object.fromEntries(
      this.#plan.parameters.map(({ name, shape }) => {
        const size = shape.reduce((product, dim) => product * dim, 1);
        from += size;
        return [name, Float32Array.from(w.subarray(from - size, from))];
      }),
    );
  }

  async #evaluate(indices: Int32Array) {
    const { scores, losses } = await this.score(indices);
    const { labels, weights } = this.#plan.pictures;
    const total = losses.reduce((sum, loss, i) => sum + loss * (weights?.[indices[i]] ?? 1), 0);
    const weight = weightOf(this.#plan.pictures, indices, 0, indices.length);
    const truths = indices.map((index) => labels[index]);
    const { classes } = this.#plan;
    const loss = weight === 0 ? 0 : total / weight;
    const evaluation: Evaluation = { loss, accuracy: accuracy(scores, truths, classes) };
    return { evaluation, answers: predictedClasses(scores, classes) };
  }

  /** Scores pictures with the solution, or with weights that are given. */
  async score(indices: Int32Array, weights: StateValues = this.#weights): Promise<Scores> {
    const values: Values = Object.fromEntries(
      this.#plan.parameters.map(({ name, shape }) => [name, { dtype: "float32", shape, data: weights[name] }]),
    );
    return await this.#scorer.score(indices, values);
  }
}

/** The training pictures of a plan as rows, in the order of the linear model's weights: channels, height, width. */
function linearRequest(plan: Plan, { loss, l1, l2, normalization }: SolveSteps, rows: PixelRows): LinearRequest {
  const { pictures, train, classes, seed } = plan;
  const { channels } = pictures;
  const area = pictures.height * pictures.width;
  const width = area * channels;
  const ofChannel = (value: (channel: number) => number) =>
    Float64Array.from({ length: width }, (_, k) => value(Math.floor(k / area)));
  const perFeature = (weights: number, bias: number) => {
    const values = new Float64Array(width + 1).fill(weights);
    values[width] = bias;
    return values;
  };
  const total = weightOf(pictures, train, 0, train.length);
  const { targets } = pictures;
  return {
    features:
      pictures.kind === "numbers"
        ? standardizedRows(plan, normalization, rows)
        : {
            count: train.length,
            width,
            data: planes(pictures, rows, train),
            // As the network's first op has them: float32 scales, zero points that are bytes.
            scale: ofChannel((c) => Math.fround(1 / (255 * normalization.deviation[c]))),
            shift: ofChannel((c) => Math.round(normalization.mean[c] * 255)),
          },
    classes,
    labels: train.map((index) => pictures.labels[index]),
    ...(targets === undefined
      ? {}
      : {
          targets: Float64Array.from({ length: train.length * classes }, (_, k) =>
            targetAt(targets, train, classes, k),
          ),
        }),
    weights: Float64Array.from(train, (index) => (pictures.weights?.[index] ?? 1) / total),
    loss: loss.name,
    lossOptions: loss.options,
    l1: perFeature(l1.weights, l1.biases),
    l2: perFeature(l2.weights, l2.biases),
    bias: true,
    seed,
  };
}

const targetAt = (targets: Float32Array, rows: Int32Array, classes: number, k: number) =>
  targets[rows[Math.floor(k / classes)] * classes + (k % classes)];

/**
 * The training rows of data that are numbers, as the network's first op makes them. It is done here once, and not folded into
 * the weights as for pictures: the mean of a feature may be a million times its deviation, and would cancel in the Gram matrix.
 */
function standardizedRows(
  { pictures: { width }, train }: Plan,
  { mean, deviation }: SolveSteps["normalization"],
  rows: PixelRows,
): Features {
  const values = new Float32Array(train.length * width);
  rows.read(train, 0, train.length, new Uint8Array(values.buffer));
  const shift = mean.map(Math.fround);
  const scale = deviation.map((d) => Math.fround(1 / d));
  const data = Float64Array.from(values, (value, i) => (value - shift[i % width]) * scale[i % width]);
  return { count: train.length, width, data, scale: new Float64Array(width).fill(1), shift: new Float64Array(width) };
}

/** Bytes [height, width, channels] of the chosen pictures as [channels, height, width]. */
function planes({ height, width, channels }: PictureBlock, rows: PixelRows, indices: Int32Array): Uint8Array {
  const area = height * width;
  const size = area * channels;
  const result = new Uint8Array(indices.length * size);
  rows.read(indices, 0, indices.length, result);
  if (channels === 1) return result;
  const own = new Uint8Array(size);
  for (let at = 0; at < result.length; at += size) {
    own.set(result.subarray(at, at + size));
    for (let p = 0; p < area; p++) {
      for (let c = 0; c < channels; c++) result[at + c * area + p] = own[p * channels + c];
    }
  }
  return result;
}

function penaltyOf(w: Float64Array, { l1, l2, classes }: LinearRequest): number {
  return w.reduce((total, value, k) => {
    const row = Math.floor(k / classes);
    return total + l2[row] * value * value + l1[row] * Math.abs(value);
  }, 0);
}

function factsOf(solution: Solution, passes: number, { features, classes }: LinearRequest) {
  const { value, iteration, optimality, tolerance, measure, converged, w } = solution;
  const weights = w.subarray(0, features.width * classes);
  const zeros = weights.reduce((count, weight) => count + Number(weight === 0), 0);
  return {
    ...{ objective: value, iterations: iteration, passes, measure, optimality, tolerance, converged },
    ...{ zeros, weights: weights.length },
  };
}

/** Tells how an iteration went, at most 20 times a second. */
class IterationReporter {
  readonly #emit: (event: TrainEvent) => void;
  #reported = 0;
  #first: number | undefined;

  constructor(emit: (event: TrainEvent) => void) {
    this.#emit = emit;
  }

  report({ iteration, value, optimality, tolerance }: Progress): void {
    this.#first ??= optimality;
    const now = performance.now();
    if (now - this.#reported < REPORT_EVERY_MS) return;
    this.#reported = now;
    // Solvers gain digits at a steady pace, more or less: the share of the way is one of logarithms.
    const way = Math.log(this.#first / optimality) / Math.log(this.#first / tolerance);
    const done = Number.isFinite(way) ? Math.min(1, Math.max(0, way)) : 0;
    this.#emit({ type: "iteration", iteration, objective: value, optimality, tolerance, done });
  }
}
