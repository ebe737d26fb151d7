import { Stopped, stop } from "../engine/client.ts";

export type RunPhase = "idle" | "running" | "done" | "stopped" | "failed";

/** A task of the worker as a view watches it: what it has reported, and how it stands. */
export class Run<Report, Result = null> {
  phase = $state<RunPhase>("idle");
  reports = $state.raw<readonly Report[]>([]);
  result = $state.raw<Result | undefined>();
  error = $state<string | null>(null);
  /** What was asked, to tell whether the picture still belongs to the controls. */
  key = $state<string | null>(null);
  #turn = 0;

  async start(key: string, task: (report: (report: Report) => void) => Promise<Result>): Promise<void> {
    this.stop();
    const turn = ++this.#turn;
    this.phase = "running";
    this.reports = [];
    this.result = undefined;
    this.error = null;
    this.key = key;
    // Reports come by the hundred in a second: they are shown frame by frame.
    let fresh: Report[] = [];
    let awaited = false;
    const flush = () => {
      awaited = false;
      if (turn !== this.#turn) return;
      this.reports = [...this.reports, ...fresh];
      fresh = [];
    };
    try {
      const result = await task((report) => {
        fresh.push(report);
        if (!awaited) requestAnimationFrame(flush);
        awaited = true;
      });
      if (turn !== this.#turn) return;
      flush();
      this.result = result;
      this.phase = "done";
    } catch (error) {
      if (turn !== this.#turn) return;
      flush();
      this.phase = error instanceof Stopped ? "stopped" : "failed";
      this.error = error instanceof Stopped ? null : error instanceof Error ? error.message : String(error);
    }
  }

  stop(): void {
    if (this.phase === "running") stop();
  }
}
