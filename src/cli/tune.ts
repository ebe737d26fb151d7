import { join } from "node:path";
import { UsageError } from "../core/index.ts";
import type { ExperimentEvent } from "../experiment/index.ts";
import {
  createStudy,
  type OpenStudy,
  openStudy,
  readSpaceFile,
  search,
  TrialTrainer,
  wantToRun,
  warmStart,
} from "../experiment/node/index.ts";
import {
  allows,
  type DataFacts,
  defaultSpace,
  firstTrials,
  grown,
  knownParameters,
  parseConstraint,
  parseObjectives,
  pruneBy as pruneByOf,
  refuseUnreachable,
  usualPruner,
  wordsOf,
} from "../experiment/tune/index.ts";
import type { Configuration, Space } from "../space/index.ts";
import { parseAddress } from "../store/address.ts";
import { openQueue, openStorage } from "../store/node/index.ts";
import {
  ended,
  type Objective,
  pruners,
  type Searched,
  type StudyStorage,
  samplers,
  type TrialQueue,
} from "../tune/index.ts";
import { parseUnit } from "./compact.ts";
import { parseDuration } from "./duration-flag.ts";
import { untilInterrupted } from "./interrupt.ts";
import { duration, grouped, type Output, style } from "./output.ts";
import { freeName, type RunFlags, refuseName, stemOf } from "./run-name.ts";
import { shownAddress } from "./shown-address.ts";
import { StudyWatch } from "./study-watch.ts";
import { parseNumber, type TrainFlags } from "./train-options.ts";
import { reportEvent } from "./train-report.ts";
import { baseOf } from "./tune-base.ts";
import { type Concluding, concluded } from "./tune-result.ts";

export interface TuneFlags extends TrainFlags, RunFlags {
  readonly config?: string;
  readonly sampler?: string;
  readonly pruner?: string;
  readonly pruneBy?: string;
  readonly objective?: string;
  readonly constraint?: readonly string[];
  readonly space?: string;
  readonly trials?: string;
  readonly storage?: string;
  readonly workers?: string;
  readonly resume?: string;
  readonly asWanted?: boolean;
  readonly from?: readonly string[];
  readonly retrain?: boolean;
  readonly keepAll?: boolean;
}

/** Trials of a search that nobody has set a budget for: what a night allows, and a table can show. */
const USUAL_TRIALS = 50;

/** Where studies are kept. */
export const storageOf = ({ storage, runs }: Pick<TuneFlags, "storage" | "runs">) =>
  storage ?? `sqlite:${join(runs, "studies.db")}`;

function wholeNumber(flag: string, text: string, least: number): number {
  const value = parseNumber(flag, text, String(Math.max(least, 4)));
  if (Number.isInteger(value) && value >= least) return value;
  throw new UsageError(flag, `is ${text}`, `give a whole number, ${least} or more`);
}

/** How many trials run at the same time; one, unless said. */
export const parseWorkers = (workers: string | undefined, least: number): number =>
  workers === undefined ? 1 : wholeNumber("--workers", workers, least);

/** How long the search is: trials, seconds, or both, whichever is over first. */
function budgetOf({ trials, time }: TuneFlags): { budget: number | null; seconds: number | null } {
  const seconds = time === undefined ? null : parseDuration("--time", time);
  if (trials !== undefined) return { budget: wholeNumber("--trials", trials, 1), seconds };
  return { budget: seconds === null ? USUAL_TRIALS : null, seconds };
}

/** A study that is about to begin. */
interface Planned {
  readonly trainer: TrialTrainer;
  readonly facts: DataFacts;
  readonly spec: Parameters<typeof createStudy>[2];
  readonly space: Space;
  /** Tried first: what a training with the same options would do. */
  readonly start: Configuration;
}

type Opening = Parameters<typeof openStudy>[2];

/** Everything that can be wrong is found here, before anything is written. */
async function plan(data: string | undefined, flags: TuneFlags, opening: Opening): Promise<Planned> {
  const objectives = parseObjectives(flags.objective ?? "accuracy");
  const constraints = (flags.constraint ?? []).map(parseConstraint);
  const sampler = parseUnit("--sampler", "sampler", samplers, flags.sampler ?? "gp");
  const pruner = parseUnit("--pruner", "pruner", pruners, flags.pruner ?? usualPruner(objectives));
  const by = pruneByOf(objectives, flags.pruneBy);
  const base = await baseOf(data, flags);
  const { options } = base;
  const trainer = await TrialTrainer.open(options);
  const { settings, facts } = await trainer.data(opening.onEvent, opening.signal);
  if (settings.epochs === null) {
    throw new UsageError("argmin tune", "trials are as long as epochs say", "leave steps and time out of --config", 2);
  }
  const said = base.said(facts);
  const { space, start } =
    flags.space === undefined
      ? defaultSpace(options, facts, said)
      : await readSpaceFile(flags.space, options, facts, said);
  refuseUnreachable(space, constraints, options, facts);
  const name = flags.name ?? freeName(flags.runs, stemOf(settings.data, "tune"));
  const named = ({ unit, options: own }: ReturnType<typeof parseUnit>) => ({ name: unit.name, options: own });
  return {
    ...{ trainer, facts, space, start },
    spec: {
      ...{ name, seed: settings.seed, objectives, constraints, pruneBy: by, steps: settings.epochs },
      ...{ sampler: named(sampler), pruner: named(pruner), folder: join(flags.runs, name) },
    },
  };
}

export async function tuneCommand(
  output: Output,
  data: string | undefined,
  flags: TuneFlags,
  argv: readonly string[],
): Promise<number> {
  refuseName(flags.name);
  const lengths = budgetOf(flags);
  const slots = parseWorkers(flags.workers, 0);
  const url = storageOf(flags);
  if (slots === 0 && !isShared(url)) {
    const fix = "give --workers 1, or --storage postgres://…";
    throw new UsageError("--workers", "is 0, and no other machine can reach this storage", fix);
  }
  return await untilInterrupted(output, "argmin tune", async (signal) => {
    const opening = { onEvent: (event: ExperimentEvent) => reportEvent(output, event), signal };
    const planned = flags.resume === undefined ? await plan(data, flags, opening) : undefined;
    const storage = await openStorage(url, { create: planned !== undefined });
    const queue = isShared(url) ? await openQueue(url) : undefined;
    try {
      const open =
        planned === undefined
          ? await resumed(storage, flags, data, opening)
          : await begun(output, storage, planned, flags, opening);
      output.endProgress();
      tellStudy(output, open, lengths, url);
      return await searched(output, open, { ...lengths, slots, queue, signal, flags, argv, url });
    } finally {
      await queue?.close();
      await storage.close();
    }
  });
}

/** Whether other machines can reach it. */
const isShared = (url: string) => parseAddress(url).kind === "postgres";

async function begun(
  output: Output,
  storage: StudyStorage,
  { trainer, facts, spec, space, start }: Planned,
  flags: TuneFlags,
  opening: Opening,
): Promise<OpenStudy> {
  const version = { parameters: space.parameters, fill: {} };
  const known = knownParameters(trainer.options, facts);
  const keeps = allows(space, spec.constraints, trainer.options, facts);
  const { budget } = budgetOf(flags);
  const first = firstTrials(space, start, keeps, { ...spec, known, budget: budget ?? undefined });
  if (first.length === 0 || space.keyOf(first[0]) !== space.keyOf(start))
    output.say("  what train would do is above a limit: the first trial is a smaller network of its kind");
  const open = await createStudy(storage, trainer, spec, version, first, opening);
  for (const from of flags.from ?? []) {
    const { adopted, enqueued, left } = await warmStart(storage, open, from);
    const said = [
      ...(adopted > 0 ? [`${adopted} trials count here`] : []),
      ...(enqueued > 0 ? [`${enqueued} configurations are tried first`] : []),
      ...(left > 0 ? [`${left} do not fit this space`] : []),
    ];
    output.say(`  from ${from}: ${said.join(", ") || "nothing to take over"}.`);
  }
  return open;
}

async function resumed(
  storage: StudyStorage,
  flags: TuneFlags,
  data: string | undefined,
  opening: Opening,
): Promise<OpenStudy> {
  const moved = {
    ...(data === undefined ? {} : { data }),
    ...(flags.cache === undefined ? {} : { cache: flags.cache }),
  };
  // By who starts this process for others it is said before that.
  if (!flags.asWanted) await wantToRun(storage, flags.resume!);
  const open = await openStudy(storage, flags.resume!, opening, moved);
  if (flags.space === undefined) return open;
  const { trainer, study } = open;
  const { facts } = await trainer.data(opening.onEvent, opening.signal);
  const { space, usual } = await readSpaceFile(flags.space, trainer.options, facts);
  await study.widen(grown(study.space, space, usual));
  return open;
}

function tellStudy(
  output: Output,
  { study, folder }: OpenStudy,
  { budget, seconds }: ReturnType<typeof budgetOf>,
  url: string,
): void {
  const { name, sampler, pruner, objectives, constraints, steps } = study.record;
  const lengths = [
    ...(budget === null ? [] : [`${grouped(budget)} trials`]),
    ...(seconds === null ? [] : [duration(seconds)]),
  ];
  const pruning = pruner.name === "none" ? "" : `, pruned by ${pruner.name}`;
  output.say(
    `${style("bold", name)}: ${study.space.names.length} parameters, ${lengths.join(" or ")} of up to ${steps} epochs`,
  );
  output.say(`  ${sampler.name}${pruning}, for ${objectives.map(objectiveText).join(" and ")}`);
  for (const { metric, atMost } of constraints) output.say(`  ${metric} at most ${grouped(atMost)}`);
  const over = study.trials.filter(({ state }) => ended.has(state)).length;
  if (over > 0) output.say(`  ${grouped(over)} trials are there already`);
  output.say(`  kept in ${shownAddress(url)}, trials in ${folder}`);
  output.say();
  output.event({ event: "study", study: name, parameters: study.space.parameters, objectives, constraints, folder });
}

const objectiveText = ({ metric, direction }: Objective) =>
  `${direction === "maximize" ? "the highest" : "the lowest"} ${wordsOf(metric)}`;

interface Searching extends ReturnType<typeof budgetOf>, Concluding {
  readonly flags: TuneFlags;
  readonly slots: number;
  readonly queue: TrialQueue | undefined;
}

async function searched(output: Output, open: OpenStudy, searching: Searching): Promise<number> {
  const { budget, seconds, slots, queue, signal, flags } = searching;
  const { study } = open;
  const deadline = seconds === null ? null : Date.now() + 1000 * seconds;
  const ending = new AbortController();
  const stop = () => ending.abort();
  signal.addEventListener("abort", stop);
  const clock = seconds === null ? undefined : setTimeout(stop, 1000 * seconds);
  const watch = new StudyWatch(output, study, { budget, deadline });
  let result: Searched;
  try {
    result = await search(open, {
      ...{ budget, slots, signal: ending.signal, keepAll: flags.keepAll ?? false },
      ...(queue === undefined ? {} : { queue }),
      onTrial: (event) => watch.trial(event),
      onLook: () => watch.look(),
    });
  } finally {
    clearTimeout(clock);
    signal.removeEventListener("abort", stop);
    watch.end();
  }
  if (result.reason === "exhausted") output.say("The space is exhausted: every configuration in it was tried.");
  if (result.reason === "paused") output.say("The search was paused from elsewhere; no new trials are begun.");
  return await concluded(output, open, result, searching);
}
