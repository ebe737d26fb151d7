import { lstat, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/** How far a training has come within its epoch. */
export interface Progress {
  readonly epoch: number;
  readonly step: number;
  /** Of the whole run. */
  readonly steps: number;
  /** Mean of the epoch so far. */
  readonly loss: number;
  readonly secondsLeft: number;
}

const FILE = "running.json";
/** Milliseconds from one line to the next while there is progress, and while there is none. */
const OFTEN = 1000;
const SELDOM = 5000;
/** A file that nobody has written for so long was left by a process that is gone. */
const STALE = 30_000;

/** Nothing of it lasts: no reader may see half of it, but after a crash of the machine it may be gone. */
const schema = z.object({
  pid: z.number(),
  host: z.string(),
  at: z.number(),
  progress: z
    .object({ epoch: z.number(), step: z.number(), steps: z.number(), loss: z.number(), secondsLeft: z.number() })
    .nullable()
    .catch(null),
});

/** `running.json` in a run folder: that it is being trained, by which process, and how far it has come. */
export class Alive {
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;
  #progress: Progress | null = null;
  #written = 0;
  #writing: Promise<unknown> = Promise.resolve();
  #busy = false;

  private constructor(folder: string) {
    this.#path = join(folder, FILE);
    this.#timer = setInterval(() => this.#write(SELDOM), SELDOM).unref();
    this.#write(0);
  }

  static begin(folder: string): Alive {
    return new Alive(folder);
  }

  tell({ epoch, step, steps, loss, secondsLeft }: Progress): void {
    this.#progress = { epoch, step, steps, loss, secondsLeft };
    this.#write(OFTEN);
  }

  /** A failure costs nobody a training: who watches sees less, that is all. */
  #write(after: number): void {
    const now = Date.now();
    if (this.#busy || now - this.#written < after) return;
    this.#busy = true;
    this.#written = now;
    const text = JSON.stringify({ pid: process.pid, host: hostname(), at: now, progress: this.#progress });
    this.#writing = writeFile(this.#path, text)
      .catch(() => {})
      .finally(() => {
        this.#busy = false;
      });
  }

  /** Takes the file away. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#written = Number.POSITIVE_INFINITY;
    await this.#writing;
    await rm(this.#path, { force: true }).catch(() => {});
  }
}

/** How far a run has come that is being trained; null where it tells no progress, undefined where nobody trains it. */
export async function readAlive(folder: string, now = Date.now()): Promise<Progress | null | undefined> {
  const path = join(folder, FILE);
  const isFile = await lstat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
  const text = isFile ? await readFile(path, "utf8").catch(() => undefined) : undefined;
  if (text === undefined) return undefined;
  try {
    const { pid, host, at, progress } = schema.parse(JSON.parse(text));
    const gone = now - at > STALE || (host === hostname() && !isThere(pid));
    return gone ? undefined : progress;
  } catch {
    // It is being written at this moment.
    return null;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // There is one, which is somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
