import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExperimentEvent } from "../experiment/index.ts";
import { openStudy, workFor } from "../experiment/node/index.ts";
import { shownMetric, wordsOf } from "../experiment/tune/index.ts";
import { openQueue, openStorage } from "../store/node/index.ts";
import type { StudyStorage } from "../tune/index.ts";
import { parseDuration } from "./duration-flag.ts";
import { untilInterrupted } from "./interrupt.ts";
import { duration, type Output, style } from "./output.ts";
import { reportEvent } from "./train-report.ts";
import { parseWorkers } from "./tune.ts";

export interface WorkerFlags {
  readonly storage: string;
  readonly study?: string;
  readonly workers?: string;
  readonly data?: string;
  readonly runs?: string;
  readonly cache?: string;
  readonly idle?: string;
}

/** How often a worker without work looks for a newer study. */
const LOOK_MS = 2000;

/** Works for studies that others coordinate, until it is told to stop; the exit code. */
export async function workerCommand(output: Output, flags: WorkerFlags): Promise<number> {
  const slots = parseWorkers(flags.workers, 1);
  const idleMs = flags.idle === undefined ? Number.POSITIVE_INFINITY : 1000 * parseDuration("--idle", flags.idle);
  return await untilInterrupted(output, "argmin worker", async (signal) => {
    const storage = await openStorage(flags.storage, { create: false });
    const queue = await openQueue(flags.storage);
    try {
      let idleSince = Date.now();
      while (!signal.aborted && Date.now() - idleSince < idleMs) {
        const name = flags.study ?? (await newest(storage));
        if (name === undefined) {
          await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
          continue;
        }
        const opening = { onEvent: (event: ExperimentEvent) => reportEvent(output, event), signal };
        const open = await openStudy(storage, name, opening, {
          ...(flags.data === undefined ? {} : { data: flags.data }),
          ...(flags.cache === undefined ? {} : { cache: flags.cache }),
          ...(flags.runs === undefined ? {} : { folder: join(flags.runs, name) }),
        });
        output.endProgress();
        output.say(`working for ${style("bold", name)}, ${slots} ${slots === 1 ? "trial" : "trials"} at a time`);
        output.event({ event: "working", study: name, slots });
        const stop = new AbortController();
        const end = () => stop.abort();
        signal.addEventListener("abort", end);
        const running = new Set<number>();
        idleSince = Date.now();
        // A newer study, or time enough without work, ends the work for this one.
        const look = setInterval(async () => {
          if (running.size > 0) idleSince = Date.now();
          else if (Date.now() - idleSince >= idleMs) end();
          else if (flags.study === undefined && (await newest(storage).catch(() => name)) !== name) end();
        }, LOOK_MS);
        try {
          await workFor(open, {
            ...{ slots, queue, signal: stop.signal },
            onTrial: (event) => {
              const { trial } = event;
              if (event.type === "report") {
                running.add(trial);
                const { pruneBy, steps } = open.study.record;
                const value = shownMetric(pruneBy.metric, event.metrics[pruneBy.metric]);
                output.say(`trial ${trial}: epoch ${event.step} of ${steps}, ${wordsOf(pruneBy.metric)} ${value}`);
              } else {
                running.delete(trial);
                output.say(`trial ${trial}: ${event.left}`);
              }
              const { type, ...facts } = event;
              output.event({ event: type, ...facts });
            },
          });
        } finally {
          clearInterval(look);
          signal.removeEventListener("abort", end);
        }
      }
      if (!signal.aborted) output.say(`nothing to do for ${duration(idleMs / 1000)}`);
      return signal.aborted ? 130 : 0;
    } finally {
      await queue.close();
      await storage.close();
    }
  });
}

const newest = async (storage: StudyStorage) => (await storage.studies())[0]?.name;
