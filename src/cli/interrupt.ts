/**
 * Ctrl-C: once asks for a clean end (the step in hand is finished and what was learned is kept), twice stops at once.
 * @returns a signal, and a function that takes the handlers away
 */
export function onInterrupt(notice: () => void): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const handle = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    notice();
  };
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
  const release = () => {
    process.off("SIGINT", handle);
    process.off("SIGTERM", handle);
  };
  return { signal: controller.signal, release };
}
