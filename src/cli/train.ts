import { join } from "node:path";
import { UsageError } from "../core/index.ts";
import { chooseFor, isAuto, type TrainOptions } from "../experiment/index.ts";
import { holdsNumbers, openData, readConfig, train } from "../experiment/node/index.ts";
import { findLearningRateCommand } from "./find-learning-rate.ts";
import { foldsCommand } from "./folds.ts";
import { untilInterrupted } from "./interrupt.ts";
import { callOf, type Output } from "./output.ts";
import { freeName, type RunFlags, refuseName, stemOf } from "./run-name.ts";
import { parseNumber, type TrainFlags, trainOptions } from "./train-options.ts";
import { reportEvent, reportRun } from "./train-report.ts";
import { withoutAuto } from "./tune-base.ts";

/** Runs one training into `folder` and tells about it; the exit code of the command. */
export async function runTraining(output: Output, options: TrainOptions, folder: string): Promise<number> {
  return await untilInterrupted(output, "argmin train", async (signal) => {
    const run = await train({ ...options, folder, signal, onEvent: (event) => reportEvent(output, event) });
    reportRun(output, run);
    return run.interrupted ? 130 : 0;
  });
}

/**
 * The flags with the model that `auto` means, in them or in a configuration file; it is said, with why. Who describes layers means a
 * model of their own.
 */
async function settled(
  output: Output,
  data: TrainOptions["data"] | undefined,
  flags: TrainFlags,
  base: Partial<TrainOptions>,
): Promise<{ flags: TrainFlags; base: Partial<TrainOptions> }> {
  const without = withoutAuto(base);
  const layers = [flags.hidden, flags.filters, flags.kernel].some((flag) => flag !== undefined);
  const open = flags.model === "auto" || (flags.model === undefined && isAuto(base.model) && !layers);
  if (!open || data === undefined) return { flags, base: without };
  const { model: _auto, ...named } = flags;
  const options = trainOptions(undefined, named, { ...without, data });
  const { model, why } = await chooseFor(await openData(options), options);
  reportEvent(output, { type: "model", model: model.name, why });
  return { flags: { ...flags, model: model.name }, base: without };
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
  const configured = config === undefined ? {} : await readConfig(config);
  const usual = (await holdsNumbers(data ?? configured.data ?? "")) ? "mlp" : "fastnet";
  const said = await settled(output, data ?? configured.data, flags, configured);
  const options = trainOptions(data, said.flags, said.base, usual);
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
