import { UsageError } from "../core/index.ts";

const FIRST_MS = 5;
const LONGEST_MS = 1000;

/**
 * Does something until it works, for as long as there is hope.
 * @param passes whether an error may pass of itself
 * @param patienceMs how long it is tried
 * @param over what is thrown in the end
 */
export async function persist<T>(
  work: (again: boolean) => Promise<T>,
  passes: (error: unknown) => boolean,
  patienceMs: number,
  over: (error: unknown, seconds: number) => unknown,
): Promise<T> {
  const started = performance.now();
  for (let tries = 0; ; tries++) {
    try {
      return await work(tries > 0);
    } catch (error) {
      if (error instanceof UsageError || !passes(error)) throw error;
      const passed = performance.now() - started;
      if (passed >= patienceMs) throw over(error, Math.round(passed / 1000));
      const pause = Math.min(FIRST_MS * 2 ** tries, LONGEST_MS, patienceMs - passed);
      // Many who wait for one database come back at different times.
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random() / 2)));
    }
  }
}
