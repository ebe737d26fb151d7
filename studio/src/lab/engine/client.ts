/** The page's side of the worker: one worker for all lessons, made when something is first asked of it. */
import type { Answer, Asked, TaskName, Tasks } from "./tasks.ts";

interface Waiting {
  readonly report: (report: never) => void;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

let worker: Worker | undefined;
let next = 0;
const waiting = new Map<number, Waiting>();

function open(): Worker {
  const made = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  made.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
    const own = waiting.get(data.id);
    if (own === undefined) return;
    if ("report" in data) own.report(data.report as never);
    else {
      waiting.delete(data.id);
      if ("error" in data) own.reject(new Error(data.error));
      else own.resolve(data.result as never);
    }
  });
  made.addEventListener("error", ({ message }) => giveUp(new Error(message || "the worker could not be loaded")));
  return made;
}

function giveUp(error: Error): void {
  worker?.terminate();
  worker = undefined;
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
}

/** Said by tasks that were stopped. */
export class Stopped extends Error {}

/** Stops whatever runs; the next task begins in a new worker. */
export function stop(): void {
  if (waiting.size > 0) giveUp(new Stopped("stopped"));
}

/** Runs a task in the worker. @throws Stopped when it was stopped, else what went wrong there */
export function ask<Name extends TaskName>(
  name: Name,
  asks: Tasks[Name]["asks"],
  report: (report: Tasks[Name]["reports"]) => void = () => {},
): Promise<Tasks[Name]["gives"]> {
  worker ??= open();
  const id = next++;
  const message: Asked<Name> = { id, ort: new URL("./ort/", document.baseURI).href, name, asks };
  const answer = new Promise<Tasks[Name]["gives"]>((resolve, reject) => {
    waiting.set(id, { report: report as never, resolve: resolve as never, reject });
  });
  worker.postMessage(message);
  return answer;
}
