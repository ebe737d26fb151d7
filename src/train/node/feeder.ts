import { Worker } from "node:worker_threads";
import { rowBytes } from "../../data/index.ts";
import { inheritedArguments } from "../../runtime/node/index.ts";
import { augmenterOf, batchFeed } from "../batch-feed.ts";
import type { Feeder } from "../feeder.ts";
import type { DataPlan, Plan } from "../plan.ts";
import { fail, type RingMemory, ringMemory, sizeOfValues, stop, take } from "./ring.ts";

/** What the thread is started with. */
export interface FeederStart {
  readonly plan: DataPlan;
  /** Pictures of a batch. */
  readonly batch: number;
  /** The first batch that is wanted: its epoch, and its first picture in the epoch's order. */
  readonly from: { readonly epoch: number; readonly start: number };
  readonly memory: RingMemory;
}

/** Pictures that a step takes at once; undefined for a plan without steps. */
const batchOf = ({ steps }: Plan): number | undefined =>
  steps.kind === "solve" ? undefined : (steps.kind === "batch" ? steps.graphs : steps.accumulate)[0].batch;

/** Where a plan's steps begin. */
function firstBatch({ from, steps, train }: Plan, batch: number): FeederStart["from"] {
  if (from === undefined) return { epoch: 1, start: 0 };
  const pictures = steps.kind === "chunks" ? steps.pictures : batch;
  const { epoch, step } = from.standing;
  const start = (step - (epoch - 1) * Math.ceil(train.length / pictures)) * pictures;
  return start < train.length ? { epoch, start } : { epoch: epoch + 1, start: 0 };
}

export interface ThreadFeeder extends Feeder {
  close(): void;
}

/**
 * Starts a thread that prepares the batches of a plan ahead of its steps, where that is work: pictures are changed, or read from a
 * file. Pictures in memory that are taken as they are cost no more than handing them over (8 µs for 64 of 32×32 in colour).
 * @returns undefined where there is no such work
 */
export function startFeeder(plan: Plan): ThreadFeeder | undefined {
  const batch = batchOf(plan);
  if (batch === undefined || (plan.augment === undefined && plan.pictures.store.kind === "memory")) return undefined;
  const { steps: _steps, score: _score, gradientNorm: _norm, initial: _initial, ...rest } = plan;
  // As many bytes as a feed of this plan has; nothing is read through it.
  const rows = { row: rowBytes(plan.pictures), read: () => {} };
  const { values } = batchFeed(plan.pictures, rows, batch, plan.classes, augmenterOf(plan, rows));
  const memory = ringMemory(sizeOfValues(values));
  const worker = new Worker(new URL("./feeder-worker.js", import.meta.url), {
    workerData: { plan: rest, batch, from: firstBatch(plan, batch), memory } satisfies FeederStart,
    execArgv: inheritedArguments(),
  });
  // Whatever goes wrong there is met again here, where the batch is then made, and told from here.
  worker.on("error", () => fail(memory));
  worker.on("exit", () => fail(memory));
  worker.unref();
  let follows = true;
  return {
    take: (epoch, start, to) => {
      follows = follows && take(memory, epoch, start, to);
      if (!follows) stop(memory);
      return follows;
    },
    close: () => stop(memory),
  };
}
