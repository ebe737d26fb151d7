import { choose, InternalError } from "../../core/index.ts";
import { losses } from "../../losses/index.ts";
import {
  isBetter,
  isSolver,
  type Plan,
  type Recipe,
  type Solved,
  type Standing,
  type StateBlock,
  type StateValues,
  stateBlocks,
  type TrainEvent,
  weightsOf,
} from "../../train/index.ts";
import type { EpochRow, Settings } from "../options.ts";
import type { SolverPoint } from "../run-page/page-data.ts";
import type { Best, Checkpoint } from "./checkpoint-file.ts";
import type { EpochRecords } from "./records/index.ts";
import type { Reporter } from "./reporter.ts";
import type { RunFolder } from "./run-folder.ts";
import type { WriteQueue } from "./write-queue.ts";

/** What the keeper of a run works with. */
interface Kept {
  readonly plan: Plan;
  readonly folder: RunFolder | undefined;
  readonly records: EpochRecords | undefined;
  readonly writes: WriteQueue;
  /** Of the data. */
  readonly fingerprint: string;
  readonly threads: number;
  /** What an earlier part of the run has left. */
  readonly from: Checkpoint | undefined;
}

/** Keeps the history and the best weights, and writes checkpoints, one after the other. */
export class Keeper {
  readonly history: EpochRow[] = [];
  /** The epoch with the highest validation accuracy; of equals the one with the lower loss. */
  best: Best | undefined;
  /** What the run ended with when it was interrupted. */
  last: StateValues | undefined;
  readonly parameters: number;
  /** Where a solver ended. */
  solution: Solved | null = null;
  /** How it got there, where it told. */
  readonly iterations: SolverPoint[] = [];
  /** What the steps ran on. */
  device = "";
  /** The first loss has been measured: from here on there is something to keep. */
  began = false;
  /** Patience has ended the run. */
  stoppedEarly = false;
  readonly #kept: Kept;
  readonly #parts: readonly StateBlock[];
  /** The newest checkpoint that waits to be written; an older one that still waits need not be. */
  #waiting: Checkpoint | undefined;

  constructor(kept: Kept) {
    const { plan, from } = kept;
    this.#kept = kept;
    this.#parts = stateBlocks(plan);
    this.parameters = plan.parameters.reduce((total, { name }) => total + plan.initial[name].length, 0);
    if (from === undefined) return;
    this.began = true;
    this.history.push(...from.history);
    this.best = from.best;
  }

  /** The first weights are a checkpoint too: there is a good one whatever happens in the first epoch. */
  async start(): Promise<void> {
    const { folder, plan, from } = this.#kept;
    if (from !== undefined) return;
    await folder?.writeCheckpoint("last", this.#checkpoint(plan.initial, { epoch: 0, step: 0 }, null), this.#parts);
  }

  /** The weights to ship: the best epoch's, or the last ones when no epoch was finished. */
  get weights(): StateValues {
    const weights = this.best?.weights ?? (this.last && weightsOf(this.#kept.plan, this.last));
    if (weights === undefined) throw new InternalError("a run ended without an epoch and without being interrupted");
    return weights;
  }

  #checkpoint(
    state: StateValues,
    { epoch, step }: { readonly epoch: number; readonly step: number },
    standing: Standing | null,
    bestIsState = false,
  ): Checkpoint {
    const { threads, fingerprint } = this.#kept;
    const { best, history } = this;
    return { epoch, step, state, standing, best, bestIsState, history: [...history], threads, fingerprint };
  }

  /** Queues the last checkpoint. On a slow disk only the newest is written, so that they do not pile up in memory. */
  #writeLast(checkpoint: Checkpoint): void {
    const queued = this.#waiting !== undefined;
    this.#waiting = checkpoint;
    if (queued) return;
    this.#kept.writes.add(() => {
      const newest = this.#waiting!;
      this.#waiting = undefined;
      return this.#kept.folder?.writeCheckpoint("last", newest, this.#parts);
    });
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
        this.device = device;
        const { from } = this.#kept;
        if (from) report.send({ type: "resume", epoch: from.standing?.epoch ?? 1, step: from.step });
        break;
      }
      case "initial": {
        this.began = true;
        const unit = choose("loss", losses, recipe.loss.name);
        const { value, formula } = unit.initial({ ...unit.defaults, ...recipe.loss.options }, recipe.classes);
        // The formulas are those of one true class.
        const expected = this.#kept.plan.pictures.targets === undefined ? value : null;
        report.send({ type: "initial", loss: event.loss, expected, formula });
        break;
      }
      case "progress":
        report.send(event);
        break;
      case "iteration": {
        const { iteration, objective, optimality } = event;
        this.iterations.push({ iteration, objective, optimality });
        report.send(event);
        break;
      }
      case "solved": {
        const { type: _solved, ...solution } = event;
        this.solution = solution;
        report.send(event);
        break;
      }
      case "position": {
        const { step, seconds } = event;
        this.#kept.writes.add(() => this.#kept.folder?.appendPosition({ step, seconds }));
        break;
      }
      case "checkpoint": {
        // Its epoch has not ended: whatever is best is another's.
        const { standing, state } = event;
        this.#writeLast(this.#checkpoint(state, { epoch: standing.epoch - 1, step: standing.step }, standing));
        break;
      }
      case "epoch":
        this.#endEpoch(event, report, settings);
        break;
      case "interrupted": {
        const { standing, step, state } = event;
        this.last = state;
        this.#writeLast(this.#checkpoint(state, { epoch: (standing?.epoch ?? 1) - 1, step }, standing));
        break;
      }
      case "finished":
        this.stoppedEarly = event.early ?? false;
        break;
      default:
        break;
    }
  }

  /** How many epochs the run will have; 0 for a solver, null where that is not known. */
  #epochs({ optimizer, epochs, steps, batchSize, accumulate }: Settings): number | null {
    if (isSolver(optimizer.name)) return 0;
    if (steps === null) return epochs;
    const { train, steps: graphs } = this.#kept.plan;
    const pictures = graphs.kind === "chunks" ? graphs.pictures : batchSize * accumulate;
    return Math.ceil(steps / Math.ceil(train.length / pictures));
  }

  #endEpoch(event: Extract<TrainEvent, { type: "epoch" }>, report: Reporter, settings: Settings): void {
    const { epoch, step, trainLoss, validation, answers, learningRate, gradientNorm, zeros, seconds, state } = event;
    const { plan, folder, records, writes } = this.#kept;
    // An epoch that a shorter run ended within has been judged before it was whole.
    while ((this.history.at(-1)?.epoch ?? 0) >= epoch) this.history.pop();
    const { best: old } = this;
    const before = old && {
      trainLoss: 0,
      validation: validation === null ? null : { accuracy: old.value, loss: old.loss },
    };
    const best = isBetter({ trainLoss, validation }, before);
    // Without validation pictures the last epoch is the one to keep.
    const [value, loss] = [validation?.accuracy ?? epoch, validation?.loss ?? 0];
    if (best) this.best = { epoch, value, loss, weights: weightsOf(plan, state) };
    const row: EpochRow = {
      epoch,
      step,
      trainLoss,
      validationLoss: validation?.loss ?? null,
      validationAccuracy: validation?.accuracy ?? null,
      learningRate,
      gradientNorm,
      zeros,
      seconds,
    };
    this.history.push(row);
    report.send({ type: "epoch", epochs: this.#epochs(settings), best, ...row });
    writes.add(() => folder?.appendEpoch(row));
    writes.add(() => records?.write(epoch, state, answers));
    const checkpoint = this.#checkpoint(state, event, event.standing, best);
    this.#writeLast(checkpoint);
    if (best) writes.add(() => folder?.writeCheckpoint("best", checkpoint, this.#parts));
  }
}
