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
 */
import { InternalError, Random, UsageError } from "../core/index.ts";
import type { Split, SplitName } from "./types.ts";

export const splitNames: readonly SplitName[] = Object.freeze(["train", "validation", "test"] as const);

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
}

/**
 * Indices ascending within each split, and what a person should know about the cut.
 * @throws UsageError when the shares leave nothing to train on, or the data declares no picture to train on
 */
export function makeSplit(request: SplitRequest): { readonly split: Split; readonly notes: readonly string[] } {
  const { labels, declared, classes, seed } = request;
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
  const pool = ownTrain ? assigned.train : undeclared;
  if (pool.length === 0 && assigned.train.length === 0) {
    throw new UsageError(
      "split",
      `there is no picture to train on: ${assigned.validation.length} for validation, ${assigned.test.length} for test`,
      "add training pictures",
      1,
    );
  }
  const byClass = classes.map((): number[] => []);
  for (const i of pool) byClass[labels[i]!]!.push(i);
  const sizes = byClass.map((members) => members.length);
  const cut = { validation: apportion(sizes, shares.validation), test: apportion(sizes, shares.test) };
  leaveOneToTrain(sizes, cut);

  if (ownTrain) assigned.train = [];
  for (let label = 0; label < byClass.length; label++) {
    const order = new Random(seed, "split", label).shuffle(byClass[label]!);
    const testEnd = cut.test[label]!;
    const validationEnd = testEnd + cut.validation[label]!;
    for (let k = 0; k < order.length; k++) {
      assigned[k < testEnd ? "test" : k < validationEnd ? "validation" : "train"].push(order[k]!);
    }
  }
  const ascending = (items: number[]) => Int32Array.from(items).sort();
  return {
    split: {
      train: ascending(assigned.train),
      validation: ascending(assigned.validation),
      test: ascending(assigned.test),
    },
    notes: notesOn(ownTrain, shares, classes, sizes),
  };
}

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
  const eligible = sizes.map((size) => (size >= 3 ? size : 0));
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
  classes: readonly string[],
  sizes: readonly number[],
): string[] {
  const notes: string[] = [];
  const cutSplits = (["validation", "test"] as const).filter((name) => shares[name] > 0);
  if (ownTrain) {
    for (const name of cutSplits) {
      notes.push(`No ${name} pictures of its own: ${percent(shares[name])} of its training pictures serve`);
    }
  }
  const tooSmall = classes.filter((_, label) => sizes[label]! > 0 && sizes[label]! < 3);
  if (cutSplits.length > 0 && tooSmall.length > 0) {
    notes.push(`Too few pictures to hold any out (fewer than 3), so all of them train: ${tooSmall.join(", ")}`);
  }
  return notes;
}

const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
