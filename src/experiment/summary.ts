import type { Run } from "./options.ts";

/** The result of a run in one line for programs: what `--json` prints last, and `events.ndjson` ends with. */
export function summary(run: Run): object {
  const { test, best, solution, seconds, parameters, weightsHash, interrupted, stoppedEarly } = run;
  return {
    event: "done",
    run: run.folder,
    test: test && { accuracy: test.accuracy, loss: test.loss },
    best,
    ...(solution ? { solution } : {}),
    seconds: Number(seconds.toFixed(3)),
    parameters,
    weightsHash,
    ...(interrupted ? { interrupted: true } : {}),
    ...(stoppedEarly ? { stoppedEarly: true } : {}),
  };
}
