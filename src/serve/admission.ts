import { Problem } from "./problem.ts";

/** Thrown where the client has gone away: there is nobody to answer. */
export class Gone extends Error {
  constructor() {
    super("the client has gone away");
    this.name = "Gone";
  }
}

interface Waiting {
  readonly start: () => void;
}

/**
 * Who may come in, and whose turn it is. A request is admitted while fewer than `concurrency + queue` are inside; pictures
 * then wait, first come first served, for one of `concurrency` places. So what is decoded at a time is bounded, a batch cannot
 * keep single pictures out, and beyond that clients are told to come again at once, instead of waiting without an end.
 */
export class Admission {
  readonly concurrency: number;
  readonly queue: number;
  #inside = 0;
  #busy = 0;
  readonly #waiting = new Set<Waiting>();

  constructor({ concurrency, queue }: { readonly concurrency: number; readonly queue: number }) {
    this.concurrency = concurrency;
    this.queue = queue;
  }

  /** Requests that are admitted. */
  get inside(): number {
    return this.#inside;
  }

  /** Pictures that are being worked on. */
  get busy(): number {
    return this.#busy;
  }

  /** @throws Problem 503 while there is no place */
  refuseIfFull(): void {
    if (this.#inside < this.concurrency + this.queue) return;
    const what = `${this.#inside} requests are in hand, which is as many as there may be`;
    throw new Problem(503, what, "send it again in a second", { "retry-after": "1" });
  }

  /**
   * Lets a request in for as long as `work` takes.
   * @throws Problem 503 while there is no place
   */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    this.refuseIfFull();
    this.#inside++;
    try {
      return await work();
    } finally {
      this.#inside--;
    }
  }

  /**
   * Does `work` when its turn has come.
   * @throws Gone when the signal says, before the turn has come, that nobody waits for it any more
   */
  async inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (signal.aborted) throw new Gone();
    if (this.#busy < this.concurrency) this.#busy++;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      const [next] = this.#waiting;
      // The place goes to the next one directly, so that nobody who comes in between takes it.
      if (next === undefined) this.#busy--;
      else next.start();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiting);
        signal.removeEventListener("abort", gone);
      };
      const gone = () => {
        leave();
        reject(new Gone());
      };
      const waiting: Waiting = {
        start: () => {
          leave();
          resolve();
        },
      };
      signal.addEventListener("abort", gone);
      this.#waiting.add(waiting);
    });
  }
}
