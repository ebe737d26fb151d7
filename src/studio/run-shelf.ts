/** What happens to a run: it trains, it has ended as it should, it was ended early, or its process is gone. */
export type RunState = "running" | "finished" | "interrupted" | "stopped";

/** A run as the table of all runs shows it. What could not be read is null, and `problems` says why. */
export interface RunSummary {
  /** Its folder, relative to that of all runs. */
  readonly name: string;
  readonly state: RunState;
  readonly pinned: boolean;
  /** When its folder was made and when something in it was last written, in milliseconds since 1970. */
  readonly created: number;
  readonly changed: number;
  /** `config.yaml`, as it stands. */
  readonly settings: Readonly<Record<string, unknown>> | null;
  /** Epochs that are done, and those of the whole run where that is known. */
  readonly epochs: number;
  readonly plannedEpochs: number | null;
  /** Where a running one stands within its epoch: a share of the whole run, and the seconds that are left. */
  readonly progress: { readonly share: number; readonly secondsLeft: number } | null;
  /** The epoch with the best validation, by accuracy and then by loss; null before the first and without validation pictures. */
  readonly bestEpoch: number | null;
  readonly validationAccuracy: number | null;
  readonly validationLoss: number | null;
  /** Of the last epoch. */
  readonly trainLoss: number | null;
  readonly testAccuracy: number | null;
  readonly parameters: number | null;
  /** Of training. */
  readonly seconds: number | null;
  /** Files that are damaged, and how. */
  readonly problems: readonly string[];
}

/** The epochs of a run, a list for each column of `metrics.csv`; NaN is told as null. */
export interface Curves {
  readonly epoch: readonly number[];
  readonly step: readonly (number | null)[];
  readonly seconds: readonly (number | null)[];
  readonly trainLoss: readonly (number | null)[];
  readonly validationLoss: readonly (number | null)[];
  readonly validationAccuracy: readonly (number | null)[];
  readonly learningRate: readonly (number | null)[];
  readonly gradientNorm: readonly (number | null)[];
  readonly zeros: readonly (number | null)[];
}

/** What has changed since the last time. */
export interface RunsChange {
  /** New runs, and those that are not as they were. */
  readonly changed: readonly RunSummary[];
  /** Names of those that are no longer there. */
  readonly gone: readonly string[];
}

/** A run in the trash. */
export interface Discarded {
  readonly id: string;
  readonly name: string;
  /** In milliseconds since 1970. */
  readonly when: number;
}

/** The runs of one folder. */
export interface RunShelf {
  /** All of them, the newest first. */
  list(): Promise<readonly RunSummary[]>;
  /** The curves of those that are there. */
  curves(names: readonly string[]): Promise<Readonly<Record<string, Curves>>>;
  /** Looks from now on, once a second, until the function that it returns is called. */
  watch(changed: (change: RunsChange) => void): () => void;
  /** @throws Problem 404, or 409 where it is being trained or the name is taken */
  rename(name: string, to: string): Promise<void>;
  pin(name: string, pinned: boolean): Promise<void>;
  /** Moves it to the trash, whence `restore` brings it back by the id. @throws Problem 404, or 409 where it is being trained */
  discard(name: string): Promise<Discarded>;
  /** @throws Problem 404, or 409 where its name has been taken */
  restore(id: string): Promise<void>;
  trash(): Promise<readonly Discarded[]>;
  /** Deletes for good what is in the trash. */
  emptyTrash(): Promise<void>;
}
