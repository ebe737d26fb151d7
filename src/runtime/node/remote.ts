import { Worker } from "node:worker_threads";
import { UsageError } from "../../core/index.ts";
import type { Device, Model, Value, Values } from "../session.ts";

/** A model that runs in a worker thread: the caller's event loop is never blocked. */
export interface RemoteModel {
  readonly description: string;
  readonly notes: readonly string[];
  run(feeds: Values): Promise<Record<string, Value>>;
  /** Waits for the runs in hand, then ends the thread. */
  close(): Promise<void>;
}

/** What the worker is started with, and what it answers. */
export interface RemoteRequest {
  readonly model: Model;
  readonly device: Device | "auto";
}
export type RemoteCall = { readonly held: Values } | { readonly id: number; readonly feeds: Values };
export type RemoteAnswer =
  | { readonly type: "ready"; readonly description: string; readonly notes: readonly string[] }
  | { readonly type: "result"; readonly id: number; readonly outputs: Record<string, Value> }
  | {
      readonly type: "error";
      readonly id: number;
      readonly error: { readonly where: string; readonly what: string; readonly fix: string };
    };

/** Node's own flags for a worker: those of this process, but for the one that Node refuses beside a file (`node -e`). */
export const inheritedArguments = (): string[] => process.execArgv.filter((flag) => !flag.startsWith("--input-type="));

/**
 * Loads a model in a worker thread.
 * @param held inputs that are the same for all runs, such as large weights: they are copied to the thread once
 */
export function remoteModel(model: Model, device: Device | "auto" = "auto", held: Values = {}): Promise<RemoteModel> {
  return new Promise((resolve, reject) => {
    const request: RemoteRequest = { model, device };
    const entry = new URL("./remote-worker.js", import.meta.url);
    const worker = new Worker(entry, { workerData: request, execArgv: inheritedArguments() });
    for (const [name, value] of Object.entries(held)) {
      // One after the other, and the copy handed over: cloned in one message they would be there three times for a moment.
      const copy = { ...value, data: value.data.slice() as Value["data"] };
      worker.postMessage({ held: { [name]: copy } }, [copy.data.buffer as ArrayBuffer]);
    }
    const pending = new Map<
      number,
      { resolve: (outputs: Record<string, Value>) => void; reject: (error: Error) => void }
    >();
    let count = 0;
    let idle = () => {};
    const settle = (id: number) => {
      const waiting = pending.get(id);
      pending.delete(id);
      if (pending.size === 0) idle();
      return waiting;
    };
    const fail = (error: Error) => {
      reject(error);
      for (const id of [...pending.keys()]) settle(id)?.reject(error);
    };
    worker.on("error", fail);
    worker.on("exit", (code) =>
      fail(new UsageError("model worker", `ended with code ${code}`, "look for an earlier error", 1)),
    );
    worker.on("message", (answer: RemoteAnswer) => {
      if (answer.type === "result") {
        settle(answer.id)?.resolve(answer.outputs);
      } else if (answer.type === "error") {
        const error = new UsageError(answer.error.where, answer.error.what, answer.error.fix, 1);
        if (answer.id < 0) fail(error);
        settle(answer.id)?.reject(error);
      } else {
        resolve({
          description: answer.description,
          notes: answer.notes,
          run: (feeds) =>
            new Promise((done, failed) => {
              pending.set(count, { resolve: done, reject: failed });
              worker.postMessage({ id: count++, feeds });
            }),
          close: async () => {
            // A thread that is ended inside native code takes the whole process with it, so what runs may finish.
            if (pending.size > 0) {
              await new Promise<void>((done) => {
                idle = done;
              });
            }
            worker.removeAllListeners("exit");
            await worker.terminate();
          },
        });
      }
    });
  });
}
