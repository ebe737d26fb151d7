import type { Parameter, ParameterValue } from "../space/index.ts";
import type { Constraint, Named, NewTrial, Objective, TrialState } from "../tune/index.ts";

/**
 * `starting`: a process reads the data. `pausing`: what runs is finished. `stopping`: what runs is given back. `interrupted`: nobody
 * works on it, though trials are open.
 */
export type StudyState =
  | "starting"
  | "running"
  | "pausing"
  | "stopping"
  | "paused"
  | "interrupted"
  | "ended"
  | "failed";

/** A search process that this Studio started. */
export interface StudyProcess {
  readonly id: number;
  /** null while it runs. */
  readonly exit: number | null;
  /** The last lines that it said, where it failed. */
  readonly said: string;
}

/** A study in the list. */
export interface StudySummary {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly state: StudyState;
  readonly counts: Readonly<Partial<Record<TrialState, number>>>;
  readonly objectives: readonly Objective[];
  readonly sampler: string;
  /** Of the first objective; null before any trial has come to its end within the limits. */
  readonly best: number | null;
  readonly process: StudyProcess | null;
}

/** Trials, a column for each of their facts, in the order of their numbers. */
export interface TrialColumns {
  /** The number of the first. */
  readonly from: number;
  readonly state: readonly TrialState[];
  /** The last step that was reported. */
  readonly step: readonly number[];
  readonly origin: readonly NewTrial["origin"][];
  /** Of the work so far, without pauses between; null before it began. */
  readonly seconds: readonly (number | null)[];
  /** What the page of runs knows its run folder as; null where there is none here. */
  readonly run: readonly (string | null)[];
  readonly worker: readonly (string | null)[];
  /** By parameter; null where it does not count. */
  readonly configuration: Readonly<Record<string, readonly (ParameterValue | null)[]>>;
  /** By metric: at the end, or of those that were stopped early what they had reached. */
  readonly metrics: Readonly<Record<string, readonly (number | null)[]>>;
  /** By number. */
  readonly errors: Readonly<Record<number, string>>;
}

/** A study as the page gets it: all that was said of it, and trials from a number on. */
export interface StudyView {
  readonly name: string;
  readonly created: number;
  readonly state: StudyState;
  readonly process: StudyProcess | null;
  /** Different when anything that is shown has changed. */
  readonly version: string;
  readonly data: string;
  readonly seed: number;
  readonly sampler: Named;
  readonly pruner: Named;
  readonly objectives: readonly Objective[];
  readonly constraints: readonly Constraint[];
  readonly pruneBy: Objective;
  readonly steps: number;
  /** The space that configurations come from now. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly trials: TrialColumns;
}

/** What was reported of trials: of each its steps and the values of the metric that prunes. */
export interface StudyCurves {
  readonly from: number;
  readonly steps: readonly (readonly number[])[];
  readonly values: readonly (readonly (number | null)[])[];
}

/** What `argmin tune` is started with. */
export interface StudyStart {
  readonly data: string;
  readonly name: string;
  readonly model?: string | undefined;
  readonly optimizer?: string | undefined;
  readonly epochs?: number | undefined;
  readonly trials?: number | undefined;
  /** Such as `30m`. */
  readonly time?: string | undefined;
  readonly sampler?: string | undefined;
  readonly pruner?: string | undefined;
  readonly objective?: string | undefined;
  readonly constraints?: readonly string[] | undefined;
  readonly workers?: number | undefined;
}

/** Studies, wherever they are kept, and the processes that search. */
export interface StudyShelf {
  /** The newest first. */
  list(): Promise<StudySummary[]>;
  /** @throws Problem 404 where there is none of that name */
  study(name: string, from?: number): Promise<StudyView>;
  curves(name: string, from?: number): Promise<StudyCurves>;
  version(name: string): Promise<string>;
  /** Starts a search as a process of its own. @returns its id */
  start(study: StudyStart): Promise<number>;
  /** Goes on with one. @param trials how many there are to be in all */
  resume(name: string, trials?: number): Promise<number>;
  want(name: string, wanted: "pause" | "stop"): Promise<void>;
}
