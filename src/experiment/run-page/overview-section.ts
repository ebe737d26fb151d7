import type { Figures } from "../../metrics/index.ts";
import type { Section } from "../../report/index.ts";
import { type RunPageData, thingsOf } from "./page-data.ts";
import { duration, grouped, numbersTable, paragraph, percent } from "./words.ts";

/** What the run is worth, and how it ended. */
export function overviewSection(data: RunPageData): Section {
  const { run } = data;
  const things = thingsOf(data);
  const { validation, test } = run;
  const judged = [
    ...(test ? ([["test", test]] as const) : []),
    ...(validation ? ([["validation", validation]] as const) : []),
  ];
  const table = judged.length > 0 ? figuresTable(judged, things) : paragraph(`There were no ${things} to judge it by.`);
  return {
    heading: "Result",
    id: "result",
    body: [table, ...endings(run).map((text) => paragraph(text)), unknown(run, things), baseline(run, things)].join(
      "\n",
    ),
  };
}

function figuresTable(judged: readonly (readonly [string, Figures])[], things: string): string {
  const { topK } = judged[0][1];
  const rows: [string, (figures: Figures) => string][] = [
    ["accuracy", ({ accuracy }) => percent(accuracy)],
    ["95 % interval", ({ interval: { low, high } }) => `${(100 * low).toFixed(1)}–${percent(high)}`],
    ...topK.map(({ k }, i): [string, (figures: Figures) => string] => [
      `top-${k} accuracy`,
      (figures) => percent(figures.topK[i].accuracy),
    ]),
    ["balanced accuracy", ({ balancedAccuracy }) => percent(balancedAccuracy)],
    ["macro-F1", ({ macroF1 }) => percent(macroF1)],
    ["log loss", ({ loss }) => loss.toFixed(3)],
    ["calibration error", ({ calibrationError }) => percent(calibrationError)],
    [things, ({ images }) => grouped(images)],
  ];
  return numbersTable(
    ["", ...judged.map(([name]) => name)],
    rows.map(([name, tell]) => [name, ...judged.map(([, figures]) => tell(figures))]),
  );
}

function endings({
  best,
  history,
  interrupted,
  stoppedEarly,
  settings,
  solution,
  seconds,
  parameters,
}: RunPageData["run"]): string[] {
  const lines: string[] = [];
  if (solution !== null) {
    const { converged, measure, optimality, tolerance, iterations, zeros, weights } = solution;
    const end = converged ? "It reached the optimum" : "It did not reach the optimum";
    lines.push(
      `${end}: ${measure} ${optimality.toExponential(1)} after ${grouped(iterations)} iterations, to be below ${tolerance.toExponential(1)}. ${grouped(zeros)} of ${grouped(weights)} weights are exactly 0.`,
    );
  } else if (best.epoch > 0) {
    const by = best.metric === "last epoch" ? "the last one" : `the best by ${best.metric}, ${percent(best.value)}`;
    lines.push(`The weights are those of epoch ${best.epoch} of ${history.length}, ${by}.`);
  }
  if (interrupted) lines.push("The run was interrupted; these are the weights that it had until then.");
  if (stoppedEarly) lines.push(`It ended early: ${settings.patience} epochs without a better one.`);
  lines.push(`${grouped(parameters)} parameters, ${duration(seconds)} of training.`);
  return lines;
}

/** What becomes of answers that are not probable enough; nothing where every answer counts. */
function unknown({ unknown: found }: RunPageData["run"], things: string): string {
  if (found === null) return "";
  const { turnedAway, accuracy } = found.test ?? found.validation;
  const rest = accuracy === null ? "" : `, and ${percent(accuracy)} of the others are right`;
  const of = found.test === null ? "validation" : "test";
  return paragraph(
    `An answer that is less probable than ${percent(found.below)} is called unknown: of the ${of} ${things} ${percent(turnedAway)} are turned away${rest}. All other figures count every answer.`,
  );
}

function baseline({ baseline: found, test, validation }: RunPageData["run"], things: string): string {
  if ("skipped" in found) return paragraph(`No linear baseline: ${found.skipped}.`, "quiet");
  const linear = test === null ? found.validation : found.test;
  if (linear === null || (test ?? validation) === null) return "";
  const points = 100 * found.gain;
  const against =
    points >= 0 ? `this run is ${points.toFixed(1)} points better` : `this run is ${(-points).toFixed(1)} points worse`;
  return paragraph(
    `A linear classifier of the same ${things === "rows" ? "numbers" : "pixels"} reaches ${percent(linear.accuracy)}; ${against}.`,
  );
}
