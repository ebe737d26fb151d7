import type { BaselineResult } from "../experiment/index.ts";
import type { ClassFigures, Figures, Interval, Rejection } from "../metrics/index.ts";
import { grouped, percent } from "./output.ts";

/** 90.1–91.3 %. */
export const range = ({ low, high }: Interval): string => `${(100 * low).toFixed(1)}–${percent(high)}`;

/** What is said below the accuracy, in one line. */
export function qualityLine({ loss, calibrationError, balancedAccuracy }: Figures): string {
  return `  log loss ${loss.toFixed(3)}, calibration error ${percent(calibrationError)}, balanced accuracy ${percent(balancedAccuracy)}`;
}

/** What is called unknown, and how good the rest is. */
export function unknownLine(below: number, { turnedAway, accuracy }: Rejection): string {
  const rest = accuracy === null ? "" : `, ${percent(accuracy)} of the others right`;
  return `  unknown below ${percent(below)}: ${percent(turnedAway)} turned away${rest}`;
}

/** Classes that are named where not all of them are. */
const NAMED = 3;
/** Characters of a name that is one of several in a line; three names and their shares fill 80 columns. */
const NAME = 11;

/** The classes of which least is found; nothing where all of each is. */
export function worstLine(perClass: readonly ClassFigures[], classes: readonly string[]): string | undefined {
  const worst = perClass
    .flatMap(({ recall }, c) => (recall === null || recall === 1 ? [] : [{ name: classes[c]!, recall }]))
    .sort((a, b) => a.recall - b.recall)
    .slice(0, NAMED);
  if (worst.length === 0) return undefined;
  return `  least found: ${worst.map(({ name, recall }) => `${cut(name, NAME)} (${percent(recall)})`).join(", ")}`;
}

/** A name may hold a line break, and may be long. */
const cut = (name: string, most: number): string => {
  const characters = [...name.replaceAll(/\p{Cc}/gu, " ")];
  return characters.length <= most ? characters.join("") : `${characters.slice(0, most - 1).join("")}…`;
};

/** What least squares reaches; nothing is said of what was left out, which metrics.json tells. */
export function baselineLine(baseline: BaselineResult): string | undefined {
  if ("skipped" in baseline) return undefined;
  const { accuracy } = (baseline.test ?? baseline.validation)!;
  const points = 100 * baseline.gain;
  const gain = points >= 0 ? `gain ${points.toFixed(1)} points` : `which is ${(-points).toFixed(1)} points better`;
  return `  linear baseline: ${percent(accuracy)}, ${gain}`;
}

/** Rows of the table that are shown. */
const ROWS = 20;

/** Precision, recall, F1 and count of each class; of many those of which least is found. */
export function classTable(perClass: readonly ClassFigures[], classes: readonly string[]): string[] {
  const present = perClass.flatMap((figures, c) =>
    figures.count + figures.predicted > 0 ? [{ name: cut(classes[c]!, 36), ...figures }] : [],
  );
  const rows =
    present.length <= ROWS ? present : present.toSorted((a, b) => (a.recall ?? 2) - (b.recall ?? 2)).slice(0, ROWS);
  const width = Math.max(...rows.map(({ name }) => name.length), 5);
  const cell = (share: number | null) => (share === null ? "–" : percent(share)).padStart(9);
  return [
    `  ${"class".padEnd(width)}  precision   recall       F1    count`,
    ...rows.map(
      ({ name, precision, recall, f1, count }) =>
        `  ${name.padEnd(width)}  ${cell(precision)}${cell(recall)}${cell(f1)}${grouped(count).padStart(9)}`,
    ),
    ...(present.length > ROWS
      ? [`  These are the ${ROWS} of ${present.length} classes of which least is found; --json has all.`]
      : []),
  ];
}
