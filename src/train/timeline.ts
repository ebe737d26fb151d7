import type { Time } from "../schedules/index.ts";
import type { Plan } from "./plan.ts";
import type { Position } from "./standing.ts";

/** Milliseconds between two progress events. */
const REPORT_EVERY_MS = 50;
/** How often the clock is asked where a schedule stands: seconds, and parts of a short budget. */
const RESOLVE_EVERY_SECONDS = 0.25;
const RESOLVE_PARTS = 200;

/**
 * How long a run is, where its schedule stands at each step, and how much time is left.
 *
 * A run of epochs or steps depends on no clock. With a budget of seconds the clock is asked now and then how much is spent,
 * and every answer is told, since a resumed run has to repeat it: as long as there are such answers of an earlier run they
 * hold, and the clock goes on from the last of them.
 */
export class Timeline {
  readonly #plan: Pick<Plan, "epochs" | "maxSteps" | "seconds">;
  readonly #stepsPerEpoch: number;
  readonly #positions: readonly Position[];
  readonly #resolved: (position: Position) => void;
  readonly #now: () => number;
  readonly #started: number;
  readonly #before: number;
  #next = 0;
  /** Seconds spent, by the last answer. */
  #spent: number;
  /** When the clock began to count, and what was spent then; undefined while answers of an earlier run hold. */
  #live: { readonly since: number; readonly spent: number } | undefined;
  /** The step that the clock was last asked before. */
  #asked = -1;
  #reported = 0;
  #epochStarted = 0;
  #epochSteps = 0;
  #lastEpoch: number | undefined;

  /**
   * @param before seconds of training that an earlier run has spent
   * @param resolved told of each answer of the clock
   * @param now seconds of a clock
   */
  constructor(
    plan: Pick<Plan, "epochs" | "maxSteps" | "seconds" | "from">,
    stepsPerEpoch: number,
    resolved: (position: Position) => void = () => {},
    now: () => number = () => performance.now() / 1000,
  ) {
    this.#plan = plan;
    this.#stepsPerEpoch = stepsPerEpoch;
    this.#positions = plan.from?.positions ?? [];
    this.#before = plan.from?.standing.seconds ?? 0;
    this.#spent = this.#before;
    this.#resolved = resolved;
    this.#now = now;
    this.#started = now();
  }

  /** Steps of the whole run; Infinity on a budget of time. */
  get steps(): number {
    const { maxSteps, epochs, seconds } = this.#plan;
    if (seconds !== undefined) return Number.POSITIVE_INFINITY;
    return maxSteps ?? epochs * this.#stepsPerEpoch;
  }

  /** Seconds of training so far, those of earlier runs too. */
  get seconds(): number {
    return this.#before + this.#now() - this.#started;
  }

  /** Whether no step is to follow the first `step` ones. */
  isOver(step: number): boolean {
    const { seconds } = this.#plan;
    return seconds === undefined ? step >= this.steps : this.#spentAt(step) >= seconds;
  }

  /** Where the schedule stands before a step (from 1). On a budget, the epochs of the run are those that it will have come to. */
  at(step: number, losses: readonly number[]): Time {
    const epoch = (step - 1) / this.#stepsPerEpoch;
    const { seconds } = this.#plan;
    if (seconds === undefined) return { epoch, epochs: this.steps / this.#stepsPerEpoch, losses };
    const share = Math.min(1, this.#spentAt(step - 1) / seconds);
    return { epoch, epochs: share === 0 ? Number.POSITIVE_INFINITY : epoch / share, losses };
  }

  /** Seconds spent before the step that follows the first `step` ones. */
  #spentAt(step: number): number {
    while (this.#next < this.#positions.length && this.#positions[this.#next].step <= step) {
      this.#spent = this.#positions[this.#next++].seconds;
    }
    // Once a step: who repeats the answers asks in the same places, and must decide the same there.
    if (this.#next < this.#positions.length || step <= this.#asked) return this.#spent;
    this.#asked = step;
    const now = this.#now();
    this.#live ??= { since: now, spent: this.#spent };
    const spent = this.#live.spent + now - this.#live.since;
    const every = Math.min(RESOLVE_EVERY_SECONDS, this.#plan.seconds! / RESOLVE_PARTS);
    if (spent - this.#spent >= every) {
      this.#spent = spent;
      this.#resolved({ step, seconds: spent });
    }
    return this.#spent;
  }

  /** @param step that are done of the run */
  startEpoch(step: number): void {
    this.#epochSteps = step;
    this.#epochStarted = this.#now();
  }

  /** The seconds of the epoch. */
  endEpoch(): number {
    this.#lastEpoch = this.#now() - this.#epochStarted;
    return this.#lastEpoch;
  }

  reportDue(): boolean {
    const now = this.#now() * 1000;
    if (now - this.#reported < REPORT_EVERY_MS) return false;
    this.#reported = now;
    return true;
  }

  /** Steps of the whole run, as far as that can be told. */
  expectedSteps(step: number): number {
    const { seconds } = this.#plan;
    if (seconds === undefined) return this.steps;
    return Math.max(step, Math.round((step * seconds) / Math.max(this.#spent, seconds / 1000)));
  }

  /** For the whole run: what is left of this epoch at its own pace, and the others at the last one's. */
  secondsLeft(step: number): number {
    const { seconds } = this.#plan;
    if (seconds !== undefined) return Math.max(0, seconds - this.#spent);
    const elapsed = this.#now() - this.#epochStarted;
    const perStep = elapsed / Math.max(1, step - this.#epochSteps);
    const whole = this.#lastEpoch ?? perStep * this.#stepsPerEpoch;
    return ((this.steps - step) / this.#stepsPerEpoch) * whole;
  }
}
