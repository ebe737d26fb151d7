import { type Configuration, type Space, toUnits } from "../../space/index.ts";
import { filled, minimized, type Objective, type Study, type StudyRecord, type TrialRecord } from "../../tune/index.ts";
import { labelsOf, shownMetric, wordsOf } from "../tune/index.ts";
import { type Range, rangeOf } from "./range.ts";

/** A trial as the page shows it. */
export interface PageTrial {
  readonly number: number;
  readonly state: TrialRecord["state"];
  /** Complete, but above a limit. */
  readonly forbidden: boolean;
  readonly configuration: Configuration;
  /** [parameters], in [0, 1] in the order of the space; NaN where a parameter is not there. */
  readonly units: Float64Array;
  /** One for each objective: at the end, or of what was stopped early what it had reached; undefined where there is none. */
  readonly values: readonly (number | undefined)[];
  readonly record: TrialRecord;
  /** For a pointer that rests on it. */
  readonly title: string;
}

/** Everything that the page tells of a study. */
export interface StudyPageData {
  readonly record: StudyRecord;
  readonly space: Space;
  readonly labels: ReadonlyMap<string, string>;
  /** All of them but those that nobody has finished, in the order of their numbers. */
  readonly trials: readonly PageTrial[];
  /** Complete ones that keep all limits, the best first. */
  readonly ranked: readonly PageTrial[];
  /** The best one, or with two objectives the front. */
  readonly best: readonly PageTrial[];
  readonly counts: Readonly<Partial<Record<TrialRecord["state"], number>>>;
  /** One for each objective; undefined before any trial has a value. */
  readonly ranges: readonly (Range | undefined)[];
  readonly curves: Study["curves"];
}

/** A study as the page tells it. */
export function studyPageData(study: Study): StudyPageData {
  const { record, space, curves } = study;
  const labels = labelsOf([...space.names, ...namesBefore(study)]);
  const made = new Map(study.trials.map((trial) => [trial.number, pageTrial(study, trial)]));
  const trials = [...made.values()].filter(({ state }) => shownStates.has(state));
  const counts: Partial<Record<TrialRecord["state"], number>> = {};
  for (const { state } of study.trials) counts[state] = (counts[state] ?? 0) + 1;
  const of = (list: readonly TrialRecord[]) => list.map(({ number }) => made.get(number)!);
  const ranges = record.objectives.map((objective, k) => {
    const valued = trials.filter(({ values }) => values[k] !== undefined);
    // What a pruned trial had reached is no measure for those that came to their end.
    const complete = valued.filter(({ state }) => state === "complete");
    const values = (complete.length > 0 ? complete : valued).map(({ values: own }) => own[k]!);
    return values.length === 0 ? undefined : rangeOf(objective, values);
  });
  const ranked = of(study.ranked());
  return { record, space, labels, trials, ranked, best: of(study.best()), counts, ranges, curves };
}

const shownStates: ReadonlySet<TrialRecord["state"]> = new Set(["complete", "pruned", "failed"]);

/** Parameters that only earlier spaces had. */
const namesBefore = ({ record, space }: Study) =>
  [...new Set(record.spaces.flatMap(({ parameters }) => Object.keys(parameters)))].filter(
    (name) => !Object.hasOwn(space.parameters, name),
  );

function pageTrial(study: Study, trial: TrialRecord): PageTrial {
  const { objectives } = study.record;
  const { number, state } = trial;
  const configuration = filled(study.record, trial);
  const metrics = state === "pruned" ? { ...lastOf(study, trial), ...trial.metrics } : trial.metrics;
  const values = objectives.map((objective) => {
    const value = metrics[objective.metric];
    return state !== "failed" && Number.isFinite(minimized(objective, metrics)) ? value : undefined;
  });
  return {
    ...{ number, state, configuration, values, record: trial },
    forbidden: state === "complete" && !study.feasible(trial),
    units: toUnits(study.space, configuration),
    title: `trial ${number}${titleOf(objectives, values, trial)}`,
  };
}

function titleOf(objectives: readonly Objective[], values: PageTrial["values"], { state, step }: TrialRecord): string {
  if (state === "failed") return " failed";
  const told = objectives.flatMap(({ metric }, k) =>
    values[k] === undefined ? [] : [`${wordsOf(metric)} ${shownMetric(metric, values[k])}`],
  );
  const said = told.length === 0 ? "" : `: ${told.join(", ")}`;
  return state === "pruned" ? `, pruned after ${step} epochs${said}` : said;
}

/** What a trial reported last. */
function lastOf({ curves }: Study, { number }: TrialRecord): Readonly<Record<string, number>> {
  return [...(curves.get(number) ?? [])].reduce((last, one) => (one[0] > last[0] ? one : last), [0, {}] as [
    number,
    Readonly<Record<string, number>>,
  ])[1];
}

/** So many of a list, evenly, the first and the last among them. */
export function thinned<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))]);
}

/**
 * The best of a list that is in order, and of the rest as many as there is room for, evenly.
 * @param share of the room that the best have
 */
export function bestAndSome<T>(ordered: readonly T[], most: number, share = 1 / 3): readonly T[] {
  const first = Math.min(ordered.length, Math.floor(most * share));
  return [...ordered.slice(0, first), ...thinned(ordered.slice(first), most - first)];
}
