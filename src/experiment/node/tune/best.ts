import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset } from "../../../data/index.ts";
import type { TrialRecord } from "../../../tune/index.ts";
import type { ExperimentEvent, Run } from "../../options.ts";
import { finish } from "../finish.ts";
import { resumeOn } from "../resume.ts";
import { trainOn } from "../train.ts";
import type { OpenStudy } from "./search.ts";

interface Judging {
  /** What was typed; the report shows it. */
  readonly command?: string;
  readonly report?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ExperimentEvent) => void;
}

/**
 * Makes a whole run of a trial: it is judged by the test pictures, once, and gets its report.
 * @returns undefined where its folder is not here: another machine has run it, or has cleared it away
 */
export async function finishTrial(
  { trainer }: OpenStudy,
  trial: TrialRecord,
  options: Judging,
): Promise<Run | undefined> {
  const { folder, configuration } = trial;
  if (folder === null) return undefined;
  const kept = await stat(join(folder, "checkpoints", "last.safetensors")).catch(() => undefined);
  if (kept === undefined) return undefined;
  const dataset = await trainer.datasetOf(configuration);
  return (await resumeOn(folder, { ...options, data: trainer.source }, finish, dataset)).run;
}

/**
 * Trains a configuration on the validation pictures as well: nothing is left to choose, so none need be held back. The run is
 * `retrained` in the study's folder, or `retrained-2`, …: the first that is free.
 */
export async function retrain(
  { trainer, folder }: OpenStudy,
  { configuration }: TrialRecord,
  options: Judging,
): Promise<Run> {
  const whole = { ...trainer.optionsOf(configuration), ...options, folder: freeFolder(join(folder, "retrained")) };
  const { unknown: _unknown, patience: _patience, ...own } = whole;
  return (await trainOn(trainer.source, own, finish, joined(await trainer.datasetOf(configuration)))).run;
}

function freeFolder(path: string): string {
  for (let count = 1; ; count++) {
    const free = count === 1 ? path : `${path}-${count}`;
    if (!existsSync(free)) return free;
  }
}

/** Training and validation pictures as one, in the order of the data. */
function joined(dataset: Dataset): Dataset {
  const { train, validation, test } = dataset.split;
  const both = Int32Array.from([...train, ...validation]).sort();
  const split = { ...dataset.split, train: both, validation: new Int32Array(0), test };
  return { ...dataset, split };
}
