/** A trial that waits for somebody to take it. */
export interface TrialJob {
  readonly id: string;
  readonly study: number;
  readonly trial: number;
}

/**
 * Tells workers, perhaps on other machines, which trials wait, so that they need not look through the storage. It decides nothing:
 * whose a trial is, `StudyStorage.claim` says. So a job that comes twice does no harm, and one that is lost with its worker comes
 * again after a while.
 */
export interface TrialQueue {
  /** While a job of that trial waits, another adds nothing. */
  send(study: number, trial: number): Promise<void>;
  /**
   * The job that has waited longest; nobody else gets it.
   * @param waitMs how long to wait for one where there is none; 0 unless said
   * @returns undefined where none came, or the queue was closed
   */
  fetch(study: number, waitMs?: number): Promise<TrialJob | undefined>;
  /** To be called as soon as the trial was claimed, or could not be: the job does not come again. */
  done(job: TrialJob): Promise<void>;
  /** Whoever waits in `fetch` gets undefined. */
  close(): Promise<void>;
}
