import { UsageError } from "../core/index.ts";
import { ended, type TrialRecord } from "./storage.ts";
import type { Study } from "./study.ts";

export interface CoordinateOptions {
  /** How many trials may be open, waiting or running, at the same time; asked again and again, since workers come and go. */
  readonly slots: () => number | Promise<number>;
  /** Tells a worker of a trial that waits. Several may be told of the same one; the storage decides whose it is. */
  readonly send: (trial: number) => void | Promise<void>;
  /** How many trials there are to be in all. */
  readonly budget?: number | null;
  /** Aborted when no more trials are to be asked for. */
  readonly signal: AbortSignal;
  /** Of which it is known that they are dead, so that their trials need not wait for the end of their lease. */
  readonly dead?: () => readonly string[];
  /** Times that a trial may be lost with its worker before it is given up. */
  readonly mostLost?: number;
  /** Resolves when something has happened that may make room; after `pollMs` it is looked anyway. */
  readonly change?: () => Promise<void>;
  readonly pollMs?: number;
  /** After each look at the study. */
  readonly onLook?: () => void;
}

/** How a search ended; `paused` where its user wanted no more of it for now. `open` trials wait, run or are paused still. */
export interface Searched {
  readonly reason: "budget" | "exhausted" | "stopped" | "paused";
  readonly open: number;
}

/** After how long somebody else is told of a trial that nobody has taken. */
const RESEND_MS = 10_000;

/** A study whose first trials all fail is not going to get better. */
const HOPELESS = 5;

/** Keeps workers busy: hands out what waits, goes on with what is promoted, asks for more, until the study is over. */
export async function coordinate(study: Study, options: CoordinateOptions): Promise<Searched> {
  const { slots, send, budget = null, signal, dead, mostLost = 3, pollMs = 250, onLook } = options;
  /** Trials that somebody was told of, and when. */
  const handed = new Map<number, number>();
  const countOf = (counts: (trial: TrialRecord) => boolean) => study.trials.filter(counts).length;
  /** Trials that somebody works on, or has been told of. */
  const busy = () => countOf(({ number, state }) => state === "running" || (state === "waiting" && handed.has(number)));
  let exhausted = false;
  for (;;) {
    const wanted = await study.storage.wanted(study.record.id);
    const { waiting } = await study.storage.release(study.record.id, mostLost, dead?.() ?? []);
    for (const number of waiting) handed.delete(number);
    await study.refresh();
    refuseHopeless(study);
    // One that was given back waits again.
    for (const { number, state } of study.trials) {
      // A worker may have died with the news.
      if (state !== "waiting" || (handed.get(number) ?? 0) < Date.now() - RESEND_MS) handed.delete(number);
    }
    const room = await slots();
    let idle = false;
    while (wanted === "run" && !signal.aborted && !idle && busy() < room) {
      const next = await study.next(handed, budget);
      if (next?.kind === "trial") {
        handed.set(next.number, Date.now());
        await send(next.number);
        await study.refresh();
      } else {
        idle = true;
        exhausted = next?.kind === "exhausted";
      }
    }
    onLook?.();
    const open = countOf(({ state }) => state === "running" || state === "waiting");
    if (signal.aborted) return { reason: "stopped", open: open + countOf(({ state }) => state === "paused") };
    // What runs is finished before a pause, and given back before a stop.
    const running = countOf(({ state }) => state === "running");
    if (wanted === "stop" || (wanted === "pause" && running === 0)) {
      return { reason: "paused", open: open + countOf(({ state }) => state === "paused") };
    }
    if (idle && open === 0) {
      // Nobody is left to be compared with: what is paused now stays so.
      await study.storage.prunePaused(study.record.id);
      await study.refresh();
      return { reason: exhausted ? "exhausted" : "budget", open: 0 };
    }
    await pause(pollMs, signal, options.change?.());
  }
}

/** @throws UsageError with what went wrong, where it goes wrong for every trial */
function refuseHopeless({ trials }: Study): void {
  const over = trials.filter(({ state }) => ended.has(state));
  const failed = over.filter(({ state }) => state === "failed");
  if (failed.length < HOPELESS || failed.length < over.length) return;
  const fix = "mend that, then start a new study";
  throw new UsageError("argmin tune", `all ${failed.length} trials failed; the last: ${failed.at(-1)!.error}`, fix, 1);
}

/** Waits until time has passed, something has changed, or nobody wants to wait any more. */
async function pause(ms: number, signal: AbortSignal, change: Promise<void> | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wake = () => {};
  const waited = new Promise<void>((resolve) => {
    wake = resolve;
    timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", wake, { once: true });
  });
  await Promise.race([waited, ...(change === undefined ? [] : [change])]);
  clearTimeout(timer);
  signal.removeEventListener("abort", wake);
}
