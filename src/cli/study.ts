import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../core/index.ts";
import { openStorage } from "../store/node/index.ts";
import { exportStudy, Study, type StudyStorage } from "../tune/index.ts";
import { grouped, type Output, style } from "./output.ts";
import { bestLines, standingLine, trialLine } from "./study-board.ts";
import { sayImportance, sayPage } from "./study-page.ts";
import { storageOf } from "./tune.ts";

export interface StudyFlags {
  readonly storage?: string;
  readonly runs: string;
  readonly all?: boolean;
  readonly export?: string;
  readonly pause?: boolean;
  readonly stop?: boolean;
}

const WIDTH = 80;
const ROWS = 10;

/** Lists studies, or opens one. */
export async function studyCommand(output: Output, name: string | undefined, flags: StudyFlags): Promise<number> {
  const wanted = flags.stop ? "stop" : flags.pause ? "pause" : undefined;
  if (wanted !== undefined && name === undefined) {
    throw new UsageError(`--${wanted}`, "no study is named", `write argmin study NAME --${wanted}`, 2);
  }
  const storage = await openStorage(storageOf(flags), { create: false });
  try {
    if (name !== undefined && wanted !== undefined) {
      await want(output, await Study.open(storage, name), wanted);
    } else if (name === undefined) await list(output, storage);
    else await show(output, await Study.open(storage, name), flags);
    return 0;
  } finally {
    await storage.close();
  }
}

/** Tells all who search or work for a study to pause or stop, wherever they are. */
async function want(output: Output, { storage, record, trials }: Study, wanted: "pause" | "stop"): Promise<void> {
  await storage.want(record.id, wanted);
  const running = trials.filter(({ state }) => state === "running").length;
  const count = running === 1 ? "one trial that runs" : `${running} trials that run`;
  const how =
    running === 0 ? "no trial runs" : wanted === "pause" ? `${count} will be finished` : `${count} will be given back`;
  output.say(`${style("bold", record.name)}: no new trials are begun; ${how}`);
  output.event({ event: "wanted", study: record.name, wanted, running });
}

async function list(output: Output, storage: StudyStorage): Promise<void> {
  const studies = await storage.studies();
  if (studies.length === 0) output.say("There is no study yet; argmin tune <data> starts one.");
  for (const { name, created, sampler } of studies) {
    const study = await Study.open(storage, name);
    const [best] = study.best();
    output.say(
      `${style("bold", name)}  ${new Date(created).toISOString().slice(0, 16).replace("T", " ")}  ${sampler.name}`,
    );
    output.say(`  ${standingLine(study, { budget: null, deadline: null, now: Date.now() })}`);
    if (best !== undefined) output.say(`  ${trialLine(study, best, WIDTH - 2)}`);
    output.event({ event: "study", study: name, created, trials: study.trials.length, best: best?.metrics ?? null });
  }
}

/** Writes all trials as a table, or everything. */
async function write(output: Output, study: Study, path: string): Promise<void> {
  const ending = /\.(csv|json)$/i.exec(path)?.[1].toLowerCase();
  if (ending === undefined)
    throw new UsageError("--export", `"${path}" is neither`, "give a name ending in .csv or .json");
  const { csv, json } = await exportStudy(study.storage, study.record.name);
  await writeFile(path, ending === "csv" ? csv : `${JSON.stringify(json, null, 1)}\n`).catch((error) => {
    throw new UsageError(path, `cannot be written (${error.code})`, "choose another place", 1);
  });
  output.say(`${grouped(study.trials.length)} trials written to ${style("bold", path)}`);
  output.event({ event: "exported", study: study.record.name, trials: study.trials.length, path });
}

async function show(output: Output, study: Study, flags: StudyFlags): Promise<void> {
  if (flags.export !== undefined) return await write(output, study, flags.export);
  const { name, sampler, pruner, spaces } = study.record;
  output.say(`${style("bold", name)}: ${sampler.name}, ${Object.keys(spaces.at(-1)!.parameters).length} parameters`);
  if (pruner.name !== "none") output.say(`  pruned by ${pruner.name}`);
  output.say(`  ${standingLine(study, { budget: null, deadline: null, now: Date.now() })}`);
  output.say();
  if (flags.all) for (const trial of study.trials) output.say(trialLine(study, trial, WIDTH));
  else for (const line of bestLines(study, { width: WIDTH, rows: ROWS })) output.say(line);
  sayImportance(output, study, WIDTH);
  const page = await sayPage(output, study, join(flags.runs, name), "as a page:");
  const best = study.best().map(({ number, configuration, metrics }) => ({ trial: number, configuration, metrics }));
  output.event({ event: "study", study: name, trials: study.trials.length, best, page });
}
