import { Random } from "../core/index.ts";

/**
 * Deals pictures out to folds: each class evenly, and copies of one picture together, so that no picture is judged by a model
 * that has seen it.
 *
 * @param labels class of each picture, [count]
 * @param groups the same number for pictures that belong together, [count]
 * @returns the fold of each picture, [count]
 */
export function dealFolds(labels: Int32Array, groups: Int32Array, folds: number, seed: number): Int32Array {
  const classes = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  const members = new Map<number, number[]>();
  groups.forEach((group, i) => {
    const known = members.get(group);
    if (known) known.push(i);
    else members.set(group, [i]);
  });
  // A group counts for the class of its first picture: copies with two labels are findings of their own.
  const byClass = Array.from({ length: classes }, (): number[] => []);
  for (const [group, [first]] of members) byClass[labels[first]].push(group);
  const result = new Int32Array(labels.length);
  // Where each class begins to deal goes on from the class before: otherwise small classes would all fill the first fold.
  let fold = 0;
  byClass.forEach((own, label) => {
    for (const group of new Random(seed, "folds", label).shuffle(own)) {
      for (const i of members.get(group)!) result[i] = fold;
      fold = (fold + 1) % folds;
    }
  });
  return result;
}
