import { join } from "node:path";
import type { ExperimentEvent } from "../experiment/index.ts";
import { finishTrial, type OpenStudy, retrain } from "../experiment/node/index.ts";
import { shownMetric, wordsOf } from "../experiment/tune/index.ts";
import type { Searched } from "../tune/index.ts";
import { callName, callOf, type Output, quoted, style } from "./output.ts";
import { shownAddress } from "./shown-address.ts";
import { bestLines, configurationLines } from "./study-board.ts";
import { sayImportance, sayPage } from "./study-page.ts";
import { reportEvent, reportRun } from "./train-report.ts";

const WIDTH = 80;

export interface Concluding {
  readonly signal: AbortSignal;
  readonly flags: { readonly storage?: string; readonly runs: string; readonly retrain?: boolean };
  readonly argv: readonly string[];
  /** Of the storage. */
  readonly url: string;
}

/** Tells what was found, and makes a run of the best that can be looked at. */
export async function concluded(
  output: Output,
  open: OpenStudy,
  result: Searched,
  concluding: Concluding,
): Promise<number> {
  const { signal, flags, argv, url } = concluding;
  const { study, folder, trainer } = open;
  const { name } = study.record;
  const paused = result.reason === "paused";
  output.say();
  for (const line of bestLines(study, { width: WIDTH, rows: 5 })) output.say(line);
  const [likely] = study.expected();
  if (likely !== undefined) {
    const [{ metric }] = study.record.objectives;
    const [mean, spread] = [likely.mean, likely.deviation].map((value) => shownMetric(metric, value));
    output.say(`  by a model of all trials the best is trial ${likely.number}: ${wordsOf(metric)} ${mean} ± ${spread}`);
  }
  sayImportance(output, study, WIDTH);
  const page = await sayPage(output, study, folder, "the search as a page:");
  const [best] = study.best();
  const where =
    flags.storage !== undefined
      ? ["--storage", shownAddress(url)]
      : flags.runs === "runs"
        ? []
        : ["--runs", flags.runs];
  const goOn = [callName(), ...["tune", "--resume", name, ...where].map(quoted)].join(" ");
  if (best === undefined) {
    output.say("No trial has come to its end within the limits.");
    if (result.open > 0) output.say(`go on with ${style("bold", goOn)}`);
    output.event({ event: "done", study: name, reason: result.reason, trials: study.trials.length, best: null, page });
    return signal.aborted ? 130 : paused ? 0 : 1;
  }
  output.say(`trial ${best.number} in full:`);
  for (const line of configurationLines(best.configuration, WIDTH)) output.say(line);
  output.say();
  const config = best.folder === null ? undefined : join(best.folder, "config.yaml");
  let run: string | null = null;
  // A search that was paused is not at its end, where the test pictures are looked at.
  if (!signal.aborted && !paused) {
    const judged = { command: callOf(argv), signal, onEvent: (event: ExperimentEvent) => reportEvent(output, event) };
    const made = flags.retrain
      ? await retrain(open, best, judged)
      : await finishTrial(open, best, { command: callOf(argv), signal });
    if (made !== undefined) {
      run = made.folder;
      output.say(
        flags.retrain ? "the best, trained on the validation pictures as well:" : "the best, on the test pictures:",
      );
      reportRun(output, made);
    } else output.say(`its files are with ${best.worker}`);
  }
  const data = typeof trainer.options.data === "string" ? trainer.options.data : trainer.source.name;
  const repeat = config === undefined ? undefined : `${callName()} train ${quoted(data)} --config ${quoted(config)}`;
  if (repeat !== undefined) output.say(`again: ${style("bold", repeat)}`);
  if (result.open > 0 || result.reason !== "exhausted")
    output.say(`more:  ${style("bold", `${goOn} --trials ${study.trials.length + 20}`)}`);
  output.event({
    ...{ event: "done", study: name, reason: result.reason, trials: study.trials.length, folder, run, page },
    best: { trial: best.number, configuration: best.configuration, metrics: best.metrics },
    ...(likely === undefined
      ? {}
      : { expected: { trial: likely.number, mean: likely.mean, deviation: likely.deviation } }),
    ...(repeat === undefined ? {} : { command: repeat }),
  });
  return signal.aborted ? 130 : 0;
}
