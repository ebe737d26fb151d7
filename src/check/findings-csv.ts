/** `findings.csv`: every picture and file that a finding is about, for programs and spreadsheets. */
import type { Skipped, Source, SplitName } from "../data/index.ts";
import { type Cleaning, csvLine } from "./clean.ts";
import type { Finding } from "./findings.ts";
import type { Suspect } from "./label-errors.ts";

export interface FindingsCsv {
  readonly source: Pick<Source, "paths" | "labels" | "classes">;
  readonly splits: readonly (SplitName | undefined)[];
  readonly findings: readonly Finding[];
  readonly unreadable: readonly Skipped[];
  readonly labels: { readonly suspects: readonly Suspect[] } | undefined;
  readonly cleaning: Cleaning;
}

/**
 * `finding,group,path,label,split,left_out,detail`: one line for each picture of each finding; pictures of one group show the
 * same; `left_out` says why `clean.csv` does without it.
 */
export function findingsCsv({ source, splits, findings, unreadable, labels, cleaning }: FindingsCsv): string {
  const { paths, classes } = source;
  const row = (kind: string, group: string, index: number, detail = "") =>
    csvLine([
      ...[kind, group, paths[index], classes[source.labels[index]], splits[index] ?? ""],
      ...[cleaning.left.get(index) ?? "", detail],
    ]);
  const lines = findings.flatMap(({ kind, groups = [] }) =>
    groups.flatMap(({ members }, at) => members.map((index) => row(kind, String(at + 1), index))),
  );
  const doubts = (labels?.suspects ?? []).map(({ index, likely, probability }) =>
    row("label-suspects", "", index, `looks like ${classes[likely]} (${probability.toFixed(2)})`),
  );
  const files = unreadable.map(({ path, reason }) =>
    csvLine(["unreadable", "", path, "", "", "cannot be read", reason]),
  );
  const head = csvLine(["finding", "group", "path", "label", "split", "left_out", "detail"]);
  return [head, ...lines, ...doubts, ...files].join("");
}
