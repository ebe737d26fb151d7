import type { Figures } from "../metrics/index.ts";
import type { Run } from "./options.ts";

/** The result of a run in one line for programs: what `--json` prints last, and `events.ndjson` ends with. */
export function summary(run: Run): object {
  const { test, best, baseline, solution, unknown, seconds, parameters, weightsHash, interrupted, stoppedEarly } = run;
  return {
    event: "done",
    run: run.folder,
    test: test && inShort(test),
    best,
    baseline,
    ...(solution ? { solution } : {}),
    ...(unknown ? { unknown } : {}),
    seconds: Number(seconds.toFixed(3)),
    parameters,
    weightsHash,
    ...(interrupted ? { interrupted: true } : {}),
    ...(stoppedEarly ? { stoppedEarly: true } : {}),
  };
}

/** The figures that are one number, and the interval; `metrics.json` has the tables and curves too. */
export function inShort(figures: Figures) {
  const { images, accuracy, interval, loss, calibrationError, balancedAccuracy, macroF1 } = figures;
  return { images, accuracy, interval, loss, calibrationError, balancedAccuracy, macroF1 };
}
