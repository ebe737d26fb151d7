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
