import { balancedOrder, epochOrder } from "../data/index.ts";
import type { DataPlan } from "./plan.ts";

/**
 * Which training pictures an epoch (from 1) sees, in order. The one place that says so: the trainer asks it, and so does the
 * thread that prepares batches ahead of the trainer.
 */
export function orderOf({ train, seed, balanced, pictures }: DataPlan, epoch: number): Int32Array {
  return balanced ? balancedOrder(train, pictures.labels, seed, epoch) : epochOrder(train, seed, epoch);
}
