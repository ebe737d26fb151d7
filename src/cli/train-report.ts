import { countReasons, type Skipped } from "../data/index.ts";
import { type ExperimentEvent, type Run, summary } from "../experiment/index.ts";
import { baselineLine, qualityLine, range, unknownLine, worstLine } from "./figures-lines.ts";
import { callName, duration, grouped, type Output, percent, style } from "./output.ts";

/** One file with its reason; of several how many, of which kinds, and where they are named. */
export function skippedLine(skipped: readonly Skipped[]): string {
  const [first] = skipped;
  if (skipped.length === 1 && first !== undefined) return `1 file was skipped: ${shown(first.path)}, ${first.reason}.`;
  const kinds = countReasons(skipped);
  const said = kinds.slice(0, KINDS).map(([kind, count]) => `${grouped(count)} ${kind}`);
  if (kinds.length > KINDS) {
    const others = kinds.slice(KINDS).reduce((total, [, count]) => total + count, 0);
    said.push(`${grouped(others)} other`);
  }
  return `${grouped(skipped.length)} files were skipped (${said.join(", ")}); events.ndjson lists them.`;
}

/** A name may hold a line break. */
const shown = (path: string) => path.replaceAll(/[\p{Cc}]/gu, (character) => JSON.stringify(character).slice(1, -1));

/** Kinds of reasons that are told apart; four fill a line. */
const KINDS = 4;

/** Tells a person, line by line, what a run finds and does. */
export function reportEvent(output: Output, event: ExperimentEvent): void {
  switch (event.type) {
    case "loading":
      output.progress(event.done, event.total, `reading pictures (${grouped(event.done)} of ${grouped(event.total)})`);
      return;
    case "progress":
      output.progress(
        event.step,
        event.steps,
        `epoch ${event.epoch}, loss ${event.loss.toFixed(4)}, ${duration(event.secondsLeft)} left`,
      );
      return;
    case "iteration":
      output.progress(
        Math.round(1000 * event.done),
        1000,
        `iteration ${event.iteration}, loss ${event.objective.toFixed(4)}, ${event.optimality.toExponential(1)} from the optimum`,
      );
      return;
    case "solved":
      output.endProgress();
      for (const line of solutionLines(event)) output.say(line);
      break;
    case "trial":
      output.progress(event.step, event.steps, `learning rate ${event.learningRate.toExponential(1)}`);
      return;
    case "data": {
      output.endProgress();
      const { train, validation, test } = event.counts;
      const size = event.features
        ? `${grouped(event.features)} numbers a row`
        : `${event.width}×${event.height} ${event.channels === 1 ? "grey" : "colour"}`;
      output.say(`${style("bold", event.name)}: ${event.classes.length} classes, ${size}`);
      output.say(
        `  ${grouped(train)} ${event.features ? "rows" : "pictures"} to train on, ${grouped(validation)} to choose by, ${grouped(test)} to test once`,
      );
      for (const note of event.notes) output.say(`  ${note}.`);
      if (event.skipped.length > 0) {
        output.say(`  ${skippedLine(event.skipped)}`);
      }
      break;
    }
    case "model":
      output.say(`model: ${event.why}`);
      break;
    case "start":
      for (const note of event.notes) output.warn(note);
      output.say(`${style("bold", event.model)}: ${grouped(event.parameters)} parameters, on ${event.device}`);
      break;
    case "warning":
      output.warn(event.text);
      break;
    case "resume":
      output.say(`  going on after step ${grouped(event.step)}, in epoch ${event.epoch}`);
      break;
    case "initial":
      output.say(`  first loss ${event.loss.toFixed(3)}${expectation(event)}`);
      break;
    case "epoch": {
      const looked =
        event.validationAccuracy === null
          ? ""
          : `   validation loss ${event.validationLoss!.toFixed(4)}, accuracy ${percent(event.validationAccuracy).padStart(7)}`;
      const mark = event.best && event.validationAccuracy !== null ? ` ${style("green", "best")}` : "";
      // A solver has no epochs, and one solution is not the best of several.
      if (event.epochs === 0) {
        output.say(`solution  loss ${event.trainLoss.toFixed(4)}${looked}`);
        break;
      }
      const of = event.epochs === null ? "" : `/${event.epochs}`;
      const epoch = `epoch ${String(event.epoch).padStart(String(event.epochs ?? 100).length)}${of}`;
      output.say(`${epoch}  loss ${event.trainLoss.toFixed(4)}${looked}${mark}`);
      break;
    }
  }
  const { type, ...rest } = event;
  output.event({ event: type, ...rest });
}

/** What theory says of the first loss, where it says anything. */
function expectation({ loss, expected, formula }: Extract<ExperimentEvent, { type: "initial" }>): string {
  if (expected === null) return "";
  return `, expected ${formula} = ${expected.toFixed(3)}${surprise({ loss, expected })}`;
}

/** A first loss far from the expected one is the oldest sign of a mistake: scaled pixels, wrong labels, weights too large. */
function surprise({ loss, expected }: { readonly loss: number; readonly expected: number }): string {
  return Math.abs(loss - expected) > Math.max(0.25 * expected, 0.1)
    ? style("yellow", "  (far off: look at the data)")
    : "";
}

/** How near a solver came to the optimum, by its own measure. */
function solutionLines(event: Extract<ExperimentEvent, { type: "solved" }>): string[] {
  const { objective, iterations, passes, measure, optimality, tolerance, converged, zeros, weights } = event;
  const looks = `${grouped(iterations)} ${iterations === 1 ? "iteration" : "iterations"}, ${grouped(passes)} passes`;
  const end = converged
    ? `${measure} ${optimality.toExponential(1)}, below ${tolerance.toExponential(1)}`
    : style("yellow", `${measure} ${optimality.toExponential(1)}, not yet ${tolerance.toExponential(1)}`);
  return [
    `${converged ? "optimum" : "stopped"}: ${looks}`,
    `  objective ${objective.toPrecision(9)}, ${end}`,
    ...(zeros === 0 ? [] : [`  ${grouped(zeros)} of ${grouped(weights)} weights are exactly 0`]),
  ];
}

/** The last words of a run, and its `done` line. */
export function reportRun(output: Output, run: Run): void {
  output.endProgress();
  output.say();
  const { best, test, validation } = run;
  if (run.interrupted)
    output.say(
      style(
        "yellow",
        run.history.length === 0
          ? "Interrupted in the first epoch; the run is usable, with what was learned so far."
          : `Interrupted after ${run.history.length} whole ${run.history.length === 1 ? "epoch" : "epochs"}; the run is usable.`,
      ),
    );
  if (run.stoppedEarly) output.say(`ended early: ${run.settings.patience} epochs without a better one`);
  if (run.interrupted && run.folder !== null) output.say(`go on with: ${callName()} resume ${run.folder}`);
  if (validation && best.epoch > 0 && run.solution === null)
    output.say(`best: epoch ${best.epoch} by ${best.metric}, ${percent(best.value)}`);
  if (test) {
    const { accuracy, images, interval } = test;
    output.say(
      `test: ${style("bold", percent(accuracy))} of ${grouped(images)} pictures right (95 % interval ${range(interval)})`,
    );
    output.say(qualityLine(test));
    const worst = worstLine(test.perClass, run.classes);
    if (worst !== undefined) output.say(worst);
  }
  if (run.unknown !== null) {
    const line = unknownLine(run.unknown.below, run.unknown.test ?? run.unknown.validation);
    output.say(test ? line : line.trimStart());
  }
  const linear = baselineLine(run.baseline);
  if (linear !== undefined) output.say(test ? linear : linear.trimStart());
  output.say(`time: ${duration(run.seconds)} of training`);
  output.say(`weights: ${run.weightsHash}, the same for the same seed on this kind of machine`);
  if (run.folder !== null) output.say(`everything is in ${style("bold", run.folder)}: model.onnx, metrics.csv, …`);
  if (run.report !== null) output.say(`its report: ${style("bold", run.report)}`);
  output.event(summary(run));
}
