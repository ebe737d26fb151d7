import { Command, Option } from "commander";
import { pruners, samplers } from "../tune/index.ts";
import type { Output } from "./output.ts";
import { UNIT_OPTIONS, withTrainFlags } from "./train-flags.ts";

/** What the command line gives its commands. */
export interface Commands {
  readonly output: Output;
  readonly argv: readonly string[];
  readonly command: (name: string, description: string) => Command;
  readonly withRuns: (command: Command) => Command;
  readonly device: readonly [string, string, string];
  readonly examples: (...lines: string[]) => string;
  /** The exit code of the command that was given. */
  readonly ended: (code: number) => void;
}

const list = (catalogue: object) => Object.keys(catalogue).join(", ");
const summaries = (catalogue: Readonly<Record<string, { readonly name: string; readonly summary: string }>>) =>
  Object.values(catalogue)
    .map(({ name, summary }) => `  ${name.padEnd(8)}${summary}`)
    .join("\n");

/** Of `train`, what a search decides otherwise. */
const NOT_IN_TUNE = ["--find-learning-rate", "--steps", "--time", "--folds", "--no-report", "--checkpoint-every"];

const collected = (value: string, before: readonly string[] = []) => [...before, value];

/** The commands that search. */
export function addTuneCommands({ output, argv, command, withRuns, device, examples, ended }: Commands): void {
  const tune = withRuns(command("tune", "search for the best hyperparameters")).argument("[data]", "as for train");
  tune
    .option("--trials <n>", "trainings in all (default: 50, or as many as --time allows)")
    .option("--time <time>", "how long to search, such as 10m or 2h")
    .option("--sampler <name>", `what chooses the next trial: ${list(samplers)}`, "gp")
    .option("--pruner <name>", `what ends trials early: ${list(pruners)} (default: median for one objective)`)
    .option("--prune-by <metric>", "accuracy or loss (default: the objective)")
    .option("--objective <metrics>", "one metric, or two for a Pareto front, such as accuracy,latencyMs", "accuracy")
    .option("--constraint <limit>", "such as parameters<=100k; may be given several times", collected)
    .option("--space <file>", "YAML: what to search, narrowed, widened or fixed")
    .option("--workers <n>", "trials at the same time, which share the cores (default: 1)")
    .option("--storage <url>", "sqlite:file or postgres://… (default: sqlite:<runs>/studies.db)")
    .option("--name <name>", "name of the study (default: made of the data)")
    .option("--resume <study>", "go on with a study; --space changes what it searches")
    .addOption(
      new Option("--as-wanted", "with --resume: leave it paused where it was paused since it was resumed").hideHelp(),
    )
    .option("--from <study|run>", "begin with what an earlier study or run found; several times", collected)
    .option("--retrain", "at the end train the best on the validation pictures as well")
    .option("--keep-all", "keep checkpoints and models of all trials, not of the best alone");
  const own = new Set(tune.options.map(({ long }) => long));
  const train = withTrainFlags(new Command());
  for (const option of train.options) {
    if (!own.has(option.long) && !NOT_IN_TUNE.includes(option.long!)) tune.addOption(option);
  }
  tune
    .option(...device)
    .option("--config <file>", "options from a YAML file, such as the config.yaml of a run; flags win")
    .addHelpText(
      "after",
      `
What a flag says is not searched: --model mlp --optimizer adam searches the rate,
the batch size, the shape of the network and so on, for those two. The first
trial is what train would do. Validation pictures choose; the best is judged by
the test pictures once, at the end.

Samplers
${summaries(samplers)}
Pruners
${summaries(pruners)}

Metrics: accuracy, balancedAccuracy, macroF1, loss, calibrationError, parameters,
multiplyAdds, modelBytes, latencyMs, seconds. Limits to parameters and
multiplyAdds are kept before anything is trained; limits to modelBytes and
latencyMs are learned from trials.

${UNIT_OPTIONS}
${examples(
  "tune photos --time 1h",
  "tune fashion-mnist --model mlp --trials 20 --time 10m",
  'tune photos --constraint "parameters<=100k" --objective accuracy,latencyMs',
  "tune photos --pruner asha --workers 2 --epochs 27",
  "tune --resume photos-tune --trials 100",
)}`,
    )
    .action(async (data, flags) => ended(await (await import("./tune.ts")).tuneCommand(output, data, flags, argv)));

  withRuns(command("study", "list searches, or show one"))
    .argument("[study]", "its name")
    .option("--storage <url>", "as for tune (default: sqlite:<runs>/studies.db)")
    .option("--all", "every trial, in the order in which they were begun")
    .option("--export <file>", "write all trials to a .csv, or all there is to a .json")
    .option("--pause", "finish the trials that run, wherever they do, and begin no new ones")
    .option("--stop", "give back what runs: it goes on from its last step with tune --resume")
    .addHelpText(
      "after",
      examples("study", "study photos-tune", "study photos-tune --export trials.csv", "study photos-tune --pause"),
    )
    .action(async (name, flags) => ended(await (await import("./study.ts")).studyCommand(output, name, flags)));

  command("worker", "run trials of searches that are coordinated elsewhere")
    .requiredOption("--storage <url>", "postgres://…, as for tune")
    .option("--study <name>", "work for this one (default: the newest)")
    .option("--workers <n>", "trials at the same time, which share the cores (default: 1)")
    .option("--data <path>", "where the data are on this machine (default: where the study says)")
    .option("--runs <dir>", "where run folders are made on this machine (default: where the study says)")
    .option("--cache <dir>", "as for train")
    .option("--idle <time>", "end after so long without work (default: never)")
    .addHelpText(
      "after",
      `
Start as many as you like, on any machine that has the same data: a fingerprint
of the data is checked first. A worker that dies loses nothing: its trial goes on
elsewhere, from its checkpoint where the run folders are shared.
${examples("worker --storage postgres://tuner@db/argmin", "worker --storage postgres://tuner@db/argmin --data /data/photos")}`,
    )
    .action(async (flags) => ended(await (await import("./worker.ts")).workerCommand(output, flags)));
}
