import { choose } from "../../core/index.ts";
import { losses } from "../../losses/index.ts";
import {
  isSolver,
  type Plan,
  type Recipe,
  type Solved,
  type StateValues,
  type TrainEvent,
  weightsOf,
} from "../../train/index.ts";
import type { EpochRow, Settings } from "../options.ts";
import type { Reporter } from "./reporter.ts";
import type { RunFolder } from "./run-folder.ts";
import type { WriteQueue } from "./write-queue.ts";

/** Keeps the history and the best weights, and writes checkpoints, one after the other. */
export class Keeper {
  readonly history: EpochRow[] = [];
  /** The epoch with the highest validation accuracy; of equals the one with the lower loss. */
  best: { epoch: number; value: number; loss: number; state: StateValues } | undefined;
  /** What the run ended with when it was interrupted. */
  last: StateValues | undefined;
  readonly parameters: number;
  /** Where a solver ended. */
  solution: Solved | null = null;
  /** The first loss has been measured: from here on there is something to keep. */
  began = false;
  readonly #plan: Plan;
  readonly #folder: RunFolder | undefined;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  readonly #writes: WriteQueue;

  constructor(plan: Plan, folder: RunFolder | undefined, writes: WriteQueue) {
    this.#plan = plan;
    this.#folder = folder;
    this.#writes = writes;
    this.#shapes = new Map([...plan.parameters, ...plan.slots].map(({ name, shape }) => [name, shape]));
    this.parameters = plan.parameters.reduce((total, { name }) => total + plan.initial[name].length, 0);
  }

  /** The first weights are a checkpoint too: there is a good one whatever happens in the first epoch. */
  async start(): Promise<void> {
    await this.#folder?.writeCheckpoint("last", this.#plan.initial, this.#shapes, { epoch: 0, step: 0 });
  }

  /** The weights to ship: the best epoch's, or the last ones when no epoch was finished. */
  get weights(): StateValues {
    return weightsOf(this.#plan, this.best?.state ?? this.last ?? this.#plan.initial);
  }

  #write(kind: "last" | "best", state: StateValues, facts: { epoch: number; step: number }): void {
    this.#writes.add(() => this.#folder?.writeCheckpoint(kind, state, this.#shapes, facts));
  }

  watch(
    event: TrainEvent,
    report: Reporter,
    context: { settings: Settings; recipe: Recipe; folder: string | undefined },
  ): void {
    const { settings, recipe } = context;
    switch (event.type) {
      case "ready": {
        const { description: device, notes } = event;
        report.send({
          type: "start",
          model: settings.model.name,
          parameters: this.parameters,
          device,
          notes,
          folder: context.folder ?? null,
        });
        break;
      }
      case "initial": {
        this.began = true;
        const unit = choose("loss", losses, recipe.loss.name);
        const { value, formula } = unit.initial({ ...unit.defaults, ...recipe.loss.options }, recipe.classes);
        // The formulas are those of one true class.
        const expected = this.#plan.pictures.targets === undefined ? value : null;
        report.send({ type: "initial", loss: event.loss, expected, formula });
        break;
      }
      case "progress":
      case "iteration":
        report.send(event);
        break;
      case "solved": {
        const { type: _solved, ...solution } = event;
        this.solution = solution;
        report.send(event);
        break;
      }
      case "epoch":
        this.#endEpoch(event, report, isSolver(settings.optimizer.name) ? 0 : settings.epochs);
        break;
      case "interrupted":
        this.last = event.state;
        this.#write("last", event.state, event);
        break;
      default:
        break;
    }
  }

  #endEpoch(event: Extract<TrainEvent, { type: "epoch" }>, report: Reporter, epochs: number): void {
    const { epoch, step, trainLoss, validation, learningRate, seconds, state } = event;
    // Without validation pictures the last epoch is the one to keep.
    const value = validation?.accuracy ?? epoch;
    const loss = validation?.loss ?? 0;
    const { best: old } = this;
    const best = old === undefined || value > old.value || (value === old.value && loss < old.loss);
    if (best) this.best = { epoch, value, loss, state };
    const row: EpochRow = {
      epoch,
      step,
      trainLoss,
      validationLoss: validation?.loss ?? null,
      validationAccuracy: validation?.accuracy ?? null,
      learningRate,
      seconds,
    };
    this.history.push(row);
    report.send({ type: "epoch", epochs, best, ...row });
    this.#writes.add(() => this.#folder?.appendEpoch(row));
    this.#write("last", state, event);
    if (best) this.#write("best", state, event);
  }
}
