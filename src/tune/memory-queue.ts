import type { TrialJob, TrialQueue } from "./queue.ts";

interface Waiter {
  readonly study: number;
  readonly give: (job: TrialJob | undefined) => void;
}

/** A queue for the workers of one process. */
export class MemoryQueue implements TrialQueue {
  #jobs: TrialJob[] = [];
  readonly #waiters = new Set<Waiter>();
  #sent = 0;
  #closed = false;

  async send(study: number, trial: number): Promise<void> {
    if (this.#closed || this.#jobs.some((job) => job.study === study && job.trial === trial)) return;
    const job: TrialJob = { id: String(this.#sent++), study, trial };
    const waiter = [...this.#waiters].find((one) => one.study === study);
    if (waiter === undefined) this.#jobs.push(job);
    else waiter.give(job);
  }

  async fetch(study: number, waitMs = 0): Promise<TrialJob | undefined> {
    if (this.#closed) return undefined;
    const job = this.#jobs.find((one) => one.study === study);
    if (job !== undefined) {
      this.#jobs = this.#jobs.filter((one) => one !== job);
      return job;
    }
    if (waitMs <= 0) return undefined;
    return new Promise((resolve) => {
      const give = (found: TrialJob | undefined) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve(found);
      };
      const waiter: Waiter = { study, give };
      const timer = setTimeout(give, waitMs, undefined);
      this.#waiters.add(waiter);
    });
  }

  /** Nothing is kept of a job that was fetched: a process that ends takes its queue with it. */
  async done(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed = true;
    this.#jobs = [];
    for (const waiter of [...this.#waiters]) waiter.give(undefined);
  }
}
