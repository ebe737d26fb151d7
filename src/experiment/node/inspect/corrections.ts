/** Pictures that somebody says are mislabelled, and the list to train on that follows from it. The data stay as they are. */
import { readFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { parse } from "csv-parse/sync";
import { UsageError } from "../../../core/index.ts";
import { splitNames } from "../../../data/index.ts";
import type { Correction } from "../../inspection.ts";
import { writeAtomic } from "../atomic-file.ts";
import { csvField } from "../run-folder.ts";
import type { RunData } from "./run-data.ts";

/** What was marked, and why. */
const MARKS = "corrections.csv";
/** The list that the next run can be trained on. */
export const CORRECTED = "corrected.csv";

/** The marks of a run; none where nobody has marked anything. */
export async function readCorrections(folder: string): Promise<Correction[]> {
  const text = await readFile(join(folder, MARKS), "utf8").catch(() => "");
  try {
    const rows: Record<string, string>[] = parse(text, { columns: true });
    return rows.flatMap(({ path, was, label }) =>
      path === undefined || was === undefined ? [] : [{ path, was, label: label || null }],
    );
  } catch {
    return [];
  }
}

/** Why pictures of this data cannot be listed; undefined where they can. */
export function unlistable({ source }: Pick<RunData, "source">): string | undefined {
  if (source.files !== undefined) return undefined;
  const { kind } = source;
  return kind === "numbers"
    ? "rows of numbers are no files"
    : `the pictures of ${source.name} are no files of their own`;
}

/**
 * Marks a picture, or takes its mark away, and writes `corrections.csv` and `corrected.csv` into the run folder: a list
 * `path,label,split` of all pictures of the run's split with the corrected labels, which `argmin train` takes as data.
 * @param label what it is; null to leave it out; undefined, or what the data says anyway, for no mark
 * @returns all marks
 * @throws UsageError for a picture or a class that there is not, and for data whose pictures are no files
 */
export async function correct(
  folder: string,
  data: RunData,
  path: string,
  label: string | null | undefined,
): Promise<Correction[]> {
  const { classes } = data.source;
  const why = unlistable(data);
  if (why !== undefined) {
    throw new UsageError(data.source.name, why, "write them as files in a folder for each class, to correct labels", 1);
  }
  if (typeof label === "string" && !classes.includes(label)) {
    throw new UsageError("label", `there is no class "${label}"`, `give one of ${classes.slice(0, 12).join(", ")}`);
  }
  const was = classes[data.labelOf(path)]!;
  const others = (await readCorrections(folder)).filter((one) => one.path !== path);
  const isMark = label !== undefined && label !== was;
  const all = isMark ? [...others, { path, was, label }] : others;
  const lines = all.map((one) => [one.path, one.was, one.label ?? ""].map(csvField).join(","));
  await writeAtomic(join(folder, MARKS), `${["path,was,label", ...lines].join("\n")}\n`);
  await writeAtomic(join(folder, CORRECTED), correctedManifest(folder, data, all));
  return all;
}

/** `path,label,split[,group]`, its paths relative to the run folder. */
export function correctedManifest(folder: string, { source, split }: RunData, marks: readonly Correction[]): string {
  const { classes, labels, paths, groups } = source;
  const files = source.files!;
  const corrected = new Map(marks.map((mark) => [mark.path, mark.label]));
  const lines: string[] = [];
  for (const name of splitNames) {
    for (const index of split?.[name] ?? []) {
      const mark = corrected.get(paths[index]!);
      if (mark === null) continue;
      const own = relative(resolve(folder), files[index]!).split(sep).join("/");
      const cells = [own, mark ?? classes[labels[index]!]!, name, ...(groups === undefined ? [] : [groups[index]!])];
      lines.push(cells.map(csvField).join(","));
    }
  }
  return `${["path,label,split".concat(groups === undefined ? "" : ",group"), ...lines].join("\n")}\n`;
}
