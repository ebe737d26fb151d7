import type { RunSummary } from "../../../src/studio/index.ts";
import type { Column } from "./columns.ts";

type Cells = readonly (string | number | null)[];

/** The table as rows of a CSV file: its columns as they are measured, then every setting that some run has. */
export function tableRows(
  runs: readonly RunSummary[],
  columns: readonly Column[],
  settingsOf: (run: RunSummary) => ReadonlyMap<string, string>,
): readonly Cells[] {
  const settings = [...new Set(runs.flatMap((run) => [...settingsOf(run).keys()]))];
  const cells = (run: RunSummary): Cells => [
    ...columns.map(({ name, value }) => (name === "created" ? new Date(run.created).toISOString() : value(run))),
    ...settings.map((name) => settingsOf(run).get(name) ?? null),
  ];
  return [[...columns.map(({ name }) => name), ...settings.map((name) => `settings.${name}`)], ...runs.map(cells)];
}
