import type { RunSummary, RunsChange } from "../../../src/studio/index.ts";

export interface LiveRuns {
  /** The stream begins, for the first time or anew: what was missed meanwhile has to be asked for. */
  readonly onReady: () => void;
  readonly onChange: (change: RunsChange) => void;
  /** Nobody answers; the browser tries again by itself. */
  readonly onLost: () => void;
}

/** Listens to what happens to the runs, until the function that it returns is called. */
export function listen({ onReady, onChange, onLost }: LiveRuns): () => void {
  const source = new EventSource("api/events");
  source.addEventListener("ready", onReady);
  source.addEventListener("runs", (event) => onChange(JSON.parse(event.data)));
  source.addEventListener("error", onLost);
  return () => source.close();
}

/** The list after a change. */
export function changed(runs: readonly RunSummary[], { changed: anew, gone }: RunsChange): readonly RunSummary[] {
  const byName = new Map(runs.map((run) => [run.name, run]));
  for (const name of gone) byName.delete(name);
  for (const run of anew) {
    const before = byName.get(run.name);
    // Equal settings stay the same object, so that what was made of them stays true.
    const same = before && JSON.stringify(before.settings) === JSON.stringify(run.settings);
    byName.set(run.name, same ? { ...run, settings: before.settings } : run);
  }
  return [...byName.values()];
}
