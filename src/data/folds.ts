/**
 * K folds for cross-validation: every picture of the pool is tested once, by a model that has not seen it (Stone, "Cross-validatory
 * choice and assessment of statistical predictions", 1974).
 *
 * Stratified: a class of n pictures gives each fold ⌊n / K⌋ or one more, and the folds' sizes differ by one at most. Whole
 * groups stay in one fold; then both hold as well as the groups' sizes allow.
 */
import { Random, UsageError } from "../core/index.ts";
import { dealGroups, type Groups } from "./groups.ts";

export interface FoldsRequest {
  /** Class of each picture of the data. */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  /** The pictures to deal out. */
  readonly pool: readonly number[];
  readonly folds: number;
  readonly seed: number;
  readonly grouping?: Pick<Groups, "ids" | "names">;
}

/**
 * The pictures of each fold, ascending, and what a person should know.
 * @throws UsageError for fewer than 2 folds, or more folds than pictures or groups
 */
export function makeFolds(request: FoldsRequest): {
  readonly folds: readonly Int32Array[];
  readonly notes: readonly string[];
} {
  const { labels, classes, pool, folds, seed, grouping } = request;
  if (!Number.isInteger(folds) || folds < 2) {
    throw new UsageError("folds", `is ${folds}`, "give a whole number, 2 or more, such as 5");
  }
  const members = new Map<number, number[]>();
  for (const i of pool) {
    const key = grouping ? grouping.ids[i]! : i;
    members.set(key, [...(members.get(key) ?? []), i]);
  }
  const units = grouping ? "groups" : "pictures";
  if (members.size < folds) {
    throw new UsageError("folds", `is ${folds}, but there are ${members.size} ${units}`, "give fewer folds");
  }
  const groups = [...members.values()];
  const place = grouping ? dealWhole(labels, groups, folds, seed) : dealSingly(labels, groups, folds, seed);
  const dealt = Array.from({ length: folds }, (): number[] => []);
  groups.forEach((pictures, at) => {
    dealt[place[at]!]!.push(...pictures);
  });
  const groupsOf = classes.map((_, label) => groups.filter((own) => own.some((i) => labels[i] === label)).length);
  const few = classes.filter((_, label) => groupsOf[label]! > 0 && groupsOf[label]! < folds);
  const alone = classes.filter((_, label) => groupsOf[label] === 1);
  const notes: string[] = [];
  if (few.length > 0) notes.push(`Fewer than ${folds} ${units}, so not in every fold: ${few.join(", ")}`);
  if (alone.length > 0) {
    notes.push(`Warning: one of the ${units} only, so its fold is judged on a class it never saw: ${alone.join(", ")}`);
  }
  return { folds: dealt.map((fold) => Int32Array.from(fold).sort()), notes };
}

/** Class after class is dealt out like cards, each beginning where the last one ended. */
function dealSingly(labels: Int32Array, pictures: readonly (readonly number[])[], folds: number, seed: number) {
  const byClass = new Map<number, number[]>();
  pictures.forEach(([i], at) => {
    byClass.set(labels[i!]!, [...(byClass.get(labels[i!]!) ?? []), at]);
  });
  const place = new Int32Array(pictures.length);
  let next = 0;
  for (const [label, own] of [...byClass].sort((a, b) => a[0] - b[0])) {
    for (const at of new Random(seed, "folds", label).shuffle(own)) place[at] = next++ % folds;
  }
  return place;
}

function dealWhole(labels: Int32Array, groups: readonly (readonly number[])[], folds: number, seed: number) {
  return dealGroups({
    labels,
    groups,
    shares: new Array<number>(folds).fill(1 / folds),
    sure: 0,
    least: folds,
    order: (all) => new Random(seed, "folds groups").shuffle(all),
  });
}
