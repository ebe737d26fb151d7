/** How many pixels are decoded at the same time, in all threads together. */
import { sharedInts } from "./shared-memory.ts";

/** Asks to decode a picture of so many pixels, and waits until there is room for it. */
export type Admit = (pixels: number) => Promise<void>;

/** Pictures up to this size, those of usual data sets, are decoded without asking. */
const SMALL = 2 ** 21;
/**
 * Pixels of larger pictures in hand at the same time. A picture of 48 million takes 144 MB as it is decoded, and as much again
 * wherever it is handed on: it has the machine for itself, and a process that reads many of them stays under a gigabyte.
 */
const MOST = 2 ** 25;
/** Milliseconds; decoding a picture that has to ask takes twenty times as long. */
const LOOK_AGAIN = 5;

/** One for all that read the same data; threads share it by its memory. */
export class PixelBudget {
  /** Pixels in hand; in shared memory. */
  readonly held: Int32Array;

  /** @param held of the budget to be part of, in another thread; a new one where it is left out */
  constructor(held: Int32Array = sharedInts(1)) {
    this.held = held;
  }

  /** @param work gets what asks for room; the room is free again when it ends */
  async within<T>(work: (admit: Admit) => Promise<T>): Promise<T> {
    let own = 0;
    try {
      return await work(async (pixels) => {
        while (pixels > SMALL && !this.#take(pixels)) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
        if (pixels > SMALL) own += pixels;
      });
    } finally {
      if (own > 0) Atomics.sub(this.held, 0, own);
    }
  }

  /** A picture that is larger than the budget is taken when there is no other. */
  #take(pixels: number): boolean {
    const now = Atomics.load(this.held, 0);
    if (now > 0 && now + pixels > MOST) return false;
    return Atomics.compareExchange(this.held, 0, now, now + pixels) === now;
  }
}
