/**
 * Writes that are done one after the other while training goes on. The first that fails is the last: after it nothing more
 * is written, and `failed` rejects with its reason, so that a run on a full disk ends at once instead of at its end.
 */
export class WriteQueue {
  readonly failed: Promise<never>;
  readonly #fail: (error: unknown) => void;
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    const { promise, reject } = withReject();
    this.failed = promise;
    this.#fail = reject;
  }

  add(write: () => Promise<unknown> | undefined): void {
    this.#last = this.#last.then(write);
    this.#last.catch(this.#fail);
  }

  /** Resolves when all that was added is written, and rejects where `failed` does. */
  settled(): Promise<unknown> {
    return this.#last;
  }
}

/** A promise that can only be rejected; a rejection that nobody awaits is no fault. */
function withReject(): { promise: Promise<never>; reject: (error: unknown) => void } {
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<never>((_, no) => {
    reject = no;
  });
  promise.catch(() => {});
  return { promise, reject };
}
