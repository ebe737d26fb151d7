/** What is done about classes of unequal size: weights in the loss, or the draw of an epoch. */
import { Random } from "../core/index.ts";

/** Training pictures of each class, [classes]. */
function countsOf(train: Int32Array, labels: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const i of train) counts[labels[i]!]!++;
  return counts;
}

/**
 * n / (classes · pictures of the class) for each class, so that every class counts the same in all; 1 for a class without
 * training pictures, which is not among the classes either.
 */
export function balanceWeights(train: Int32Array, labels: Int32Array, classes: number): number[] {
  const counts = countsOf(train, labels, classes);
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count > 0 ? train.length / (present * count) : 1));
}

/** The classes that have less than half of an equal share of the training pictures, with their numbers. */
export function rareClasses(
  train: Int32Array,
  labels: Int32Array,
  classes: number,
): { readonly label: number; readonly count: number }[] {
  const counts = countsOf(train, labels, classes);
  const share = train.length / counts.filter((count) => count > 0).length;
  return counts.flatMap((count, label) => (count > 0 && count < share / 2 ? [{ label, count }] : []));
}

/**
 * As many pictures as there are to train on, equally many of each class, in random order: a pure function of (seed, epoch).
 *
 * Of n pictures and C classes each class gives ⌊n / C⌋ or one more, drawn anew each epoch: which ones get the one more, too. A
 * class that has fewer repeats all of its pictures equally often before any comes once more, so that each is seen as
 * evenly as can be; one that has more shows a part of them.
 */
export function balancedOrder(train: Int32Array, labels: Int32Array, seed: number, epoch: number): Int32Array {
  const members = new Map<number, number[]>();
  for (const i of train) {
    const own = members.get(labels[i]!);
    if (own) own.push(i);
    else members.set(labels[i]!, [i]);
  }
  const random = new Random(seed, "balanced order", epoch);
  const present = random.shuffle([...members.keys()].sort((a, b) => a - b));
  const share = Math.floor(train.length / present.length);
  const more = train.length % present.length;
  const order = new Int32Array(train.length);
  let at = 0;
  present.forEach((label, place) => {
    const own = members.get(label)!;
    const end = at + share + (place < more ? 1 : 0);
    while (at < end) {
      random.shuffle(own);
      for (let k = 0; k < own.length && at < end; k++) order[at++] = own[k]!;
    }
  });
  return random.shuffle(order);
}
