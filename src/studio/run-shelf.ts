/** A run as the table of all runs shows it. What could not be read is null, and `problems` says why. */
export interface RunSummary {
  /** Its folder, relative to that of all runs. */
  readonly name: string;
  /** When its folder was made and when something in it was last written, in milliseconds since 1970. */
  readonly created: number;
  readonly changed: number;
  /** Epochs that are done. */
  readonly epochs: number;
  readonly validationAccuracy: number | null;
  /** Files that are damaged, and how. */
  readonly problems: readonly string[];
}

/** The runs of one folder. */
export interface RunShelf {
  /** All of them, the newest first. */
  list(): Promise<readonly RunSummary[]>;
}
