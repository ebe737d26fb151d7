import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../../core/index.ts";
import type { Configuration, Space } from "../../../space/index.ts";
import { Study, type StudyStorage } from "../../../tune/index.ts";
import { defaultSpace } from "../../tune/index.ts";
import { readCheckpoint } from "../checkpoint-file.ts";
import { readConfig } from "../config-file.ts";
import type { OpenStudy } from "./search.ts";

/** What became of the trials of an earlier study, or of a run. */
export interface WarmStart {
  /** They count as trials of this study: the same data, the same length. */
  readonly adopted: number;
  /** Their figures mean nothing here, but the best of them are tried first. */
  readonly enqueued: number;
  /** They have values that this study's space has not. */
  readonly left: number;
}

interface Earlier {
  readonly configuration: Configuration;
  readonly metrics: Readonly<Record<string, number>>;
  /** The same data and the same length, so that its figures can be compared. */
  readonly comparable: boolean;
}

/** Of an earlier study on other data, how many configurations are worth a trial. */
const BEST = 5;

/**
 * Takes over what an earlier study of the same storage, or a run, has found.
 * @param from the name of a study, or the folder of a run
 * @throws UsageError where it is neither
 */
export async function warmStart(storage: StudyStorage, open: OpenStudy, from: string): Promise<WarmStart> {
  const { study } = open;
  const found =
    (await storage.study(from)) === undefined ? await ofRun(open, from) : await ofStudy(storage, study, from);
  const fitting = found.flatMap(({ configuration, ...rest }) => {
    const own = fitted(study.space, configuration);
    return own === undefined ? [] : [{ configuration: own, ...rest }];
  });
  const objectives = study.record.objectives.map(({ metric }) => metric);
  const counts = ({ comparable, metrics }: Earlier) =>
    comparable && objectives.every((one) => metrics[one] !== undefined);
  const adopted = fitting.filter(counts);
  for (const { configuration, metrics } of adopted) await study.adopt(configuration, metrics);
  const others = fitting.filter((one) => !counts(one)).slice(0, BEST);
  for (const { configuration } of others) await study.enqueue(configuration);
  return { adopted: adopted.length, enqueued: others.length, left: found.length - fitting.length };
}

/** What of a configuration a space has; undefined where one of its values is not in it. */
function fitted(space: Space, values: Configuration): Configuration | undefined {
  const own: Record<string, Configuration[string]> = {};
  for (const name of space.names) if (space.isActive(name, own) && name in values) own[name] = values[name];
  try {
    return space.checked(own);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

async function ofStudy(storage: StudyStorage, study: Study, name: string): Promise<Earlier[]> {
  const earlier = await Study.open(storage, name);
  const { fingerprint, steps } = study.record;
  const comparable = earlier.record.fingerprint === fingerprint && earlier.record.steps === steps;
  return earlier.ranked().map(({ configuration, metrics }) => ({ configuration, metrics, comparable }));
}

async function ofRun({ study, trainer }: OpenStudy, folder: string): Promise<Earlier[]> {
  const config = await stat(join(folder, "config.yaml")).catch(() => undefined);
  if (config === undefined) {
    const fix = "give the name of a study of this storage, or runs/<name>";
    throw new UsageError(folder, "there is neither a study nor a run of that name", fix);
  }
  const options = { ...(await readConfig(join(folder, "config.yaml"))), data: trainer.options.data };
  const { facts } = await trainer.data(() => {});
  const { usual } = defaultSpace(options, facts);
  const written = await readFile(join(folder, "metrics.json"), "utf8").catch(() => undefined);
  const { validation = null, interrupted = true, parameters } = written === undefined ? {} : JSON.parse(written);
  const checkpoint = await readCheckpoint(folder).catch(() => undefined);
  const { fingerprint, steps } = study.record;
  const comparable =
    checkpoint?.fingerprint === fingerprint && options.epochs === steps && validation !== null && !interrupted;
  return [{ configuration: usual, metrics: { ...numbersOf(validation ?? {}), parameters }, comparable }];
}

const numbersOf = (figures: object) =>
  Object.fromEntries(Object.entries(figures).filter(([, value]) => typeof value === "number"));
