import { UsageError } from "../core/index.ts";
import type { Output } from "./output.ts";

/**
 * Ctrl-C: once asks for a clean end (the step in hand is finished and what was learned is kept), twice stops at once. Then
 * the process dies of the signal itself, which a shell reports as 130: `process.exit` would first end the worker threads,
 * and one that is inside native code takes the process down with an abort.
 * @returns a signal, and a function that takes the handlers away
 */
export function onInterrupt(
  output: Output,
  notice: string,
): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const release = () => {
    process.off("SIGINT", handle);
    process.off("SIGTERM", handle);
  };
  const handle = () => {
    if (controller.signal.aborted) {
      output.endProgress();
      release();
      process.kill(process.pid, "SIGINT");
      return;
    }
    controller.abort();
    output.say(notice);
  };
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
  return { signal: controller.signal, release };
}

/** Runs a training that Ctrl-C ends cleanly; the exit code, which is 130 where it came before the first step. */
export async function untilInterrupted(
  output: Output,
  command: string,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const { signal, release } = onInterrupt(output, "Stopping after this step; press Ctrl-C again to stop at once.");
  try {
    return await work(signal);
  } catch (error) {
    if (signal.aborted && (error as Error).name === "AbortError") {
      const fix = "run it again; nothing was kept";
      output.error(new UsageError(command, "it was interrupted before the first step", fix));
      return 130;
    }
    throw error;
  } finally {
    release();
  }
}
