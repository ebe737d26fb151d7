import { UsageError } from "../core/index.ts";
import type { Report, StudyRecord, StudyStorage, TrialRecord } from "./storage.ts";
import { filled } from "./view.ts";

/** A study as plain data, and its trials as a table. */
export interface ExportedStudy {
  /** Everything that is kept, for `JSON.stringify`; figures that are no numbers are the words "NaN", "Infinity", "-Infinity". */
  readonly json: {
    readonly study: StudyRecord;
    readonly trials: readonly (Omit<TrialRecord, "metrics"> & {
      readonly metrics: Figures;
      readonly reports: Reports;
    })[];
  };
  /** A line a trial, after one of names (RFC 4180): what it is, its configuration, its figures, and how it went. */
  readonly csv: string;
}

type Figures = Readonly<Record<string, number | string>>;
type Reports = readonly { readonly step: number; readonly metrics: Figures }[];

const figures = (metrics: Readonly<Record<string, number>>): Figures =>
  Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [name, Number.isFinite(value) ? value : String(value)]),
  );

/** Names in the order in which they come first, over all trials. */
const namesOf = (records: readonly Readonly<Record<string, unknown>>[]) => [...new Set(records.flatMap(Object.keys))];

const field = (value: unknown) => {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

function csvOf(study: StudyRecord, trials: readonly TrialRecord[]): string {
  const configurations = trials.map((trial) => filled(study, trial));
  const parameters = namesOf([...study.spaces.map((space) => space.parameters), ...configurations]);
  const metrics = namesOf(trials.map((trial) => trial.metrics));
  // A metric may be called like a parameter, or like one of the columns around them.
  const own = ["number", "state", "origin"];
  const how = ["steps", "seconds", "worker", "folder", "error"];
  const taken = new Set([...own, ...how]);
  const column = (kind: string) => (name: string) => {
    const free = taken.has(name) ? `${kind} ${name}` : name;
    taken.add(free);
    return free;
  };
  const head = [...own, ...parameters.map(column("parameter")), ...metrics.map(column("metric")), ...how];
  const lines = trials.map((trial, n) => {
    const { started, finished } = trial;
    const seconds = started === null || finished === null ? null : (finished - started) / 1000;
    return [
      ...[trial.number, trial.state, trial.origin],
      ...parameters.map((name) => configurations[n][name]),
      ...metrics.map((name) => trial.metrics[name]),
      ...[trial.step, seconds, trial.worker, trial.folder, trial.error],
    ];
  });
  return [head, ...lines].map((line) => `${line.map(field).join(",")}\r\n`).join("");
}

/**
 * A study with all its trials and reports, to be written to files.
 * @throws UsageError where there is none of that name
 */
export async function exportStudy(storage: StudyStorage, name: string): Promise<ExportedStudy> {
  const study = await storage.study(name);
  if (study === undefined) {
    const names = (await storage.studies()).map((one) => one.name);
    const fix = names.length === 0 ? "there is none at all" : `choose one of ${names.join(", ")}`;
    throw new UsageError(`study ${JSON.stringify(name)}`, "there is no study of that name", fix);
  }
  const [trials, reports] = [await storage.trials(study.id), await storage.reports(study.id)];
  const byTrial = new Map<number, Report[]>();
  for (const report of reports) {
    const list = byTrial.get(report.trial);
    if (list === undefined) byTrial.set(report.trial, [report]);
    else list.push(report);
  }
  const json = trials.map((trial) => ({
    ...trial,
    metrics: figures(trial.metrics),
    reports: (byTrial.get(trial.number) ?? []).map(({ step, metrics }) => ({ step, metrics: figures(metrics) })),
  }));
  return { json: { study, trials: json }, csv: csvOf(study, trials) };
}
