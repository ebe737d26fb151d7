/**
 * Decodes and resizes the files of a data set in as many threads as there are cores. What a thread is, is handed in as its
 * module, since resizing belongs to rooms above this one; `serveDecoding` below is all that such a module does. The rows go
 * straight to where they are to be, shared memory or a file, and only what was read of them is told.
 */
import { openSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { InternalError, UsageError } from "../../core/index.ts";
import { countFacts, type FactCounts, noFacts } from "../facts.ts";
import { type ReadOptions, type ReadRows, reasonOf } from "../load.ts";
import { type Admit, PixelBudget } from "../pixel-budget.ts";
import type { Geometry, Picture } from "../types.ts";
import { writeWhole } from "./cache-file.ts";

/** Where rows go. */
export type RowTarget =
  | { readonly kind: "memory"; readonly pixels: Uint8Array }
  | { readonly kind: "file"; readonly path: string; readonly offset: number };

/** The module of a decoding thread, and what its geometry is made of. */
export interface DecodeThread {
  readonly entry: URL;
  readonly execArgv: readonly string[];
  /** Plain data, for the module to make its geometry of. */
  readonly start: unknown;
}

/** What a thread gets as its `workerData`. */
export interface DecodeStart {
  readonly start: unknown;
  readonly target: RowTarget;
  /** Bytes of one picture. */
  readonly row: number;
  /** Shared; any number but 0 says that nothing more is wanted. */
  readonly stop: Int32Array;
  /** Of the budget that all threads share. */
  readonly held: Int32Array;
}

interface Task {
  readonly first: number;
  readonly files: readonly string[];
}
interface Done extends FilesRead {
  readonly type: "done";
  readonly count: number;
}
interface FilesRead {
  readonly failures: [number, string][];
  readonly facts: FactCounts;
}
type Answer = { readonly type: "ready" } | Done | Broken;
interface Broken {
  readonly type: "broken";
  readonly internal: boolean;
  readonly message: string;
  readonly code: string | undefined;
}

/** Pictures of one message: few enough to share the work evenly, enough that messages cost nothing. */
const CHUNK = 8;
/** Chunks that a thread has: one in hand, one to go on with at once. */
const AHEAD = 2;
/** Pictures that a thread has in hand: one is decoded, in one of Node's own threads, while another is resized. */
const LANES = 2;
/**
 * After so many pictures a thread collects its youngest garbage. Left alone, V8 lets dozens of decoded pictures lie, and each
 * new one takes memory that no cache knows and the kernel has to clear: 2.6 ms of a core for each picture of 500×375 instead
 * of 2.2 (medians of three).
 */
const PICTURES_PER_COLLECTION = 4;
/** Pictures for which another thread is begun: to load decoder and runtime takes it as long as decoding a hundred small ones. */
const WORTH_A_THREAD = 32;
/** Node decodes in four threads of its own, whatever the number of ours; beyond that only resizing gains. */
const MOST_THREADS = 8;

/** A row could not be written: the disk is full, say. */
export class RowWriteError extends Error {
  /** The system's, such as ENOSPC. */
  readonly code: string | undefined;
  constructor(message: string, code: string | undefined) {
    super(message);
    this.code = code;
  }
}

/**
 * @param files absolute, one for each row
 * @throws RowWriteError when a row cannot be written; the signal's reason when it is aborted, after the pictures in hand
 */
export async function decodeFiles(
  files: readonly string[],
  target: RowTarget,
  row: number,
  thread: DecodeThread,
  { onProgress, signal }: ReadOptions,
): Promise<ReadRows> {
  signal?.throwIfAborted();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const read: FilesRead = { failures: [], facts: noFacts() };
  let next = 0;
  let done = 0;
  const take = (): Task | undefined => {
    if (stop[0] !== 0 || next === files.length) return undefined;
    const first = next;
    next = Math.min(first + CHUNK, files.length);
    return { first, files: files.slice(first, next) };
  };
  const onDone = ({ count, failures, facts }: Done) => {
    read.failures.push(...failures);
    for (const key of Object.keys(read.facts) as (keyof FactCounts)[]) read.facts[key] += facts[key];
    done += count;
    if (stop[0] === 0) onProgress?.({ done, total: files.length });
  };
  const onAbort = () => Atomics.store(stop, 0, 1);
  signal?.addEventListener("abort", onAbort);
  const threads = Math.min(availableParallelism(), MOST_THREADS, Math.ceil(files.length / WORTH_A_THREAD));
  const { held } = new PixelBudget();
  const workerData: DecodeStart = { start: thread.start, target, row, stop, held };
  const all = Array.from({ length: threads }, () =>
    runThread(new Worker(thread.entry, { workerData, execArgv: [...thread.execArgv] }), take, onDone).catch((error) => {
      Atomics.store(stop, 0, 1);
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(all);
  signal?.removeEventListener("abort", onAbort);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  signal?.throwIfAborted();
  return { failures: new Map(read.failures.sort((a, b) => a[0] - b[0])), facts: read.facts };
}

/** Gives a thread work until there is none, and ends it: never with work in hand, which native code would not survive. */
function runThread(worker: Worker, take: () => Task | undefined, onDone: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let inHand = 0;
    const end = (outcome: () => void) => {
      worker.removeAllListeners("exit");
      worker.terminate().then(outcome, outcome);
    };
    worker.on("error", reject);
    worker.on("exit", (code) =>
      reject(new UsageError("decoding", `a thread ended with code ${code}`, "use a smaller --size", 1)),
    );
    worker.on("message", (answer: Answer) => {
      if (answer.type === "broken") {
        const { internal, message, code } = answer;
        end(() => reject(internal ? new Error(message) : new RowWriteError(message, code)));
        return;
      }
      if (answer.type === "done") {
        inHand--;
        onDone(answer);
      }
      while (inHand < AHEAD) {
        const task = take();
        if (task === undefined) break;
        inHand++;
        worker.postMessage(task);
      }
      if (inHand === 0) end(resolve);
    });
  });
}

/** What a decoding thread needs of its port. */
interface Port {
  postMessage(message: unknown): void;
  on(event: "message", listener: (task: Task) => void): unknown;
}

/**
 * The whole life of a decoding thread.
 * @param decode a file to a picture at its own size
 */
export function serveDecoding(
  port: Port,
  { target, row, stop, held }: Omit<DecodeStart, "start">,
  decode: (path: string, admit: Admit) => Promise<Picture>,
  geometry: Geometry,
): void {
  // Closed with the thread: Node closes what a thread has opened.
  const file = target.kind === "file" ? openSync(target.path, "r+") : -1;
  const put = (pixels: Uint8Array, index: number) => {
    if (pixels.length !== row) throw new InternalError(`geometry gave ${pixels.length} bytes instead of ${row}`);
    if (target.kind === "memory") target.pixels.set(pixels, index * row);
    else writeWhole(file, pixels, target.offset + index * row);
  };
  const budget = new PixelBudget(held);
  /** The bytes of a picture, after what it was is counted; nothing when it cannot be read. */
  const bytesOf = async (path: string, index: number, { failures, facts }: FilesRead) => {
    try {
      return await budget.within(async (admit) => {
        const picture = await decode(path, admit);
        const pixels = await geometry(picture);
        countFacts(facts, picture.facts);
        return pixels;
      });
    } catch (error) {
      if (error instanceof InternalError) throw error;
      failures.push([index, reasonOf(error)]);
      return undefined;
    }
  };
  /** Pictures of all chunks that were sent, so that no lane waits for the end of another's chunk. */
  const collect = collector();
  let pictures = 0;
  const waiting: {
    readonly index: number;
    readonly path: string;
    readonly chunk: Done;
    readonly finish: () => void;
  }[] = [];
  let lanes = 0;
  let broken = false;
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined && !broken; item = waiting.shift()) {
      const { index, path, chunk, finish } = item;
      const pixels = Atomics.load(stop, 0) === 0 ? await bytesOf(path, index, chunk) : undefined;
      if (pixels !== undefined) put(pixels, index);
      finish();
      if (++pictures % PICTURES_PER_COLLECTION === 0) collect();
    }
  };
  port.on("message", ({ first, files }) => {
    const chunk: Done = { type: "done", count: files.length, failures: [], facts: noFacts() };
    let left = files.length;
    const finish = () => {
      if (--left === 0) port.postMessage(chunk);
    };
    for (const [i, path] of files.entries()) waiting.push({ index: first + i, path, chunk, finish });
    while (lanes < LANES) {
      lanes++;
      lane()
        .catch((error: NodeJS.ErrnoException) => {
          if (broken) return;
          broken = true;
          const internal = error instanceof InternalError;
          port.postMessage({ type: "broken", internal, message: error.message, code: error.code } satisfies Broken);
        })
        .finally(() => lanes--);
    }
  });
  port.postMessage({ type: "ready" } satisfies Answer);
}

/** V8's own collection of young garbage, of this thread alone. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (options: { readonly type: "minor" }) => void;
  return () => collect({ type: "minor" });
}
