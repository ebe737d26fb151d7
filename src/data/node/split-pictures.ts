import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../core/index.ts";
import { rareClasses } from "../balance.ts";
import { type Groups, groupsOf } from "../groups.ts";
import type { Loaded } from "../load.ts";
import { makeSplit, splitNames } from "../split.ts";
import { splitFromJson } from "../split-file.ts";
import type { Pictures, Source, Split } from "../types.ts";

/** How pictures come into splits. */
export interface Splitting {
  /** A split.json, or the folder of the run that wrote it; null cuts anew. */
  readonly split: string | null;
  /** `folder`, `column` or an expression on the path; null where each picture stands for itself. */
  readonly groupBy: string | null;
  readonly balance: "none" | "weights" | "sample";
  readonly seed: number;
}

/** What can be split: pictures that could be read. */
export interface Splittable extends Pick<Loaded, "declared" | "skipped"> {
  readonly pictures: Pick<Pictures, "labels" | "paths">;
}

/** The pictures of each split, and what a person should know of it. */
export interface SplitResult {
  readonly split: Split;
  readonly notes: readonly string[];
}

/**
 * Splits what was loaded: as a file says, or by the data's own declarations and the seed, in whole groups where asked to.
 * @throws UsageError for a split file that does not fit the data, and groups that there are not
 */
export async function splitPictures(source: Source, loaded: Splittable, settings: Splitting): Promise<SplitResult> {
  const grouping = groupingOf(source, loaded, settings.groupBy);
  const { pictures, declared } = loaded;
  const { split, notes } =
    settings.split === null
      ? makeSplit({
          labels: pictures.labels,
          declared,
          classes: source.classes,
          seed: settings.seed,
          ...(grouping ? { grouping } : {}),
        })
      : await splitOfFile(settings.split, source, loaded, grouping);
  return {
    split,
    notes: [...(grouping?.notes ?? []), ...notes, ...notesOnBalance(split, loaded, source.classes, settings.balance)],
  };
}

/** The groups of the pictures that could be read. */
export function groupingOf(source: Source, { pictures }: Pick<Splittable, "pictures">, by: string | null) {
  if (by === null) return undefined;
  const { name, classes, groups } = source;
  const { paths, labels } = pictures;
  if (groups === undefined) return groupsOf(by, { name, classes, paths, labels });
  const groupOf = new Map(source.paths.map((path, i) => [path, groups[i]!]));
  return groupsOf(by, { name, classes, paths, labels, groups: paths.map((path) => groupOf.get(path) ?? "") });
}

/** The text of a split file: a run folder stands for its `split.json`. */
export async function readSplitFile(path: string): Promise<{ readonly text: string; readonly where: string }> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const where = isFolder ? join(path, "split.json") : path;
  const text = await readFile(where, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(where, `cannot be read (${error.code})`, "give the split.json of a run, or its run folder");
  });
  return { text, where };
}

async function splitOfFile(
  path: string,
  source: Source,
  { pictures, declared, skipped }: Splittable,
  grouping: Groups | undefined,
): Promise<SplitResult> {
  const { text, where } = await readSplitFile(path);
  const split = splitFromJson(text, pictures.paths, where, new Set(skipped.map((file) => file.path)));
  const trained = new Set(Array.from(split.train, (i) => pictures.labels[i]));
  if (trained.size === 0) throw new UsageError(where, "it names no picture to train on", "fill its train list", 1);
  const lost = source.classes.find((_, label) => !trained.has(label));
  if (lost !== undefined) {
    const what = `no picture of class ${lost} is in train`;
    throw new UsageError(where, what, "add some, or take the class out of the data", 1);
  }
  const notes = [`Split as ${where} says`];
  const named = new Set(splitNames.flatMap((name) => [...split[name]]));
  const left = pictures.paths.filter((_, i) => !named.has(i));
  if (left.length > 0) {
    const are = left.length === 1 ? "1 picture is" : `${left.length} pictures are`;
    notes.push(`${are} not named in it and left out: ${some(left)}`);
  }
  const judged = Array.from(split.train).filter((i) => declared[i] === "test");
  if (judged.length > 0) {
    const what = judged.length === 1 ? "1 test picture" : `${judged.length} test pictures`;
    notes.push(`Warning: it trains on ${what} of the data's own split: ${some(judged.map((i) => pictures.paths[i]!))}`);
  }
  return { split, notes: grouping ? [...notes, ...notesOnTorn(split, grouping)] : notes };
}

function notesOnTorn(split: Split, { ids, names }: Groups): string[] {
  const sides = new Map<number, Set<string>>();
  for (const name of splitNames)
    for (const i of split[name]) sides.set(ids[i], (sides.get(ids[i]) ?? new Set()).add(name));
  const torn = [...sides]
    .filter(([, found]) => found.size > 1)
    .map(([id, found]) => `${names[id]} (${[...found].join(", ")})`);
  if (torn.length === 0) return [];
  return [`Warning: it tears ${torn.length === 1 ? "a group" : `${torn.length} groups`} apart: ${some(torn)}`];
}

export function notesOnBalance(
  { train }: Split,
  { pictures: { labels } }: Splittable,
  classes: readonly string[],
  balance: Splitting["balance"],
): string[] {
  if (balance === "none") return [];
  const rare = rareClasses(train, labels, classes.length);
  const named = rare.map(({ label, count }) => `${classes[label]} (${count} of ${train.length})`);
  const how =
    balance === "weights" ? "Balanced by weights in the loss" : "Balanced by drawing each class equally often";
  return [rare.length === 0 ? `${how}; no class is rare` : `${how}; rare: ${some(named)}`];
}

/** At most three. */
const some = (items: readonly string[]) => `${items.slice(0, 3).join(", ")}${items.length > 3 ? ", …" : ""}`;
