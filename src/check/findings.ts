/** What was found, as data: the loudest first. */
import { type Skipped, type SplitName, splitNames } from "../data/index.ts";
import type { Group, Repeats } from "./duplicates.ts";
import type { ClassSplits } from "./survey.ts";

/** Training pictures below which a class is named as small: fewer than ten teach hardly anything, and judge nothing. */
export const FEW = 10;

export type FindingKind =
  | "leak"
  | "two-labels"
  | "near-leak"
  | "near-two-labels"
  | "untrained-class"
  | "missing-class"
  | "unreadable"
  | "small-class"
  | "duplicates"
  | "near-duplicates"
  | "label-suspects";

export interface Finding {
  readonly kind: FindingKind;
  /**
   * `problem` is certain and counts with --strict; `look` is a matter for eyes, as near copies are: where all pictures of a set look
   * alike, such as 28×28 greys of clothes, many are none.
   */
  readonly level: "problem" | "look";
  /** Pictures, classes or files that it is about. */
  readonly count: number;
  /** One sentence without a full stop. */
  readonly text: string;
  /** Pictures that show the same, where it is about such. */
  readonly groups?: readonly Group[];
}

export interface FindingsRequest {
  readonly classes: readonly string[];
  readonly counts: ClassSplits;
  readonly repeats: Repeats;
  readonly unreadable: readonly Skipped[];
  /** The data say which picture is for what; otherwise the split is the one that `train` would cut. */
  readonly declared: boolean;
  /** The data declare these splits. */
  readonly present: readonly SplitName[];
  /** In words, how `train` would cut. */
  readonly cut: string;
  readonly suspects: number;
}

const plural = (count: number, one: string, many: string) =>
  `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;

/** At most four names. */
const some = (names: readonly string[]) => `${names.slice(0, 4).join(", ")}${names.length > 4 ? ", …" : ""}`;

const pictures = (groups: readonly Group[]) => groups.reduce((sum, { members }) => sum + members.length, 0);

export function findingsOf(request: FindingsRequest): Finding[] {
  return [
    ...ofRepeats(request),
    ...ofClasses(request),
    ...ofFiles(request),
    ...ofCopies(request),
    ...ofLabels(request),
  ];
}

function ofRepeats({ repeats, declared, cut }: FindingsRequest): Finding[] {
  const where = declared ? "in more than one split" : `in more than one part of the split that train cuts (${cut})`;
  const about = (kind: FindingKind, groups: readonly Group[], text: (count: number) => string): Finding[] => {
    const level = kind.startsWith("near") ? "look" : "problem";
    return groups.length === 0 ? [] : [{ kind, level, count: groups.length, text: text(groups.length), groups }];
  };
  const { exact, near } = repeats;
  return [
    ...about(
      "leak",
      exact.filter((group) => group.acrossSplits),
      (count) => `${plural(count, "picture is", "pictures are")} ${where}: what judges was trained on`,
    ),
    ...about(
      "two-labels",
      exact.filter((group) => group.acrossClasses),
      (count) => `${plural(count, "picture is", "pictures are")} filed under two classes or more`,
    ),
    ...about(
      "near-leak",
      near.filter((group) => group.acrossSplits),
      (count) =>
        `${plural(count, "picture has a near copy", "pictures have near copies")} ${where.replace("in more than one", "in another")}`,
    ),
    ...about(
      "near-two-labels",
      near.filter((group) => group.acrossClasses),
      (count) => `${plural(count, "picture has a near copy", "pictures have near copies")} in another class`,
    ),
  ];
}

function ofClasses({ classes, counts, present }: FindingsRequest): Finding[] {
  const findings: Finding[] = [];
  const of = (split: SplitName, fits: (count: number) => boolean) =>
    classes.filter((_, label) => fits(counts[label][split]));
  const untrained = of("train", (count) => count === 0);
  if (untrained.length > 0) {
    const text = `${plural(untrained.length, "class has", "classes have")} no training picture: ${some(untrained)}`;
    findings.push({ kind: "untrained-class", level: "problem", count: untrained.length, text });
  }
  for (const split of splitNames) {
    if (split === "train" || !present.includes(split)) continue;
    const absent = of(split, (count) => count === 0);
    if (absent.length === 0) continue;
    const text = `${plural(absent.length, "class is", "classes are")} missing from ${split}: ${some(absent)}`;
    findings.push({ kind: "missing-class", level: "problem", count: absent.length, text });
  }
  const small = of("train", (count) => count > 0 && count < FEW);
  if (small.length > 0) {
    const text = `${plural(small.length, "class has", "classes have")} fewer than ${FEW} training pictures: ${some(small)}`;
    findings.push({ kind: "small-class", level: "problem", count: small.length, text });
  }
  return findings;
}

function ofFiles({ unreadable }: FindingsRequest): Finding[] {
  if (unreadable.length === 0) return [];
  const text = `${plural(unreadable.length, "file", "files")} cannot be read and will be skipped`;
  return [{ kind: "unreadable", level: "problem", count: unreadable.length, text }];
}

function ofCopies({ repeats }: FindingsRequest): Finding[] {
  const findings: Finding[] = [];
  const plain = (groups: readonly Group[]) => groups.filter((group) => !group.acrossSplits && !group.acrossClasses);
  const exact = plain(repeats.exact);
  if (exact.length > 0) {
    const count = pictures(exact) - exact.length;
    const text = `${plural(count, "picture is a copy of another one", "pictures are copies of others")}, pixel for pixel`;
    findings.push({ kind: "duplicates", level: "problem", count, text, groups: exact });
  }
  const near = plain(repeats.near);
  if (near.length > 0) {
    const count = pictures(near) - near.length;
    const text = `${plural(count, "picture is nearly a copy of another one", "pictures are nearly copies of others")}`;
    findings.push({ kind: "near-duplicates", level: "look", count, text, groups: near });
  }
  return findings;
}

function ofLabels({ suspects }: FindingsRequest): Finding[] {
  if (suspects === 0) return [];
  const text = `${plural(suspects, "label is", "labels are")} doubtful: the picture looks like another class`;
  return [{ kind: "label-suspects", level: "look", count: suspects, text }];
}
