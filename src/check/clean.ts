/** The data set without its certain faults, as a manifest. Nothing is deleted: it is a list of what to train on. */
import { type Source, type SplitName, splitNames } from "../data/index.ts";
import type { Repeats } from "./duplicates.ts";

export interface Cleaning {
  /** Indices of the pictures that stay, ascending. */
  readonly kept: readonly number[];
  /** Why each of the others is left out, by index. */
  readonly left: ReadonlyMap<number, string>;
}

/** Of copies, the one in the split that judges stays: what was trained on must not judge. */
const rank = (split: SplitName | undefined) => -splitNames.indexOf(split ?? "train");

/**
 * Leaves out what could not be read, pictures that are filed under two classes (every copy: nobody knows which is right), and of
 * other copies all but one.
 * @param unreadable why a listed picture could not be read, by index
 */
export function cleaned(
  source: Pick<Source, "classes" | "paths" | "labels" | "declared">,
  repeats: Pick<Repeats, "exact">,
  unreadable: ReadonlyMap<number, string>,
): Cleaning {
  const { classes, paths, labels, declared } = source;
  const left = new Map<number, string>();
  for (const [index, reason] of unreadable) left.set(index, `cannot be read: ${reason}`);
  for (const { members, acrossClasses } of repeats.exact) {
    if (acrossClasses) {
      const names = [...new Set(members.map((i) => classes[labels[i]]))].join(", ");
      for (const i of members) left.set(i, `the same picture is filed under ${names}`);
      continue;
    }
    const [stays, ...copies] = [...members].sort((a, b) => rank(declared[a]) - rank(declared[b]) || a - b);
    for (const i of copies) left.set(i, `the same picture as ${paths[stays]}`);
  }
  // A class that nothing is left to train on cannot be judged either.
  const trained = new Set<number>();
  labels.forEach((label, i) => {
    if (!left.has(i) && (declared[i] === undefined || declared[i] === "train")) trained.add(label);
  });
  labels.forEach((label, i) => {
    if (!left.has(i) && !trained.has(label)) left.set(i, `class ${classes[label]} has no training picture left`);
  });
  return { kept: [...paths.keys()].filter((i) => !left.has(i)), left };
}

/** A field of a CSV file, in quotes where it has to be (RFC 4180). */
const field = (text: string) => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** One line of a CSV file. */
export const csvLine = (fields: readonly string[]) => `${fields.map(field).join(",")}\n`;

/**
 * `path,label[,split][,group]`, one line a picture; split and group where the data say so.
 * @param pathOf the path of a picture as it is to stand in the file, relative to it
 */
export function manifestOf(
  source: Pick<Source, "classes" | "labels" | "declared" | "groups">,
  kept: readonly number[],
  pathOf: (index: number) => string,
): string {
  const { classes, labels, declared, groups } = source;
  const withSplit = kept.some((i) => declared[i] !== undefined);
  const columns = (split: string, group: string) => [...(withSplit ? [split] : []), ...(groups ? [group] : [])];
  const rows = kept.map((i) =>
    csvLine([pathOf(i), classes[labels[i]], ...columns(declared[i] ?? "", groups?.[i] ?? "")]),
  );
  return csvLine(["path", "label", ...columns("split", "group")]) + rows.join("");
}
