import type { Configuration, Parameter } from "../space/index.ts";

/** A unit of a catalogue with its options. */
export interface Named {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A metric that is minimised or maximised. */
export interface Objective {
  readonly metric: string;
  readonly direction: "minimize" | "maximize";
}

/** `metric <= atMost`. */
export interface Constraint {
  readonly metric: string;
  readonly atMost: number;
}

/** What a study is about; it does not change once the study has begun. */
export interface StudySpec {
  readonly name: string;
  /** Of everything that is drawn. */
  readonly seed: number;
  readonly sampler: Named;
  readonly pruner: Named;
  readonly objectives: readonly Objective[];
  readonly constraints: readonly Constraint[];
  /** What the pruner judges by: a metric that every step reports. */
  readonly pruneBy: Objective;
  /** Steps of a trial that is not pruned, such as epochs. */
  readonly steps: number;
  /** Of the data, so that all workers learn from the same. */
  readonly fingerprint: string;
  /** What a worker needs to run a trial, as plain data; tune does not look into it. */
  readonly experiment: unknown;
}

/** A space of the study. It may be changed in the middle; `fill` says what trials of before had in parameters that are new. */
export interface SpaceVersion {
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly fill: Configuration;
}

export interface StudyRecord extends StudySpec {
  readonly id: number;
  /** Milliseconds since 1970, by the storage's clock. */
  readonly created: number;
  /** In the order in which they came; trials name theirs by its index. */
  readonly spaces: readonly SpaceVersion[];
}

/**
 * `waiting` trials have been asked for and nobody has taken them, `running` ones are somebody's for as long as the lease holds,
 * `paused` ones wait for a pruner to let them go on. The others have ended for good.
 */
export type TrialState = "waiting" | "running" | "paused" | "complete" | "pruned" | "failed" | "stale";

/** The states that nothing changes any more. */
export const ended: ReadonlySet<TrialState> = new Set(["complete", "pruned", "failed", "stale"]);

/** What was known of the other trials when one was asked for: with it the suggestion can be made again. */
export interface Seen {
  /** Numbers of trials that had ended, as ranges from first to last. */
  readonly ended: readonly (readonly [number, number])[];
  /** Numbers of trials that were waiting or running. */
  readonly open: readonly number[];
  /** Numbers of trials that were paused, with the step that they had reached. */
  readonly paused: readonly (readonly [number, number])[];
  /** How many trials there were to be in all, where that was said. */
  readonly budget: number | null;
}

export interface NewTrial {
  readonly number: number;
  readonly configuration: Configuration;
  /** Index of its space. */
  readonly space: number;
  /** Who thought of it: the sampler, the user (the defaults, for one), or an earlier study or run. */
  readonly origin: "sampler" | "enqueued" | "imported";
  readonly seen: Seen | null;
  readonly seed: number;
  /** The step at which it pauses or ends. */
  readonly toStep: number;
  /** Of trials that need not be run: those of earlier studies, with their outcome. */
  readonly outcome?: { readonly state: "complete" | "pruned"; readonly metrics: Readonly<Record<string, number>> };
}

export interface TrialRecord extends Omit<NewTrial, "outcome"> {
  readonly state: TrialState;
  /** The last of the steps that were reported; 0 before the first. */
  readonly step: number;
  /** At the end: all figures by name, those of the objectives and constraints among them. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly error: string | null;
  /** Its run folder. */
  readonly folder: string | null;
  /** Goes up with each time that it is taken; what comes with an older one is refused. */
  readonly token: number;
  /** Who has, or had, it. */
  readonly worker: string | null;
  /** Until when it is theirs, in milliseconds since 1970 by the storage's clock. */
  readonly leasedUntil: number | null;
  /** How many times it was lost with its worker. */
  readonly lost: number;
  readonly created: number;
  readonly started: number | null;
  readonly finished: number | null;
}

/** What a trial reached at a step. */
export interface Report {
  readonly trial: number;
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** The right to write about a trial. */
export interface Lease {
  readonly study: number;
  readonly trial: number;
  readonly token: number;
}

export interface Ending {
  /** `paused` gives the lease back until the pruner says more, `waiting` gives it to whoever comes next. */
  readonly state: "complete" | "pruned" | "failed" | "paused" | "waiting";
  readonly metrics?: Readonly<Record<string, number>>;
  readonly error?: string;
}

/**
 * What its user wants of a study. `pause`: what runs is finished, nothing new is begun. `stop`: what runs is given back, and goes on
 * from its last step another time.
 */
export type Wanted = "run" | "pause" | "stop";

/** A process that runs trials. */
export interface WorkerRecord {
  readonly name: string;
  /** How many trials it runs at the same time. */
  readonly slots: number;
  /** When it was heard of last, in milliseconds since 1970 by the storage's clock. */
  readonly seen: number;
}

/**
 * Where studies are kept. Several processes, perhaps on several machines, use one at the same time. What comes with a lease that
 * has been lost, because it ran out and another has the trial now, changes nothing and answers false.
 */
export interface StudyStorage {
  /** @throws UsageError where there is one of that name */
  createStudy(spec: StudySpec, space: SpaceVersion): Promise<StudyRecord>;
  study(name: string): Promise<StudyRecord | undefined>;
  /** All of them, the newest first. */
  studies(): Promise<StudyRecord[]>;
  /** @returns the index of the new space */
  addSpace(study: number, space: SpaceVersion): Promise<number>;
  /** @returns undefined where another trial has that number already */
  addTrial(study: number, trial: NewTrial): Promise<TrialRecord | undefined>;
  /**
   * Trials in the order of their numbers: those from `from` on, and those of `numbers` below it. Whoever remembers those that have
   * ended needs no others.
   */
  trials(study: number, from?: number, numbers?: readonly number[]): Promise<TrialRecord[]>;
  /** What was reported of some trials, or of all, by trial and step. */
  reports(study: number, trials?: readonly number[]): Promise<Report[]>;
  /** Takes a waiting trial. @returns undefined where it is not waiting (any more) */
  claim(
    study: number,
    trial: number,
    worker: string,
    leaseMs: number,
    folder: string,
  ): Promise<TrialRecord | undefined>;
  /** Makes the lease last that much longer from now. */
  renew(lease: Lease, leaseMs: number): Promise<boolean>;
  /** What was reported of this step before is replaced: a trial that goes on from a checkpoint may come by again. */
  report(lease: Lease, step: number, metrics: Readonly<Record<string, number>>): Promise<boolean>;
  end(lease: Lease, ending: Ending): Promise<boolean>;
  /** Lets a paused trial go on. @returns false where it is not paused (any more) */
  promote(study: number, trial: number, toStep: number): Promise<boolean>;
  /** Ends paused trials as pruned: the study is over, and nobody will let them go on. */
  prunePaused(study: number): Promise<void>;
  /**
   * Trials whose lease has run out, or is one of `workers`, wait again; those that were lost `mostLost` times before have become
   * stale.
   * @param workers of which it is known that they are dead
   * @returns the numbers of those that wait again, and of those that are stale now
   */
  release(
    study: number,
    mostLost: number,
    workers?: readonly string[],
  ): Promise<{ waiting: number[]; stale: number[] }>;
  /** A worker says that it is there; with no slots, that it leaves. */
  beat(study: number, worker: string, slots: number): Promise<void>;
  /** Workers that were heard of in the last so many milliseconds. */
  workers(study: number, withinMs: number): Promise<WorkerRecord[]>;
  /** Says what is wanted of a study; whoever searches or works for it finds out at the next look. */
  want(study: number, wanted: Wanted): Promise<void>;
  /** `run`, unless something else was said last. */
  wanted(study: number): Promise<Wanted>;
  close(): Promise<void>;
}
