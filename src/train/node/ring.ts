/**
 * A ring of batches in shared memory, between one thread that fills it and one that empties it. What is in a slot: the values of a
 * batch, one behind the other, and which batch it is.
 */
import type { Values } from "../../runtime/index.ts";

/** Plain data: both threads make their end of the ring of it. */
export interface RingMemory {
  /** Batches put in, batches taken out, stop, failure. */
  readonly counters: Int32Array;
  /** Epoch, start and bytes of each slot. */
  readonly heads: Int32Array;
  readonly slots: readonly Uint8Array[];
}

const PUT = 0;
const TAKEN = 1;
const STOPPED = 2;
const FAILED = 3;

/** Memory for prepared batches; at least two, so that one is filled while another is taken. */
const MEMORY_BYTES = 64 * 2 ** 20;
const MOST_SLOTS = 8;

/** @param bytes of the largest batch */
export function ringMemory(bytes: number): RingMemory {
  const count = Math.max(2, Math.min(MOST_SLOTS, Math.floor(MEMORY_BYTES / bytes)));
  return {
    counters: new Int32Array(new SharedArrayBuffer(16)),
    heads: new Int32Array(new SharedArrayBuffer(12 * count)),
    slots: Array.from({ length: count }, () => new Uint8Array(new SharedArrayBuffer(bytes))),
  };
}

/** The values of a batch as bytes, in the order of their names. */
const bytesOf = (values: Values): Uint8Array[] =>
  Object.keys(values)
    .sort()
    .map((name) => {
      const { buffer, byteOffset, byteLength } = values[name].data as Uint8Array;
      return new Uint8Array(buffer, byteOffset, byteLength);
    });

export const sizeOfValues = (values: Values): number => bytesOf(values).reduce((sum, { length }) => sum + length, 0);

/** Milliseconds between two looks at whether the other side has stopped or failed. */
const LOOK_MS = 200;
/** Milliseconds after which a batch is no longer waited for: whoever waits makes it as well, with the same bytes. */
const PATIENCE_MS = 10_000;

/** Waits for a slot to be free; false when the other side has stopped. */
export function waitForRoom({ counters, slots }: RingMemory): boolean {
  for (;;) {
    if (Atomics.load(counters, STOPPED) !== 0) return false;
    const taken = Atomics.load(counters, TAKEN);
    if (Atomics.load(counters, PUT) - taken < slots.length) return true;
    Atomics.wait(counters, TAKEN, taken, LOOK_MS);
  }
}

/** Puts a batch in; there must be room. */
export function put({ counters, heads, slots }: RingMemory, epoch: number, start: number, values: Values): void {
  const at = Atomics.load(counters, PUT) % slots.length;
  let end = 0;
  for (const bytes of bytesOf(values)) {
    slots[at].set(bytes, end);
    end += bytes.length;
  }
  heads.set([epoch, start, end], 3 * at);
  Atomics.add(counters, PUT, 1);
  Atomics.notify(counters, PUT);
}

/** Tells the other side that nothing more will come. */
export function fail({ counters }: RingMemory): void {
  Atomics.store(counters, FAILED, 1);
  Atomics.notify(counters, PUT);
}

/** Ends the thread that fills the ring, as soon as it is done with the batch in hand. */
export function stop({ counters }: RingMemory): void {
  Atomics.store(counters, STOPPED, 1);
  Atomics.notify(counters, TAKEN);
}

/**
 * Waits for a batch and takes it out.
 * @returns false when the other side has failed or is too slow, or has another batch ready than this one
 */
export function take(memory: RingMemory, epoch: number, start: number, values: Values): boolean {
  const { counters, heads, slots } = memory;
  const taken = Atomics.load(counters, TAKEN);
  for (let waited = 0; Atomics.load(counters, PUT) === taken; waited += LOOK_MS) {
    if (Atomics.load(counters, FAILED) !== 0 || waited >= PATIENCE_MS) return false;
    Atomics.wait(counters, PUT, taken, LOOK_MS);
  }
  const at = taken % slots.length;
  const [ofEpoch, ofStart, size] = heads.subarray(3 * at, 3 * at + 3);
  if (ofEpoch !== epoch || ofStart !== start || size !== sizeOfValues(values)) return false;
  let end = 0;
  for (const bytes of bytesOf(values)) {
    bytes.set(slots[at].subarray(end, end + bytes.length));
    end += bytes.length;
  }
  Atomics.add(counters, TAKEN, 1);
  Atomics.notify(counters, TAKEN);
  return true;
}
