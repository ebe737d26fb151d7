import { memoryRows, type PixelRows } from "../data/index.ts";
import { accuracy, predictedClasses } from "../metrics/index.ts";
import type { Places, Runtime } from "../runtime/index.ts";
import { weightOf } from "./batch-feed.ts";
import type { Scores, StateValues, TrainEvent } from "./events.ts";
import type { Feeder } from "./feeder.ts";
import { GradientNorm, shareOfZeros } from "./gradient-norm.ts";
import { findRange } from "./learning-rate-range.ts";
import { orderOf } from "./order-of.ts";
import { type Plan, weightBlocks, weightsOf } from "./plan.ts";
import { Scorer } from "./scorer.ts";
import type { Evaluation } from "./standing.ts";
import { beginning, type EpochEnd, epochsSinceBest, type Standing } from "./standing.ts";
import { StepScalars, scheduledRate } from "./step-scalars.ts";
import { createStepper, type Stepper } from "./stepper.ts";
import { Timeline } from "./timeline.ts";

type Emit = (event: TrainEvent) => void;

/** What an epoch of steps leaves. */
interface Pass extends Omit<Standing, "seconds" | "looked"> {
  /** Of its last step. */
  readonly learningRate: number;
}

/** Pictures that the loss before training is measured on. */
const INITIAL_SAMPLE = 1024;

/**
 * Runs a plan: epochs of shuffled batches, each followed by a look at the validation pictures. Knows nothing of threads,
 * files or terminals; events go to `emit`, and `stopRequested` is asked after every step.
 */
export class Trainer {
  readonly #plan: Plan;
  readonly #runtime: Runtime;
  readonly #stepper: Stepper;
  readonly #scorer: Scorer;
  readonly #scalars: StepScalars;
  readonly #norm: GradientNorm;
  /** How each finished epoch ended. */
  readonly #ended: EpochEnd[];
  /** The loss that each of them ended with, for schedules that look at it. */
  readonly #losses: number[];

  private constructor(plan: Plan, runtime: Runtime, rows: PixelRows, stepper: Stepper, scalars: StepScalars) {
    this.#plan = plan;
    this.#runtime = runtime;
    this.#stepper = stepper;
    this.#scalars = scalars;
    this.#scorer = new Scorer(plan, runtime, rows);
    this.#norm = new GradientNorm(plan, runtime, rows);
    this.#ended = [...(plan.from?.ended ?? [])];
    this.#losses = this.#ended.map(lossOf);
  }

  /**
   * @param rows where the pixels are read from; needed for pictures that are not in memory
   * @param feeder who prepares batches ahead, if anyone does
   * @param owned the arrays of the plan's `initial` become the state instead of being copied
   */
  static async create(
    plan: Plan,
    runtime: Runtime,
    rows: PixelRows = memoryRows(plan.pictures),
    feeder?: Feeder,
    owned = false,
  ): Promise<Trainer> {
    const scalars = new StepScalars(plan);
    const stepper = await createStepper(plan, runtime, scalars.scalars, rows, feeder, owned);
    return new Trainer(plan, runtime, rows, stepper, scalars);
  }

  async run(emit: Emit, stopRequested: () => boolean): Promise<void> {
    const { train, from, patience } = this.#plan;
    const { stepsPerEpoch } = this.#stepper;
    emit({ type: "ready", description: this.#runtime.description, notes: this.#runtime.notes });
    if (from === undefined) {
      const sample = orderOf(this.#plan, 1).subarray(0, Math.min(INITIAL_SAMPLE, train.length));
      emit({ type: "initial", loss: this.#meanOf((await this.score(sample)).losses, sample) });
    }
    const timeline = new Timeline(this.#plan, stepsPerEpoch, (position) => emit({ type: "position", ...position }));
    let standing = from?.standing ?? beginning;
    const outOfPatience = () => patience !== undefined && epochsSinceBest(this.#ended) >= patience;
    // Of an epoch whose steps are all done, the look at the validation pictures may be left.
    while (!outOfPatience() && !(standing.looked && timeline.isOver(standing.step))) {
      // An epoch that a shorter run ended within, and judged then, goes on, and will be judged as a whole.
      this.#losses.length = this.#ended.length = Math.min(this.#ended.length, standing.epoch - 1);
      const passed = await this.#passOver(standing, timeline, emit, stopRequested);
      const next = passed && (await this.#endEpoch(passed, timeline, emit));
      if (next === undefined) return;
      standing = next;
    }
    emit({ type: "finished", ...(outOfPatience() && !timeline.isOver(standing.step) ? { early: true } : {}) });
  }

  /**
   * Looks for a learning rate instead of training: the range test. The trainer is afterwards what it was before, and `run`
   * does what it would have done.
   */
  async findLearningRate(emit: Emit, stopRequested: () => boolean): Promise<void> {
    emit({ type: "ready", description: this.#runtime.description, notes: this.#runtime.notes });
    const clock = new Timeline(this.#plan, this.#stepper.stepsPerEpoch);
    const range = await findRange(
      this.#plan,
      this.#stepper,
      this.#scalars,
      (step, steps, { learningRate, loss }) => {
        if (clock.reportDue()) emit({ type: "trial", step, steps, learningRate, loss });
      },
      stopRequested,
    );
    if (range === undefined) {
      const state = await this.#stepper.state.snapshot();
      emit({ type: "interrupted", epoch: 0, step: 0, standing: null, state });
    } else {
      emit({ type: "range", range });
      emit({ type: "finished" });
    }
  }

  /** The rest of an epoch's steps; undefined when the run is over before its end, which has been reported then. */
  async #passOver(
    { epoch, ...from }: Standing,
    timeline: Timeline,
    emit: Emit,
    stopRequested: () => boolean,
  ): Promise<Pass | undefined> {
    const { checkpointSeconds = Number.POSITIVE_INFINITY } = this.#plan;
    const { state, stepsPerEpoch } = this.#stepper;
    const order = orderOf(this.#plan, epoch);
    let { step, total, seen } = from;
    let learningRate: number | undefined;
    const standing = (): Standing => ({ epoch, step, total, seen, looked: false, seconds: timeline.seconds });
    const interrupted = async () =>
      emit({ type: "interrupted", epoch, step, standing: standing(), state: await state.snapshot() });
    let kept = timeline.seconds;
    timeline.startEpoch(step);
    while (step < epoch * stepsPerEpoch && !timeline.isOver(step)) {
      learningRate = this.#rateAt(step + 1, timeline);
      this.#scalars.set(learningRate, step + 1);
      const index = step - (epoch - 1) * stepsPerEpoch;
      const result = await this.#stepper.step(order, index, step + 1, stopRequested);
      if (result === undefined) {
        await interrupted();
        return undefined;
      }
      const { loss, weight } = result;
      step++;
      if (!Number.isFinite(loss)) {
        emit({ type: "diverged", epoch, step, learningRate, loss });
        return undefined;
      }
      total += loss * weight;
      seen += weight;
      if (timeline.reportDue()) {
        const [steps, secondsLeft] = [timeline.expectedSteps(step), timeline.secondsLeft(step)];
        emit({ type: "progress", step, steps, epoch, loss: ratio(total, seen), learningRate, secondsLeft });
      }
      if (stopRequested()) {
        await interrupted();
        return undefined;
      }
      if (timeline.seconds - kept >= checkpointSeconds) {
        kept = timeline.seconds;
        emit({ type: "checkpoint", standing: standing(), state: await state.snapshot() });
      }
    }
    return { epoch, step, total, seen, learningRate: learningRate ?? this.#rateAt(step, timeline) };
  }

  /** A look at the validation pictures; where the run stands then, undefined when their loss is not a number. */
  async #endEpoch(pass: Pass, timeline: Timeline, emit: Emit): Promise<Standing | undefined> {
    const { epoch, step, total, seen, learningRate } = pass;
    const { state, stepsPerEpoch } = this.#stepper;
    const { validation: pictures, parameters } = this.#plan;
    const trainLoss = ratio(total, seen);
    const judged = pictures.length > 0 ? await this.#evaluate(pictures) : null;
    const validation = judged?.evaluation ?? null;
    const snapshot = await state.snapshot();
    // The last update of an epoch can overflow without any loss having shown it yet.
    const sound = weightBlocks(this.#plan).every(({ name }) => allFinite(snapshot[name]));
    const loss = lossOf({ trainLoss, validation });
    if (!sound || !Number.isFinite(loss)) {
      emit({ type: "diverged", epoch, step, learningRate, loss: sound ? loss : Number.NaN });
      return undefined;
    }
    const order = orderOf(this.#plan, epoch);
    const gradientNorm = await this.#norm.measure(order, state.front(), this.#scalars.scalars.values);
    const zeros = shareOfZeros(parameters, snapshot);
    this.#ended.push({ trainLoss, validation });
    this.#losses.push(loss);
    const seconds = timeline.endEpoch();
    // A run that ends within an epoch may be made longer: then the epoch goes on.
    const part = step === epoch * stepsPerEpoch ? { epoch: epoch + 1, total: 0, seen: 0 } : { epoch, total, seen };
    const standing: Standing = { ...part, step, looked: true, seconds: timeline.seconds };
    const answers = judged?.answers ?? null;
    const facts = { trainLoss, validation, answers, learningRate, gradientNorm, zeros, seconds };
    emit({ type: "epoch", epoch, step, ...facts, standing, state: snapshot });
    return standing;
  }

  /** The learning rate of a step. */
  #rateAt(step: number, timeline: Timeline): number {
    return scheduledRate(this.#plan, timeline.at(step, this.#losses));
  }

  async #evaluate(indices: Int32Array) {
    const { classes, pictures } = this.#plan;
    const { scores, losses } = await this.score(indices);
    const labels = indices.map((index) => pictures.labels[index]);
    const evaluation: Evaluation = { loss: this.#meanOf(losses, indices), accuracy: accuracy(scores, labels, classes) };
    return { evaluation, answers: predictedClasses(scores, classes) };
  }

  /** The mean of the losses of pictures, each by its weight. */
  #meanOf(losses: Float32Array, indices: Int32Array): number {
    const { weights } = this.#plan.pictures;
    if (weights === undefined) return losses.reduce((total, loss) => total + loss, 0) / losses.length;
    const total = losses.reduce((sum, loss, i) => sum + loss * weights[indices[i]], 0);
    return ratio(total, weightOf(this.#plan.pictures, indices, 0, indices.length));
  }

  /** Scores pictures with the present weights (their averages, where they are kept), or with others that are given. */
  async score(indices: Int32Array, weights?: StateValues): Promise<Scores> {
    return await this.#scorer.score(indices, weights === undefined ? this.#present() : this.#valuesOf(weights));
  }

  /** Takes over weights, by the name of the parameter: what is scored from here on. For after the training. */
  use(weights: StateValues): void {
    const present = weightsOf(this.#plan, this.#stepper.state.front());
    for (const [name, values] of Object.entries(weights)) present[name]?.write(values);
  }

  #present(): Places {
    return weightsOf(this.#plan, this.#stepper.state.front());
  }

  #valuesOf(weights: StateValues): Places {
    const blocks = weightBlocks(this.#plan).map(({ name, shape }) => {
      return [name, { dtype: "float32" as const, shape, data: weights[name] }] as const;
    });
    return Object.fromEntries(blocks);
  }
}

/** By a loop: a call for each of a hundred million weights takes a second. */
function allFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
}

/** The loss that an epoch is judged by. */
const lossOf = ({ trainLoss, validation }: EpochEnd) => validation?.loss ?? trainLoss;

/** A sum over a sum of weights; 0 where nothing counts. */
const ratio = (total: number, weight: number) => (weight === 0 ? 0 : total / weight);
