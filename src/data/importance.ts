/** How much each picture counts, and what is to be learned of it when that is not one class. */
import { UsageError } from "../core/index.ts";
import { sharedFloats } from "./shared-memory.ts";

/** Rows of targets may miss 1 by this much: they come from files with few digits. */
const TOLERANCE = 1e-3;

/**
 * @param count how many weights there should be, and of what: `3 classes`
 * @throws UsageError for a wrong number of them, one below 0 or not a number, or nothing but zeros
 */
export function checkWeights(where: string, weights: ArrayLike<number>, count: number, of: string): void {
  if (weights.length !== count) {
    throw new UsageError(where, `there are ${weights.length} weights for ${count} ${of}`, `give one for each`);
  }
  let total = 0;
  for (let i = 0; i < count; i++) {
    const weight = weights[i]!;
    if (!(weight >= 0) || !Number.isFinite(weight)) {
      throw new UsageError(where, `weight ${i + 1} is ${weight}`, "give numbers, 0 or more each");
    }
    total += weight;
  }
  if (total === 0) throw new UsageError(where, "all of them are 0", "give at least one above 0");
}

/** @throws UsageError unless there is a row for each picture and each row is a distribution over the classes */
export function checkTargets(where: string, targets: Float32Array, count: number, classes: number): void {
  if (targets.length !== count * classes) {
    const what = `there are ${targets.length} numbers for ${count} pictures of ${classes} classes`;
    throw new UsageError(where, what, `give ${count * classes}: a row of ${classes} for each picture`);
  }
  for (let row = 0; row < count; row++) {
    let total = 0;
    for (let c = 0; c < classes; c++) {
      const share = targets[row * classes + c]!;
      if (!(share >= 0)) {
        throw new UsageError(
          where,
          `row ${row + 1} has ${share} for class ${c + 1}`,
          "give shares, 0 or more, that add up to 1",
        );
      }
      total += share;
    }
    if (!(Math.abs(total - 1) <= TOLERANCE)) {
      const what = `row ${row + 1} adds up to ${Number(total.toPrecision(6))}`;
      throw new UsageError(where, what, "give shares that add up to 1 in each row");
    }
  }
}

/** Weight of the picture times weight of its class, [count]; undefined when nobody gave either. */
export function exampleWeights(
  labels: Int32Array,
  weights: Float32Array | undefined,
  classWeights: readonly number[] | undefined,
): Float32Array | undefined {
  if (weights === undefined && classWeights === undefined) return undefined;
  const product = sharedFloats(labels.length);
  for (let i = 0; i < labels.length; i++) product[i] = (weights?.[i] ?? 1) * (classWeights?.[labels[i]!] ?? 1);
  return product;
}
