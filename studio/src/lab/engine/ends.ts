/** Where a run should have ended. Apart from what trains, so that the page need not load that to say so. */
import { epochsSinceBest } from "../../../../src/train/index.ts";
import type { Epoch } from "./overfit.ts";

/** The epoch with the least validation loss; 0 before the first. */
export const bestEpoch = (epochs: readonly Epoch[]): number =>
  epochs.reduce<Epoch | undefined>((best, one) => (best === undefined || one.loss < best.loss ? one : best), undefined)
    ?.epoch ?? 0;

/** Where a run with this patience would have ended, by the rule of the library's trainer; undefined while it goes on. */
export function stopsAt(epochs: readonly Epoch[], patience: number): number | undefined {
  const ended = epochs.map(({ trainLoss, loss, accuracy }) => ({ trainLoss, validation: { loss, accuracy } }));
  const at = ended.findIndex((_, i) => epochsSinceBest(ended.slice(0, i + 1)) >= patience);
  return at < 0 ? undefined : epochs[at].epoch;
}
