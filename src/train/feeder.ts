import type { Values } from "../runtime/index.ts";

/** Whoever prepares the batches of steps ahead of them, elsewhere: in the order of the epochs, from the first batch that the plan begins with. */
export interface Feeder {
  /**
   * Copies the next batch into the buffers; waits until it is there.
   * @param epoch from 1
   * @param start place of its first picture in the order of the epoch
   * @returns false when this is not the batch that was prepared: then it has to be made on the spot, with the same bytes
   */
  take(epoch: number, start: number, values: Values): boolean;
}
