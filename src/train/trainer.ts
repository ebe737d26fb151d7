import { memoryRows, type PixelRows } from "../data/index.ts";
import { accuracy } from "../metrics/index.ts";
import type { Runtime, Values } from "../runtime/index.ts";
import { weightOf } from "./batch-feed.ts";
import type { Evaluation, Scores, StateValues, TrainEvent } from "./events.ts";
import type { Feeder } from "./feeder.ts";
import { findRange } from "./learning-rate-range.ts";
import { orderOf } from "./order-of.ts";
import { type Plan, weightsOf } from "./plan.ts";
import { Scorer } from "./scorer.ts";
import { StepScalars, scheduledRate } from "./step-scalars.ts";
import { createStepper, type Stepper } from "./stepper.ts";

type Emit = (event: TrainEvent) => void;

/** What an epoch of steps leaves. */
interface Pass {
  readonly trainLoss: number;
  readonly learningRate: number;
}

/** Pictures that the loss before training is measured on. */
const INITIAL_SAMPLE = 1024;
/** Milliseconds between two progress events. */
const REPORT_EVERY_MS = 50;

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
  /** The loss that each finished epoch ended with. */
  readonly #losses: number[] = [];

  private constructor(plan: Plan, runtime: Runtime, rows: PixelRows, stepper: Stepper, scalars: StepScalars) {
    this.#plan = plan;
    this.#runtime = runtime;
    this.#stepper = stepper;
    this.#scalars = scalars;
    this.#scorer = new Scorer(plan, runtime, rows);
  }

  /**
   * @param rows where the pixels are read from; needed for pictures that are not in memory
   * @param feeder who prepares batches ahead, if anyone does
   */
  static async create(
    plan: Plan,
    runtime: Runtime,
    rows: PixelRows = memoryRows(plan.pictures),
    feeder?: Feeder,
  ): Promise<Trainer> {
    const scalars = new StepScalars(plan);
    const stepper = await createStepper(plan, runtime, scalars.scalars, rows, feeder);
    return new Trainer(plan, runtime, rows, stepper, scalars);
  }

  async run(emit: Emit, stopRequested: () => boolean): Promise<void> {
    const { train, epochs } = this.#plan;
    emit({ type: "ready", description: this.#runtime.description, notes: this.#runtime.notes });
    const sample = orderOf(this.#plan, 1).subarray(0, Math.min(INITIAL_SAMPLE, train.length));
    emit({ type: "initial", loss: this.#meanOf((await this.score(sample)).losses, sample) });
    const clock = new Clock(epochs, this.#stepper.stepsPerEpoch);
    for (let epoch = 1; epoch <= epochs; epoch++) {
      clock.startEpoch(epoch);
      const passed = await this.#passOver(epoch, clock, emit, stopRequested);
      if (passed === undefined || !(await this.#endEpoch(epoch, passed, clock, emit))) return;
    }
    emit({ type: "finished" });
  }

  /**
   * Looks for a learning rate instead of training: the range test. The trainer is afterwards what it was before, and `run`
   * does what it would have done.
   */
  async findLearningRate(emit: Emit, stopRequested: () => boolean): Promise<void> {
    emit({ type: "ready", description: this.#runtime.description, notes: this.#runtime.notes });
    const clock = new Clock(1, 1);
    const range = await findRange(
      this.#plan,
      this.#stepper,
      this.#scalars,
      (step, steps, { learningRate, loss }) => {
        if (clock.reportDue()) emit({ type: "trial", step, steps, learningRate, loss });
      },
      stopRequested,
    );
    if (range === undefined) emit({ type: "interrupted", epoch: 0, step: 0, state: this.#stepper.state.snapshot() });
    else {
      emit({ type: "range", range });
      emit({ type: "finished" });
    }
  }

  /** One epoch of steps; undefined when the run is over before its end, which has been reported then. */
  async #passOver(epoch: number, clock: Clock, emit: Emit, stopRequested: () => boolean): Promise<Pass | undefined> {
    const { epochs } = this.#plan;
    const { state, stepsPerEpoch } = this.#stepper;
    const steps = epochs * stepsPerEpoch;
    const order = orderOf(this.#plan, epoch);
    let total = 0;
    let seen = 0;
    let learningRate = 0;
    for (let i = 0; i < stepsPerEpoch; i++) {
      const step = (epoch - 1) * stepsPerEpoch + i + 1;
      learningRate = this.#prepare(step);
      const result = await this.#stepper.step(order, i, step, stopRequested);
      if (result === undefined) {
        emit({ type: "interrupted", epoch, step: step - 1, state: state.snapshot() });
        return undefined;
      }
      const { loss, weight } = result;
      if (!Number.isFinite(loss)) {
        emit({ type: "diverged", epoch, step, learningRate, loss });
        return undefined;
      }
      total += loss * weight;
      seen += weight;
      if (clock.reportDue()) {
        const secondsLeft = clock.secondsLeft(i + 1);
        emit({ type: "progress", step, steps, epoch, loss: ratio(total, seen), learningRate, secondsLeft });
      }
      if (stopRequested()) {
        emit({ type: "interrupted", epoch, step, state: state.snapshot() });
        return undefined;
      }
    }
    return { trainLoss: ratio(total, seen), learningRate };
  }

  /** A look at the validation pictures; false when their loss is not a number. */
  async #endEpoch(epoch: number, { trainLoss, learningRate }: Pass, clock: Clock, emit: Emit): Promise<boolean> {
    const { state, stepsPerEpoch } = this.#stepper;
    const { validation: pictures } = this.#plan;
    const step = epoch * stepsPerEpoch;
    const validation = pictures.length > 0 ? await this.#evaluate(pictures) : null;
    const snapshot = state.snapshot();
    // The last update of an epoch can overflow without any loss having shown it yet.
    const sound = this.#plan.parameters.every(({ name }) => snapshot[name].every(Number.isFinite));
    const loss = validation?.loss ?? trainLoss;
    if (!sound || !Number.isFinite(loss)) {
      emit({ type: "diverged", epoch, step, learningRate, loss: sound ? loss : Number.NaN });
      return false;
    }
    this.#losses.push(loss);
    const seconds = clock.endEpoch();
    emit({ type: "epoch", epoch, step, trainLoss, validation, learningRate, seconds, state: snapshot });
    return true;
  }

  /** Sets the scalars of a step and returns its learning rate. */
  #prepare(step: number): number {
    const epoch = (step - 1) / this.#stepper.stepsPerEpoch;
    const learningRate = scheduledRate(this.#plan, { epoch, epochs: this.#plan.epochs, losses: this.#losses });
    this.#scalars.set(learningRate, step);
    return learningRate;
  }

  async #evaluate(indices: Int32Array): Promise<Evaluation> {
    const { scores, losses } = await this.score(indices);
    const labels = indices.map((index) => this.#plan.pictures.labels[index]);
    return { loss: this.#meanOf(losses, indices), accuracy: accuracy(scores, labels, this.#plan.classes) };
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

  #present(): Values {
    return weightsOf(this.#plan, this.#stepper.state.front());
  }

  #valuesOf(weights: StateValues): Values {
    const blocks = this.#plan.parameters.map(({ name, shape }) => {
      return [name, { dtype: "float32" as const, shape, data: weights[name] }] as const;
    });
    return Object.fromEntries(blocks);
  }
}

/** A sum over a sum of weights; 0 where nothing counts. */
const ratio = (total: number, weight: number) => (weight === 0 ? 0 : total / weight);

/** Time left for the whole run: what is left of this epoch at its own pace, and the other epochs at the last one's. */
class Clock {
  readonly #epochs: number;
  readonly #steps: number;
  #epoch = 0;
  #started = 0;
  #reported = 0;
  #lastEpoch: number | undefined;

  constructor(epochs: number, steps: number) {
    this.#epochs = epochs;
    this.#steps = steps;
  }

  startEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#started = performance.now();
  }

  endEpoch(): number {
    this.#lastEpoch = (performance.now() - this.#started) / 1000;
    return this.#lastEpoch;
  }

  reportDue(): boolean {
    const now = performance.now();
    if (now - this.#reported < REPORT_EVERY_MS) return false;
    this.#reported = now;
    return true;
  }

  secondsLeft(done: number): number {
    const elapsed = (performance.now() - this.#started) / 1000;
    const whole = this.#lastEpoch ?? (elapsed / done) * this.#steps;
    return Math.max(0, whole * (1 - done / this.#steps)) + (this.#epochs - this.#epoch) * whole;
  }
}
