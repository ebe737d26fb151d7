import { UsageError } from "../core/index.ts";
import type { TrainOptions } from "../experiment/index.ts";
import {
  type CrossValidation,
  type CrossValidationEvent,
  crossValidate,
  type Spread,
  type Spreads,
} from "../experiment/node/index.ts";
import { onInterrupt } from "./interrupt.ts";
import { callName, duration, grouped, type Output, percent, quoted, style } from "./output.ts";
import { reportEvent } from "./train-report.ts";

/** Flags with a value that belong to the cross-validation, or that a split file replaces. */
const REPLACED = ["--folds", "--name", "--group-by"];

/** The call that trains on everything: this one, with the split file that puts all pictures of the folds into training. */
export function finalCommand(argv: readonly string[], folder: string): string {
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === "--json") continue;
    if (REPLACED.includes(word)) i++;
    else if (!REPLACED.some((flag) => word.startsWith(`${flag}=`))) words.push(word);
  }
  return [callName(), ...words, "--split", `${folder}/everything.json`]
    .map((word, i) => (i === 0 ? word : quoted(word)))
    .join(" ");
}

/** Trains on all folds but one, as often as there are folds, and tells how that went; the exit code of the command. */
export async function foldsCommand(
  output: Output,
  options: TrainOptions,
  folds: number,
  folder: string,
  argv: readonly string[],
): Promise<number> {
  const { signal, release } = onInterrupt(output, "Stopping after this step; press Ctrl-C again to stop at once.");
  try {
    const { onEvent: _none, ...own } = options;
    const result = await crossValidate({
      ...own,
      folds,
      folder,
      signal,
      onEvent: foldReporter(output, folds),
    });
    report(output, result, folds, finalCommand(argv, folder));
    return result.interrupted ? 130 : 0;
  } catch (error) {
    if (!signal.aborted || (error as Error).name !== "AbortError") throw error;
    output.error(
      new UsageError("argmin train", "it was interrupted before the first step", "run it again; nothing was kept"),
    );
    return 130;
  } finally {
    release();
  }
}

/** Tells a person what happens, with the time that is left for all folds. */
function foldReporter(output: Output, folds: number): (event: CrossValidationEvent) => void {
  /** Of the last fold that ended: with its judging, which the time left of a training knows nothing of. */
  let lastFold: number | undefined;
  return (event) => {
    if (event.type === "fold") lastFold = event.seconds;
    if (event.type === "progress") {
      const { step, steps, secondsLeft } = event;
      const whole = lastFold ?? (step < steps ? (secondsLeft * steps) / (steps - step) : 0);
      tellProgress(output, event, folds, secondsLeft + (folds - event.fold!) * whole);
    } else reportFoldEvent(output, event, folds);
  };
}

type ProgressEvent = Extract<CrossValidationEvent, { readonly type: "progress" }>;

function tellProgress(output: Output, event: ProgressEvent, folds: number, secondsLeft: number): void {
  const { fold, step, steps, epoch, loss } = event;
  const text = `fold ${fold} of ${folds}, epoch ${epoch}, loss ${loss.toFixed(4)}, ${duration(secondsLeft)} left`;
  output.progress((fold! - 1) * steps + step, folds * steps, text);
}

function reportFoldEvent(output: Output, event: CrossValidationEvent, folds: number): void {
  switch (event.type) {
    case "loading":
      reportEvent(output, event);
      return;
    case "iteration":
      output.progress(event.fold! - 1 + event.done, folds, `fold ${event.fold} of ${folds}`);
      return;
    case "folds": {
      output.endProgress();
      const { sizes, validation, declaredTest, notes, skipped } = event;
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
      const range = least === most ? grouped(least) : `${grouped(least)} to ${grouped(most)}`;
      output.say(`${style("bold", event.name)}: ${event.classes.length} classes`);
      output.say(`  ${grouped(total)} pictures in ${sizes.length} folds of ${range}`);
      if (validation > 0) output.say(`  ${grouped(validation)} validation pictures of its own choose in every fold`);
      if (declaredTest > 0)
        output.say(`  ${grouped(declaredTest)} test pictures of its own stay apart, and judge every fold`);
      for (const note of notes) output.say(`  ${note}.`);
      if (skipped > 0)
        output.say(`  ${skipped} ${skipped === 1 ? "file was" : "files were"} skipped; fold1/events.ndjson lists them`);
      break;
    }
    case "start":
      if (event.fold === 1) {
        for (const note of event.notes) output.warn(note);
        output.say(`${style("bold", event.model)}: ${grouped(event.parameters)} parameters, on ${event.device}`);
        output.say();
      }
      break;
    case "fold": {
      output.endProgress();
      const { fold, test, declaredTest, bestEpoch, seconds } = event;
      const apart = declaredTest === null ? "" : `   declared test ${percent(declaredTest.accuracy).padStart(7)}`;
      const epoch = bestEpoch > 0 ? `best epoch ${bestEpoch}, ` : "";
      output.say(
        `fold ${String(fold).padStart(String(folds).length)}/${folds}  accuracy ${percent(test.accuracy).padStart(7)}  log loss ${test.loss.toFixed(3)}${apart}  (${epoch}${duration(seconds)})`,
      );
      break;
    }
    default:
      break;
  }
  const { type, ...rest } = event;
  output.event({ event: type, ...rest });
}

function report(output: Output, result: CrossValidation, folds: number, command: string): void {
  output.endProgress();
  output.say();
  const { test, declaredTest, predictions, folder, interrupted } = result;
  if (interrupted) output.say(style("yellow", `Interrupted; ${result.folds.length} of ${folds} folds are finished.`));
  if (test !== null) {
    const right = predictions.filter(({ truth, predicted }) => truth === predicted).length;
    output.say(`${"".padEnd(22)}${"mean".padStart(9)}${"deviation".padStart(12)}`);
    spreadRows(output, test);
    if (declaredTest !== null) {
      output.say("on the declared test pictures");
      spreadRows(output, declaredTest);
    }
    output.say(
      `${grouped(right)} of ${grouped(predictions.length)} pictures right, each judged by a model that had not seen it`,
    );
  }
  if (folder !== null) output.say(`everything is in ${style("bold", folder)}: predictions.csv, folds.json, fold1, …`);
  if (!interrupted) {
    output.say("one model of all of them, for which these figures are the estimate:");
    output.say(`  ${style("bold", command)}`);
  }
  output.event({
    event: "done",
    run: folder,
    folds: result.folds.length,
    test,
    declaredTest,
    images: predictions.length,
    seconds: Number(result.seconds.toFixed(3)),
    ...(interrupted ? { interrupted: true } : { command }),
  });
}

function spreadRows(output: Output, { accuracy, balancedAccuracy, macroF1, loss, calibrationError }: Spreads): void {
  const row = (name: string, { mean, deviation }: Spread, shown: (value: number) => string) =>
    output.say(`${name.padEnd(22)}${shown(mean).padStart(9)}${shown(deviation).padStart(12)}`);
  row("accuracy", accuracy, percent);
  row("balanced accuracy", balancedAccuracy, percent);
  row("macro F1", macroF1, (value) => value.toFixed(3));
  row("log loss", loss, (value) => value.toFixed(3));
  row("calibration error", calibrationError, percent);
}
