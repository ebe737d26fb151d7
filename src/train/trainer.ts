import { choose } from "../core/index.ts";
import { epochOrder } from "../data/index.ts";
import { accuracy } from "../metrics/index.ts";
import { type Optimizer, optimizers } from "../optimizers/index.ts";
import type { Runtime } from "../runtime/index.ts";
import { schedules } from "../schedules/index.ts";
import type { Evaluation, Scores, StateValues, TrainEvent } from "./events.ts";
import { names } from "./names.ts";
import type { Plan } from "./plan.ts";
import { Scorer } from "./scorer.ts";
import { Scalars } from "./state.ts";
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
  readonly #scalars: Scalars;
  readonly #optimizer: Optimizer;
  /** The loss that each finished epoch ended with. */
  readonly #losses: number[] = [];

  private constructor(plan: Plan, runtime: Runtime, stepper: Stepper, scalars: Scalars) {
    this.#plan = plan;
    this.#runtime = runtime;
    this.#stepper = stepper;
    this.#scalars = scalars;
    this.#scorer = new Scorer(plan, runtime);
    this.#optimizer = choose("optimizer", optimizers, plan.optimizer.name);
  }

  static async create(plan: Plan, runtime: Runtime): Promise<Trainer> {
    const scalars = new Scalars();
    const unit = choose("optimizer", optimizers, plan.optimizer.name);
    for (const [name, strength] of Object.entries(plan.strengths)) scalars.set(name, strength);
    for (const [name, value] of Object.entries(unit.scalars(plan.optimizer.options, 0, 1)))
      scalars.set(names.scalar(name), value);
    return new Trainer(plan, runtime, await createStepper(plan, runtime, scalars), scalars);
  }

  async run(emit: Emit, stopRequested: () => boolean): Promise<void> {
    const { train, seed, epochs } = this.#plan;
    emit({ type: "ready", description: this.#runtime.description, notes: this.#runtime.notes });
    const sample = await this.score(epochOrder(train, seed, 1).subarray(0, Math.min(INITIAL_SAMPLE, train.length)));
    emit({ type: "initial", loss: meanOf(sample.losses) });
    const clock = new Clock(epochs, this.#stepper.stepsPerEpoch);
    for (let epoch = 1; epoch <= epochs; epoch++) {
      clock.startEpoch(epoch);
      const passed = await this.#passOver(epoch, clock, emit, stopRequested);
      if (passed === undefined || !(await this.#endEpoch(epoch, passed, clock, emit))) return;
    }
    emit({ type: "finished" });
  }

  /** One epoch of steps; undefined when the run is over before its end, which has been reported then. */
  async #passOver(epoch: number, clock: Clock, emit: Emit, stopRequested: () => boolean): Promise<Pass | undefined> {
    const { train, seed, epochs } = this.#plan;
    const { state, stepsPerEpoch } = this.#stepper;
    const steps = epochs * stepsPerEpoch;
    const order = epochOrder(train, seed, epoch);
    let weighted = 0;
    let seen = 0;
    let learningRate = 0;
    for (let i = 0; i < stepsPerEpoch; i++) {
      const step = (epoch - 1) * stepsPerEpoch + i + 1;
      learningRate = this.#prepare(step);
      const { loss, count } = await this.#stepper.step(order, i);
      if (!Number.isFinite(loss)) {
        emit({ type: "diverged", epoch, step, learningRate, loss });
        return undefined;
      }
      weighted += loss * count;
      seen += count;
      if (clock.reportDue()) {
        const secondsLeft = clock.secondsLeft(i + 1);
        emit({ type: "progress", step, steps, epoch, loss: weighted / seen, learningRate, secondsLeft });
      }
      if (stopRequested()) {
        emit({ type: "interrupted", epoch, step, state: state.snapshot() });
        return undefined;
      }
    }
    return { trainLoss: weighted / seen, learningRate };
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
    const { schedule, optimizer, learningRate: base } = this.#plan;
    const factor = choose("schedule", schedules, schedule.name).factor(schedule.options, {
      epoch: (step - 1) / this.#stepper.stepsPerEpoch,
      epochs: this.#plan.epochs,
      losses: this.#losses,
    });
    const learningRate = base * factor;
    const scalars = this.#optimizer.scalars(optimizer.options, learningRate, step);
    for (const [name, value] of Object.entries(scalars)) this.#scalars.set(names.scalar(name), value);
    return learningRate;
  }

  async #evaluate(indices: Int32Array): Promise<Evaluation> {
    const { scores, losses } = await this.score(indices);
    const labels = indices.map((index) => this.#plan.pictures.labels[index]);
    return { loss: meanOf(losses), accuracy: accuracy(scores, labels, this.#plan.classes) };
  }

  /** Scores pictures with the present weights, or with others that are given. */
  async score(indices: Int32Array, weights?: StateValues): Promise<Scores> {
    if (weights !== undefined) this.#stepper.state.restore(weights);
    return await this.#scorer.score(indices, this.#stepper.state.front());
  }
}

function meanOf(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

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
