import { join } from "node:path";
import { UsageError } from "../core/index.ts";
import { chooseModel, type TrainOptions } from "../experiment/index.ts";
import { holdsNumbers, readConfig, train } from "../experiment/node/index.ts";
import { factsOf } from "./data-facts.ts";
import { parseDuration } from "./duration-flag.ts";
import { findLearningRateCommand } from "./find-learning-rate.ts";
import { foldsCommand } from "./folds.ts";
import { untilInterrupted } from "./interrupt.ts";
import { callOf, type Output } from "./output.ts";
import { freeName, type RunFlags, refuseName, stemOf } from "./run-name.ts";
import { parseNumber, type TrainFlags, trainOptions } from "./train-options.ts";
import { reportEvent, reportRun } from "./train-report.ts";

/** Runs one training into `folder` and tells about it; the exit code of the command. */
export async function runTraining(output: Output, options: TrainOptions, folder: string): Promise<number> {
  return await untilInterrupted(output, "argmin train", async (signal) => {
    const run = await train({ ...options, folder, signal, onEvent: (event) => reportEvent(output, event) });
    reportRun(output, run);
    return run.interrupted ? 130 : 0;
  });
}

/** The flags with the model that `--model auto` means, which it says and why. */
async function withModel(
  output: Output,
  data: TrainOptions["data"] | undefined,
  flags: TrainFlags,
): Promise<TrainFlags> {
  if (flags.model !== "auto" || typeof data !== "string") return flags;
  const seconds = flags.time === undefined ? undefined : parseDuration("--time", flags.time);
  const { model, why } = chooseModel(await factsOf(data, flags), seconds);
  output.say(`model: ${why}`);
  output.event({ event: "model", model: model.name, why });
  return { ...flags, model: model.name };
}

export async function trainCommand(
  output: Output,
  data: string | undefined,
  flags: TrainFlags &
    RunFlags & { readonly config?: string; readonly findLearningRate?: boolean; readonly folds?: string },
  argv: readonly string[],
): Promise<number> {
  const { name, runs, config } = flags;
  refuseName(name);
  const base = config === undefined ? {} : await readConfig(config);
  const usual = (await holdsNumbers(data ?? base.data ?? "")) ? "mlp" : "fastnet";
  const options = trainOptions(data, await withModel(output, data ?? base.data, flags), base, usual);
  const source = typeof options.data === "string" ? options.data : options.data.name;
  const stem = stemOf(source, options.model?.name ?? "fastnet");
  if (flags.findLearningRate) {
    if (flags.folds !== undefined)
      throw new UsageError("--folds", "--find-learning-rate does not train", "leave one of them out");
    const folder = join(runs, name ?? freeName(runs, `${stem}-learning-rate`));
    return await findLearningRateCommand(output, options, folder, argv);
  }
  if (flags.folds !== undefined) {
    const folder = join(runs, name ?? freeName(runs, `${stem}-folds`));
    return await foldsCommand(
      output,
      { ...options, command: callOf(argv) },
      parseNumber("--folds", flags.folds, "5"),
      folder,
      argv,
    );
  }
  return await runTraining(output, { ...options, command: callOf(argv) }, join(runs, name ?? freeName(runs, stem)));
}
