import type { ResumeOptions } from "../experiment/node/index.ts";
import { resume } from "../experiment/node/index.ts";
import { parseDuration } from "./duration-flag.ts";
import { untilInterrupted } from "./interrupt.ts";
import { callOf, type Output } from "./output.ts";
import { parseNumber } from "./train-options.ts";
import { reportEvent, reportRun } from "./train-report.ts";

/** The flags of `resume`, as they come from the command line. */
export interface ResumeFlags {
  readonly epochs?: string;
  readonly steps?: string;
  readonly time?: string;
  readonly patience?: string;
  readonly data?: string;
  readonly cache?: string;
  /** false after --no-report. */
  readonly report?: boolean;
}

/** Goes on with a run; the exit code of the command. */
export async function resumeCommand(
  output: Output,
  folder: string,
  flags: ResumeFlags,
  argv: readonly string[],
): Promise<number> {
  const { epochs, steps, time, patience, data, cache, report } = flags;
  const given: ResumeOptions = {
    command: callOf(argv),
    ...(epochs === undefined ? {} : { epochs: parseNumber("--epochs", epochs, "20") }),
    ...(steps === undefined ? {} : { steps: parseNumber("--steps", steps, "2000") }),
    ...(time === undefined ? {} : { time: parseDuration("--time", time) }),
    ...(patience === undefined ? {} : { patience: parseNumber("--patience", patience, "5") }),
    ...(data === undefined ? {} : { data }),
    ...(cache === undefined ? {} : { cache }),
    ...(report === false ? { report } : {}),
  };
  return await untilInterrupted(output, "argmin resume", async (signal) => {
    const run = await resume(folder, { ...given, signal, onEvent: (event) => reportEvent(output, event) });
    reportRun(output, run);
    return run.interrupted ? 130 : 0;
  });
}
