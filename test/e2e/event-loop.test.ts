/** The main thread stays free while the worker trains: a studio, a progress bar and Ctrl-C live there. */

import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { adam, mlp, shapes, train } from "argmin";
import { expect, test } from "vitest";
import { temporaryFolder } from "./support.ts";

/** What the project promises: milliseconds. */
const LONGEST_BLOCK = 50;

// On a busy machine the thread may also wait for a processor, which looks the same but does not happen each time; what
// our own code does happens each time.
test("while training, the main thread's event loop is never blocked for 50 ms", { retry: 3 }, async () => {
  // Resolution 5 ms: a block is seen as the delay of a timer that should have fired every 5 ms.
  const delay = monitorEventLoopDelay({ resolution: 5 });
  let events = 0;
  let longest = 0;
  const run = await train({
    data: shapes({ train: 4000, validation: 500, test: 100 }),
    model: mlp(),
    optimizer: adam(),
    epochs: 2,
    folder: join(temporaryFolder(), "run"),
    onEvent: ({ type, ...event }) => {
      // From the first step, when the worker is at full speed, to the end of the last epoch. What comes before (tracing
      // the graphs) and after (judging, exporting) is not training.
      if (type === "progress" && events++ === 0) delay.enable();
      if (type === "epoch" && "epoch" in event && event.epoch === 2) {
        delay.disable();
        longest = delay.max / 1e6;
      }
    },
  });
  expect(run.history).toHaveLength(2);
  expect(events).toBeGreaterThan(5);
  expect(delay.count).toBeGreaterThan(50);
  expect(longest).toBeLessThan(LONGEST_BLOCK);
});
