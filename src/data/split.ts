/**
 * Which pictures train, which choose the model, which judge it.
 *
 * What the data declares is kept: its own validation and test pictures are never trained on, its own test pictures never
 * validated on. A split that the data does not declare is cut from a pool: the undeclared pictures, or, where every
 * picture is declared, the training pictures. So a folder of class folders is cut in three, a set with train and test
 * loses a tenth of train to validation, and a set that declares everything is left as it is.
 *
 * The cut is stratified: a class of n pictures gives n·share of them, rounded by largest remainder so that the totals
 * come out right too, and at least one wherever n ≥ 3; a class of one or two pictures trains only.
 *
 * With groups, the same is done to whole groups, as well as their sizes allow. A group that the data declares in part follows
 * that part; one that it declares on two sides is left as it is and named.
 */
import { InternalError, Random, UsageError } from "../core/index.ts";
import { dealGroups, type Groups } from "./groups.ts";
import type { Split, SplitName } from "./types.ts";

export const splitNames: readonly SplitName[] = Object.freeze(["train", "validation", "test"] as const);

/** Pictures, or groups, that a class must have before any are held out. */
const LEAST = 3;

export const splitDefaults = Object.freeze({ validationShare: 0.1, testShare: 0.1 });

export interface SplitRequest {
  /** Class of each picture, [count]. */
  readonly labels: Int32Array;
  /** What the data declares, [count]. */
  readonly declared: readonly (SplitName | undefined)[];
  readonly classes: readonly string[];
  readonly seed: number;
  /** Share of the pool for validation, in [0, 1). */
  readonly validationShare?: number;
  /** Share of the pool for test, in [0, 1). */
  readonly testShare?: number;
  /** What must not be torn apart. */
  readonly grouping?: Pick<Groups, "ids" | "names">;
}

/**
 * Indices ascending within each split, and what a person should know about the cut.
 * @throws UsageError when the shares leave nothing to train on, or the data declares no picture to train on
 */
export function makeSplit(request: SplitRequest): { readonly split: Split; readonly notes: readonly string[] } {
  const { labels, classes, seed, grouping } = request;
  const { declared, torn, notes } = grouping
    ? declaredByGroup(request.declared, grouping)
    : { ...request, torn: none, notes: [] };
  if (labels.length !== declared.length) {
    throw new InternalError(`${labels.length} labels but ${declared.length} declared splits`);
  }
  const { validationShare = splitDefaults.validationShare, testShare = splitDefaults.testShare } = request;
  checkShares(validationShare, testShare);
  const assigned: Record<SplitName, number[]> = { train: [], validation: [], test: [] };
  const undeclared: number[] = [];
  declared.forEach((name, i) => {
    (name ? assigned[name] : undeclared).push(i);
  });

  const shares = {
    validation: assigned.validation.length > 0 ? 0 : validationShare,
    test: assigned.test.length > 0 ? 0 : testShare,
  };
  const ownTrain = undeclared.length === 0;
  const pool = ownTrain ? assigned.train.filter((i) => !torn.has(i)) : undeclared;
  if (undeclared.length === 0 && assigned.train.length === 0) {
    throw new UsageError(
      "split",
      `there is no picture to train on: ${assigned.validation.length} for validation, ${assigned.test.length} for test`,
      "add training pictures",
      1,
    );
  }
  if (ownTrain) assigned.train = assigned.train.filter((i) => torn.has(i));
  const cut = grouping ? cutGroups : cutSingly;
  const { parts, tooFew } = cut({ labels, classes, pool, shares, seed, ids: grouping?.ids ?? labels });
  pool.forEach((i, k) => {
    assigned[splitNames[parts[k]!]!].push(i);
  });
  const ascending = (items: number[]) => Int32Array.from(items).sort();
  return {
    split: {
      train: ascending(assigned.train),
      validation: ascending(assigned.validation),
      test: ascending(assigned.test),
    },
    notes: [...notes, ...notesOn(ownTrain, shares, tooFew, grouping ? "groups" : "pictures")],
  };
}

const none: ReadonlySet<number> = new Set();

interface Cut {
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  readonly pool: readonly number[];
  readonly shares: Readonly<Record<"validation" | "test", number>>;
  readonly seed: number;
  readonly ids: Int32Array;
}

/** For each picture of the pool an index into `splitNames`, and the classes that are too small for more than training. */
interface CutResult {
  readonly parts: Int32Array;
  readonly tooFew: readonly string[];
}

function cutSingly({ labels, classes, pool, shares, seed }: Cut): CutResult {
  const byClass = classes.map((): number[] => []);
  // Places in the pool go along with the pictures, so that the shuffle, and with it every split, is that of the pictures.
  pool.forEach((i, k) => {
    byClass[labels[i]!]!.push(k);
  });
  const sizes = byClass.map((members) => members.length);
  const counts = { validation: apportion(sizes, shares.validation), test: apportion(sizes, shares.test) };
  leaveOneToTrain(sizes, counts);
  const parts = new Int32Array(pool.length);
  for (let label = 0; label < byClass.length; label++) {
    const order = new Random(seed, "split", label).shuffle(byClass[label]!);
    const testEnd = counts.test[label]!;
    const validationEnd = testEnd + counts.validation[label]!;
    order.forEach((k, place) => {
      parts[k] = place < testEnd ? 2 : place < validationEnd ? 1 : 0;
    });
  }
  return { parts, tooFew: classes.filter((_, label) => sizes[label]! > 0 && sizes[label]! < LEAST) };
}

function cutGroups({ labels, classes, pool, shares, seed, ids }: Cut): CutResult {
  const members = new Map<number, number[]>();
  const groupsOfClass = classes.map(() => new Set<number>());
  pool.forEach((i) => {
    const group = members.get(ids[i]!);
    if (group) group.push(i);
    else members.set(ids[i]!, [i]);
    groupsOfClass[labels[i]!]!.add(ids[i]!);
  });
  const found = [...members.keys()];
  const dealt = dealGroups({
    labels,
    groups: found.map((id) => members.get(id)!),
    shares: [1 - shares.validation - shares.test, shares.validation, shares.test],
    sure: 1,
    least: LEAST,
    order: (all) => new Random(seed, "split groups").shuffle(all),
  });
  const partOf = new Map(found.map((id, at) => [id, dealt[at]!]));
  return {
    parts: Int32Array.from(pool, (i) => partOf.get(ids[i]!)!),
    tooFew: classes.filter((_, label) => groupsOfClass[label]!.size > 0 && groupsOfClass[label]!.size < LEAST),
  };
}

/** What is declared of a group's pictures holds for its others. `torn` are pictures of groups that lie on several sides. */
export function declaredByGroup(
  declared: SplitRequest["declared"],
  { ids, names }: NonNullable<SplitRequest["grouping"]>,
) {
  const sides = new Map<number, Set<SplitName>>();
  declared.forEach((name, i) => {
    if (name) sides.set(ids[i]!, (sides.get(ids[i]!) ?? new Set()).add(name));
  });
  const sideOf = (id: number) => splitNames.find((name) => sides.get(id)?.has(name));
  const tornGroups = [...sides].flatMap(([id, names]) => (names.size > 1 ? [id] : []));
  const torn = new Set([...ids.keys()].filter((i) => (sides.get(ids[i]!)?.size ?? 0) > 1));
  const followers = declared.filter((name, i) => name === undefined && sides.has(ids[i]!)).length;
  const notes: string[] = [];
  if (tornGroups.length > 0) {
    const one = tornGroups.length === 1;
    notes.push(
      `Warning: the data's own split tears ${one ? "a group" : `${tornGroups.length} groups`} apart, so what is trained on is also judged: ${some(tornGroups.map((id) => `${names[id]} (${[...sides.get(id)!].join(", ")})`))}`,
    );
  }
  if (followers > 0) {
    const count = followers === 1 ? "1 picture follows" : `${followers} pictures follow`;
    notes.push(`${count} the declared pictures of the same group`);
  }
  return { declared: declared.map((name, i) => name ?? sideOf(ids[i]!)), torn, notes };
}

/** At most five. */
const some = (items: readonly string[]) => `${items.slice(0, 5).join(", ")}${items.length > 5 ? ", …" : ""}`;

function checkShares(validationShare: number, testShare: number): void {
  for (const [name, share] of Object.entries({ validationShare, testShare })) {
    if (!(share >= 0 && share < 1)) {
      throw new UsageError("split", `${name} is ${share}`, "give a share of at least 0 and less than 1");
    }
  }
  if (validationShare + testShare >= 1) {
    throw new UsageError(
      "split",
      `validationShare ${validationShare} and testShare ${testShare} leave nothing to train on`,
      "let them add up to less than 1",
    );
  }
}

/** How many of each class to cut: the largest remainder method, then at least one of each class of three or more. */
function apportion(sizes: readonly number[], share: number): number[] {
  if (share === 0) return sizes.map(() => 0);
  const eligible = sizes.map((size) => (size >= LEAST ? size : 0));
  const wanted = eligible.map((size) => size * share);
  const counts = wanted.map(Math.floor);
  const total = Math.round(wanted.reduce((sum, value) => sum + value, 0));
  let left = total - counts.reduce((sum, count) => sum + count, 0);
  const byRemainder = wanted
    .map((value, label) => ({ label, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.label - b.label);
  for (const { label, remainder } of byRemainder) {
    if (left === 0 || remainder === 0) break;
    counts[label]!++;
    left--;
  }
  return counts.map((count, label) => (eligible[label]! > 0 ? Math.max(1, count) : 0));
}

/** Large shares of a small class may round to all of it; then the larger cut gives one back. */
function leaveOneToTrain(sizes: readonly number[], cut: Record<"validation" | "test", number[]>): void {
  for (let label = 0; label < sizes.length; label++) {
    while (sizes[label]! > 0 && cut.validation[label]! + cut.test[label]! >= sizes[label]!) {
      cut[cut.validation[label]! > cut.test[label]! ? "validation" : "test"][label]!--;
    }
  }
}

function notesOn(
  ownTrain: boolean,
  shares: Record<"validation" | "test", number>,
  tooFew: readonly string[],
  unit: "pictures" | "groups",
): string[] {
  const notes: string[] = [];
  const cutSplits = (["validation", "test"] as const).filter((name) => shares[name] > 0);
  if (ownTrain) {
    for (const name of cutSplits) {
      notes.push(`No ${name} pictures of its own: ${percent(shares[name])} of its training pictures serve`);
    }
  }
  if (cutSplits.length > 0 && tooFew.length > 0) {
    notes.push(
      unit === "pictures"
        ? `Too few pictures to hold any out (fewer than ${LEAST}), so all of them train: ${tooFew.join(", ")}`
        : `Fewer than ${LEAST} groups, so not in every part of the split: ${tooFew.join(", ")}`,
    );
  }
  return notes;
}

const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
