import { Worker } from "node:worker_threads";
import { InternalError, UsageError } from "../../core/index.ts";
import { inheritedArguments } from "../../runtime/node/index.ts";
import type { Baseline } from "../convex/index.ts";
import type { Scores, StateValues, TrainEvent } from "../events.ts";
import type { Plan } from "../plan.ts";

/** What the worker is started with. `stop` is shared: any number but 0 ends the run after the step in hand. */
export interface WorkerStart {
  readonly plan: Plan;
  readonly task: Task;
  readonly stop: Int32Array;
}
/** What a worker is started for: to train, or to look for a learning rate. */
export type Task = "train" | "range";
export type WorkerRequest =
  | { readonly type: "weights"; readonly weights: StateValues }
  | { readonly type: "score"; readonly indices: Int32Array }
  | { readonly type: "baseline" };
/** Why something was not done. */
interface Skipped {
  readonly skipped: string;
}
export type WorkerAnswer =
  | { readonly type: "event"; readonly event: TrainEvent }
  | { readonly type: "scores"; readonly scores: Scores }
  | { readonly type: "baseline"; readonly baseline: Baseline | Skipped }
  | { readonly type: "error"; readonly error: { readonly where: string; readonly what: string; readonly fix: string } };

/** A run in a worker thread. */
export interface WorkerRun {
  /** Resolves with the last event: finished, interrupted or diverged. */
  readonly ended: Promise<TrainEvent>;
  /** Scores pictures after the end, with the given weights. */
  score(indices: Int32Array, weights: StateValues): Promise<Scores>;
  /** Least squares on the same pixels, after the end; or why there is none. */
  baseline(): Promise<Baseline | Skipped>;
  /** Stops after the step in hand, and ends the thread. */
  close(): Promise<void>;
}

const isLast = (event: TrainEvent) =>
  event.type === "finished" || event.type === "interrupted" || event.type === "diverged";

/**
 * Starts a plan in a worker thread, which takes over the arrays of its `initial`: they are empty here afterwards. When `signal` is aborted the run ends
 * after the step in hand.
 */
export function trainInWorker(
  plan: Plan,
  onEvent: (event: TrainEvent) => void,
  signal?: AbortSignal,
  task: Task = "train",
): WorkerRun {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  if (signal?.aborted) stop[0] = 1;
  signal?.addEventListener("abort", () => Atomics.store(stop, 0, 1));
  const worker = new Worker(new URL("./train-worker.js", import.meta.url), {
    workerData: { plan, task, stop } satisfies WorkerStart,
    execArgv: inheritedArguments(),
    transferList: Object.values(plan.initial).map(({ buffer }) => buffer as ArrayBuffer),
  });
  let fail: (error: Error) => void = () => {};
  let answered: (answer: WorkerAnswer) => void = () => {};
  let rest = () => {};
  // What the thread is busy with. A thread that is ended inside native code takes the whole process with it.
  let busy: Promise<unknown> = new Promise<void>((resolve) => {
    rest = resolve;
  });
  const ended = new Promise<TrainEvent>((resolve, reject) => {
    fail = reject;
    worker.on("error", (error) => {
      rest();
      fail(error as Error);
    });
    worker.on("exit", (code) => {
      rest();
      fail(new UsageError("training", `the worker thread ended with code ${code}`, "use a smaller model or batch", 1));
    });
    worker.on("message", (answer: WorkerAnswer) => {
      if (answer.type === "error") {
        const { where, what, fix } = answer.error;
        rest();
        fail(new UsageError(where, what, fix, 1));
      } else if (answer.type === "scores" || answer.type === "baseline") answered(answer);
      else {
        try {
          onEvent(answer.event);
        } catch (error) {
          fail(error as Error);
        }
        if (!isLast(answer.event)) return;
        rest();
        resolve(answer.event);
      }
    });
  });
  const ask = (request: WorkerRequest): Promise<WorkerAnswer> => {
    const answer = new Promise<WorkerAnswer>((resolve, reject) => {
      answered = resolve;
      fail = reject;
      worker.postMessage(request);
    });
    busy = answer.catch(() => {});
    return answer;
  };
  let sent: StateValues | undefined;
  /** One tensor after the other, so that there is never a copy of all of them. */
  const send = (weights: StateValues) => {
    if (weights === sent) return;
    sent = weights;
    for (const [name, values] of Object.entries(weights)) {
      const copy = values.slice();
      const request: WorkerRequest = { type: "weights", weights: { [name]: copy } };
      worker.postMessage(request, [copy.buffer as ArrayBuffer]);
    }
  };
  return {
    ended,
    score: async (indices, weights) => {
      send(weights);
      const answer = await ask({ type: "score", indices });
      if (answer.type !== "scores") throw new InternalError(`the worker answered ${answer.type} when asked for scores`);
      return answer.scores;
    },
    baseline: async () => {
      const answer = await ask({ type: "baseline" });
      if (answer.type !== "baseline") throw new InternalError(`the worker answered ${answer.type}, not the baseline`);
      return answer.baseline;
    },
    close: async () => {
      Atomics.store(stop, 0, 1);
      await busy;
      worker.removeAllListeners("exit");
      await worker.terminate();
    },
  };
}
