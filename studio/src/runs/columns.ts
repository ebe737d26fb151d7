import type { RunSummary } from "../../../src/studio/index.ts";
import { grouped, percent, short, span } from "../shell/figures.ts";
import { flat } from "./settings.ts";

export type ColumnName =
  | "name"
  | "state"
  | "data"
  | "model"
  | "optimizer"
  | "learningRate"
  | "epochs"
  | "validationAccuracy"
  | "validationLoss"
  | "trainLoss"
  | "testAccuracy"
  | "parameters"
  | "seconds"
  | "created";

/** A column of the table: what it sorts by, and how it is shown. */
export interface Column {
  readonly name: ColumnName;
  readonly number: boolean;
  readonly value: (run: RunSummary) => string | number | null;
  readonly text: (run: RunSummary) => string;
}

/** What is true of a run's configuration does not change while its settings are the same object. */
const cache = new WeakMap<object, ReadonlyMap<string, string>>();

export function settingsOf({ settings }: Pick<RunSummary, "settings">): ReadonlyMap<string, string> {
  if (settings === null) return flat(null);
  let known = cache.get(settings);
  if (known === undefined) {
    known = flat(settings);
    cache.set(settings, known);
  }
  return known;
}

const setting = (name: ColumnName, key: string): Column => ({
  name,
  number: false,
  value: (run) => settingsOf(run).get(key) ?? null,
  text: (run) => settingsOf(run).get(key) || "–",
});

const figure = (
  name: ColumnName,
  of: (run: RunSummary) => number | null,
  text: (value: number | null) => string,
): Column => ({
  name,
  number: true,
  value: of,
  text: (run) => text(of(run)),
});

const rateOf = (run: RunSummary): number | null => {
  const rate = settingsOf(run).get("optimizer.learningRate");
  return rate === undefined || rate === "" || Number.isNaN(Number(rate)) ? null : Number(rate);
};

/** Data by the last part of their path, which is what tells them apart. */
const dataOf = (run: RunSummary) => settingsOf(run).get("data")?.replace(/\/+$/, "").split("/").at(-1) || null;

export const columns: readonly Column[] = [
  { name: "name", number: false, value: ({ name }) => name, text: ({ name }) => name },
  { name: "state", number: false, value: ({ state }) => state, text: ({ state }) => state },
  { ...setting("data", "data"), value: dataOf, text: (run) => dataOf(run) ?? "–" },
  setting("model", "model"),
  setting("optimizer", "optimizer"),
  figure("learningRate", rateOf, short),
  {
    ...figure("epochs", ({ epochs }) => epochs, grouped),
    text: ({ epochs, plannedEpochs }) =>
      plannedEpochs === null || plannedEpochs <= epochs
        ? grouped(epochs)
        : `${grouped(epochs)} / ${grouped(plannedEpochs)}`,
  },
  figure("validationAccuracy", (run) => run.validationAccuracy, percent),
  figure("validationLoss", (run) => run.validationLoss, short),
  figure("trainLoss", (run) => run.trainLoss, short),
  figure("testAccuracy", (run) => run.testAccuracy, percent),
  figure("parameters", (run) => run.parameters, grouped),
  figure("seconds", (run) => run.seconds, span),
  { ...figure("created", ({ created }) => created, short), number: false },
];

export interface Order {
  readonly by: ColumnName;
  readonly down: boolean;
}

/** The newest first. */
export const usualOrder: Order = { by: "created", down: true };

/** `accuracy` ascending, `-accuracy` descending, as the address keeps it. */
export function orderOf(text: string | null): Order {
  const by = text?.replace(/^-/, "");
  const known = columns.find(({ name }) => name === by)?.name;
  return known === undefined ? usualOrder : { by: known, down: text!.startsWith("-") };
}

export const textOfOrder = ({ by, down }: Order): string => `${down ? "-" : ""}${by}`;

/** Pinned ones above the others; among each, by the column. What is not there comes last, whichever way it goes. */
export function sorted(runs: readonly RunSummary[], { by, down }: Order): readonly RunSummary[] {
  const { value } = columns.find(({ name }) => name === by)!;
  const keyed = runs.map((run) => ({ run, key: value(run) }));
  const way = down ? -1 : 1;
  const names = new Intl.Collator("en", { numeric: true });
  keyed.sort((a, b) => {
    if (a.run.pinned !== b.run.pinned) return a.run.pinned ? -1 : 1;
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    if (typeof a.key === "number" && typeof b.key === "number") return way * (a.key - b.key);
    return way * names.compare(String(a.key), String(b.key));
  });
  return keyed.map(({ run }) => run);
}
