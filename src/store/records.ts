import type { Selectable } from "kysely";
import { UsageError } from "../core/index.ts";
import type { NewTrial, Report, SpaceVersion, StudyRecord, StudySpec, TrialRecord } from "../tune/index.ts";
import type { Tables } from "./tables.ts";

/** Characters of a name: databases index it. */
const LONGEST_NAME = 200;

/** @throws UsageError where not every database could keep it */
export function checkName(what: string, name: string): string {
  const wrong =
    name.trim() === ""
      ? "is empty"
      : name.length > LONGEST_NAME
        ? `has ${name.length} characters, more than ${LONGEST_NAME}`
        : /[\0\ud800-\udfff]/u.test(name)
          ? "has characters that no text has"
          : undefined;
  if (wrong === undefined) return name;
  throw new UsageError(`${what} ${JSON.stringify(name.slice(0, 40))}`, `this name ${wrong}`, "choose another");
}

/** Plain data as text. @throws UsageError where JSON would make something else of a number */
export function pack(what: string, value: unknown): string {
  return JSON.stringify(value, (key, part) => {
    if (typeof part !== "number" || Number.isFinite(part)) return part;
    throw new UsageError(what, `${key} is ${part}, which cannot be kept`, "give a finite number");
  });
}

/** Figures as text. JSON knows no NaN and no infinity, which a training that diverges reports: they are kept as words. */
export function packMetrics(metrics: Readonly<Record<string, number>>): string {
  for (const name in metrics) {
    if (Number.isFinite(metrics[name])) continue;
    const kept = Object.entries(metrics).map(([key, value]) => [key, Number.isFinite(value) ? value : String(value)]);
    return JSON.stringify(Object.fromEntries(kept));
  }
  return JSON.stringify(metrics);
}

type Metrics = Record<string, number>;

/** Figures out of text; of several objects, as a list. */
function unpackMetrics(text: string): Metrics[] {
  const several = JSON.parse(`[${text}]`) as Metrics[];
  if (!text.includes('"NaN"') && !text.includes('Infinity"')) return several;
  return several.map((metrics) =>
    Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, Number(value)])),
  );
}

export function studyRecord(row: Selectable<Tables["studies"]>, contents: readonly string[]): StudyRecord {
  const spec = JSON.parse(row.spec) as Omit<StudySpec, "name">;
  const spaces = contents.map((content) => JSON.parse(content) as SpaceVersion);
  return { ...spec, name: row.name, id: row.id, created: row.created, spaces };
}

/** The row of a trial that is new. */
export type NewTrialRow = ReturnType<typeof newTrialRow>;

export function newTrialRow(study: number, trial: NewTrial, mark: string) {
  const { number, configuration, space, origin, seen, seed, toStep, outcome } = trial;
  return {
    study,
    number,
    state: outcome?.state ?? ("waiting" as const),
    configuration: pack(`trial ${number}`, configuration),
    space,
    origin,
    seen: seen && JSON.stringify(seen),
    seed,
    to_step: toStep,
    metrics: packMetrics(outcome?.metrics ?? {}),
    mark,
  };
}

/** With the last step that was reported, which the reports know. */
export type TrialRow = Selectable<Tables["trials"]> & { readonly step: number };

export function trialRecord(row: TrialRow): TrialRecord {
  return {
    number: row.number,
    configuration: JSON.parse(row.configuration),
    space: row.space,
    origin: row.origin,
    seen: row.seen && JSON.parse(row.seen),
    seed: row.seed,
    toStep: row.to_step,
    state: row.state,
    step: row.step,
    metrics: unpackMetrics(row.metrics)[0],
    error: row.error && JSON.parse(row.error),
    folder: row.folder,
    token: row.token,
    worker: row.worker,
    leasedUntil: row.leased_until,
    lost: row.lost,
    created: row.created,
    started: row.started,
    finished: row.finished,
  };
}

/** All that was reported of a trial, by step. */
export function reportsOf(row: { trial: number; steps: string; metrics: string }): Report[] {
  const metrics = unpackMetrics(row.metrics);
  return row.steps.split(",").map((step, n) => ({ trial: row.trial, step: Number(step), metrics: metrics[n] }));
}
