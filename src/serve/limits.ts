import { UsageError } from "../core/index.ts";

/** What one request, and all of them together, may take. */
export interface Limits {
  /** Bytes of one request's body, whether it holds one picture or many. */
  readonly maxBytes: number;
  /** Width times height of one picture. */
  readonly maxPixels: number;
  /** Pictures, or rows of numbers, in one request. */
  readonly maxBatch: number;
  /** Pictures that are decoded and classified at the same time. */
  readonly concurrency: number;
  /** Requests that may wait for their turn; those beyond get 503. */
  readonly queue: number;
  /** Seconds within which a request must have come whole. */
  readonly timeout: number;
  /** Seconds that what is in hand may take to end when the server is told to stop. */
  readonly grace: number;
}

/** Bodies that are in memory at the same time, of all requests together. */
export const heldBytes = ({ maxBytes }: Limits): number => Math.max(2 ** 28, 4 * maxBytes);

const least: Readonly<Record<keyof Limits, number>> = {
  maxBytes: 1,
  maxPixels: 1,
  maxBatch: 1,
  concurrency: 1,
  queue: 0,
  timeout: 0.001,
  grace: 0,
};

/** Node's timers end there: 2^31 − 1 milliseconds. */
const MOST_SECONDS = 2_000_000;

/** @throws UsageError naming the limit, its value and the range */
export function checkLimits(limits: Limits): Limits {
  for (const [name, from] of Object.entries(least) as [keyof Limits, number][]) {
    const value = limits[name];
    const inSeconds = name === "timeout" || name === "grace";
    const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    if (inSeconds ? !(value >= from && value <= MOST_SECONDS) : !(Number.isSafeInteger(value) && value >= from)) {
      const range = inSeconds ? `seconds, up to ${MOST_SECONDS}` : `a whole number, ${from} or more`;
      throw new UsageError(words, `is ${value}`, `give ${range}`);
    }
  }
  return limits;
}
