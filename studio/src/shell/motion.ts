/** Whether the reader asked the system for less movement; then things appear where they belong without a way there. */
export const prefersStill = (): boolean =>
  typeof matchMedia !== "undefined" && matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Milliseconds of a transition, or none for those who want none. */
export const duration = (milliseconds: number): number => (prefersStill() ? 0 : milliseconds);
