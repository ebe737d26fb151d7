import { BOUND, describeKink, type Row, STEPS, type UnitRow, type Verdict } from "../gradcheck/index.ts";
import { style, wrapped } from "./output.ts";

type AnyRow = Row | UnitRow;

/** The width of a terminal that every line fits into. */
const WIDTH = 80;
/** One wrong rule spoils every parameter before it: so many rows are named for each unit or network. */
const MOST_REMARKS = 6;

/** 4.1e-10; 0 stays 0, and what is no number is a dash. */
const short = (value: number) => (value === 0 ? "0" : Number.isFinite(value) ? value.toExponential(1) : "–");
/** 1e-5. */
const stepText = (step: number) => (Number.isFinite(step) ? step.toExponential(0) : "–");
/** Five digits, as people write them: 0.62582, 1.2e-7. */
const slope = (value: number) => (Number.isFinite(value) ? `${Number(value.toPrecision(5))}` : "none");

const colours = { ok: "green", kink: "yellow", wrong: "red" } as const;
const verdictText = (verdict: Verdict) => style(colours[verdict], verdict);

/** The row with the largest error among those that decide: the wrong ones, else those that agree, else those on a kink. */
function deciding(rows: readonly AnyRow[]): AnyRow {
  const kinds = (["wrong", "ok", "kink"] as const).map((verdict) => rows.filter((row) => row.verdict === verdict));
  const some = kinds.find((list) => list.length > 0)!;
  return some.reduce((worst, row) => (row.error > worst.error ? row : worst));
}

/** One line for each thing that is checked, under a header, in columns that fit all names. */
export class Table {
  readonly #widths: number[];
  readonly #header: readonly string[];

  /** @param names the header's words and every line's, one for each column of names */
  constructor(names: readonly (readonly string[])[]) {
    this.#header = names[0];
    this.#widths = this.#header.map((_, column) => Math.max(...names.map((line) => line[column].length)));
  }

  header(): string {
    return style("dim", this.#line(this.#header, "rel. error", "step h", "verdict"));
  }

  line(names: readonly string[], rows: readonly AnyRow[]): string {
    const { error, step, verdict } = deciding(rows);
    return this.#line(names, short(error), stepText(step), verdictText(verdict));
  }

  #line(names: readonly string[], error: string, step: string, verdict: string): string {
    const words = names.map((name, column) => name.padEnd(this.#widths[column]));
    return ["", ...words, error.padStart(10), step.padStart(6), verdict].join("  ");
  }
}

const placeOf = (row: AnyRow) => `${row.input}${"sample" in row ? ` of samples[${row.sample}]` : ""}`;

/** Every row of one unit or one network: both numbers, their error, and the step. */
export function detailLines(title: string, rows: readonly AnyRow[]): string[] {
  const places = rows.map(placeOf);
  const width = Math.min(21, Math.max(...places.map((place) => place.length)));
  const along = Math.max(...rows.map((row) => row.along.length));
  const line = (...[place, which, backward, differences, error, step, verdict]: string[]) =>
    [
      "",
      (place.length > width ? `…${place.slice(place.length + 1 - width)}` : place).padEnd(width),
      which.padEnd(along),
      backward.padStart(10),
      differences.padStart(11),
      error.padStart(7),
      step.padStart(4),
      ` ${verdict}`,
    ].join(" ");
  return [
    style("bold", title),
    style("dim", line("input", "along", "backward", "differences", "error", "h", "verdict")),
    ...rows.map((row, i) => {
      const numbers = [slope(row.backward), slope(row.differences), short(row.error), stepText(row.step)];
      return line(places[i] === places[i - 1] ? "" : places[i], row.along, ...numbers, verdictText(row.verdict));
    }),
  ];
}

/** What has to be said of rows that are not simply right: the kinks by name, the mistakes with both numbers. */
export function remarkLines(rows: readonly AnyRow[]): string[] {
  const remarkable = rows.filter(({ verdict }) => verdict !== "ok");
  const left = remarkable.length - MOST_REMARKS;
  const more = left > 0 ? [`    and ${left} more; --json tells them all`] : [];
  return [...remarkable.slice(0, MOST_REMARKS).flatMap(remarkOf), ...more];
}

function remarkOf(row: AnyRow): string[] {
  const place = row.along === "direction" ? placeOf(row) : `${placeOf(row)}, element ${row.along}`;
  const kinks = (row.kinks ?? []).map(describeKink).join("; ");
  const why = [kinks, row.reason].filter((text) => text).join("; ");
  const numbers =
    row.verdict === "wrong"
      ? `backward ${slope(row.backward)}, differences ${slope(row.differences)}`
      : row.sides === undefined
        ? ""
        : `slope taken ${slope(row.backward)}, on the left ${slope(row.sides.left)}, on the right ${slope(row.sides.right)}`;
  const beside =
    row.beside === undefined ? "" : `, error beside it ${short(row.beside.error)} at h = ${stepText(row.beside.step)}`;
  const parts = [why === "" ? place : `${place}: ${why}`, `${numbers}${beside}`].filter((part) => part !== "");
  // The lines stand under the text behind the verdict.
  return parts
    .flatMap((part) => wrapped(part, WIDTH - 11))
    .map((line, i) => {
      const label = i === 0 ? row.verdict : "";
      return `    ${style(colours[row.verdict], label)}${" ".repeat(7 - label.length)}${line}`;
    });
}

/** The error at every step, for the row that decides: truncation makes it large on the left, rounding on the right. */
export function curveLines(rows: readonly AnyRow[]): string[] {
  const finite = rows.filter((row) => row.curve.length > 0);
  if (finite.length === 0) return [];
  const row = deciding(finite);
  const along = row.along === "direction" ? "along a random direction" : `along element ${row.along}`;
  const cells = (texts: readonly string[]) => texts.map((text) => text.padStart(8)).join("");
  return [
    "",
    `The error of ${placeOf(row)} ${along}, at every step`,
    style("dim", `  h    ${cells(STEPS.map(stepText))}`),
    `  error${cells(row.curve.map(({ error }) => short(error)))}`,
  ];
}

export interface Counts {
  readonly units: number;
  readonly networks: number;
  readonly rows: number;
  readonly kink: number;
  readonly wrong: number;
}

/** The last lines: does everything agree, and what was left out or stands on a kink. */
export function summary(counts: Counts, failed: readonly string[], silent: readonly string[]): string[] {
  const plural = (count: number, one: string, several = `${one}s`) => `${count} ${count === 1 ? one : several}`;
  const { units, networks, rows, kink, wrong } = counts;
  const what = [
    ...(units > 0 ? [plural(units, "unit")] : []),
    ...(networks > 0 ? [plural(networks, "model with its loss", "pairs of model and loss")] : []),
  ].join(" and ");
  const bound = `relative error of ${BOUND.toExponential(0)} at most`;
  const verdict =
    wrong > 0
      ? `${what}: ${plural(wrong, "derivative")} of ${rows} wrong, in ${failed.join(", ")}.`
      : `${what}: all backward rules agree with the differences (${bound}).`;
  const remarks = [
    ...(kink > 0
      ? [`${plural(kink, "derivative")} of ${rows} ${kink === 1 ? "is" : "are"} taken on a kink, as named above.`]
      : []),
    ...(silent.length > 0 ? [`Nothing flows back from ${silent.join(", ")}.`] : []),
  ];
  // A unit like equal has no slopes to agree on.
  const told = rows === 0 ? [] : wrapped(verdict, WIDTH).map((line) => style(wrong > 0 ? "red" : "green", line));
  return [...told, ...remarks.flatMap((text) => wrapped(text, WIDTH))];
}
