import { UsageError } from "../core/index.ts";
import type { TrainOptions } from "../experiment/index.ts";
import { findLearningRate } from "../experiment/node/index.ts";
import { onInterrupt } from "./interrupt.ts";
import { callName, type Output, quoted, style } from "./output.ts";
import { rangeChart } from "./range-chart.ts";
import { reportEvent } from "./train-report.ts";

/** Flags with a value that are said anew, or that belong to the test alone. */
const REPLACED = ["--learning-rate", "--name"];

/** The call that trains with a rate: this one, without what makes it a test. */
export function trainingCommand(argv: readonly string[], learningRate: number): string {
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === "--find-learning-rate" || word === "--json") continue;
    if (REPLACED.includes(word)) i++;
    else if (!REPLACED.some((flag) => word.startsWith(`${flag}=`))) words.push(word);
  }
  // A rate among the options of the optimizer would be the second one.
  const without = words.map((word, i) => {
    const isOptimizer = word.startsWith("--optimizer=") || words[i - 1] === "--optimizer";
    return isOptimizer ? word.replace(/([:,])learning-?rate=[^,]*(,|$)/i, tidy) : word;
  });
  return [callName(), ...without.map(quoted), "--learning-rate", String(learningRate)].join(" ");
}

/** The separator that is left where an option is taken out of a list. */
const tidy = (_all: string, before: string, after: string) => (after === "," ? before : "");

/** Runs the range test and tells about it; the exit code of the command: 1 where there is nothing to propose. */
export async function findLearningRateCommand(
  output: Output,
  options: TrainOptions,
  folder: string,
  argv: readonly string[],
): Promise<number> {
  const { signal, release } = onInterrupt(output, "Stopping after this step; press Ctrl-C again to stop at once.");
  try {
    const command = (rate: number) => trainingCommand(argv, rate);
    const onEvent = (event: Parameters<typeof reportEvent>[1]) => reportEvent(output, event);
    const search = await findLearningRate({ ...options, folder, signal, onEvent, command });
    const { curve, divergedAt } = search;
    const suggestion = search.suggestion === null ? null : Number(search.suggestion.toPrecision(2));
    output.endProgress();
    output.say();
    for (const line of rangeChart(search)) output.say(line);
    output.say();
    output.say(
      divergedAt === null
        ? `  it did not diverge up to ${Number(curve.at(-1)!.learningRate.toPrecision(2))}`
        : `  diverged at ${Number(divergedAt.toPrecision(2))}`,
    );
    if (suggestion === null) {
      output.say(style("yellow", "The loss never falls by more than chance: there is no rate to propose."));
      output.say("Try another optimizer or larger batches, and look at the data.");
    } else {
      output.say(`learning rate: ${style("bold", String(suggestion))}, where the loss falls most steeply`);
      output.say(`to train with it: ${style("bold", command(suggestion))}`);
    }
    output.say(`the curve is in ${style("bold", `${folder}/report.html`)}`);
    const typed = suggestion === null ? null : command(suggestion);
    output.event({ event: "learning-rate", run: folder, suggestion, divergedAt, command: typed, curve });
    return suggestion === null ? 1 : 0;
  } catch (error) {
    if (!signal.aborted || (error as Error).name !== "AbortError") throw error;
    output.error(new UsageError("argmin train", "the test was interrupted", "run it again; nothing was kept"));
    return 130;
  } finally {
    release();
  }
}
