import { cellsHtml, confusionFigure, escapeHtml, type Section, type Shown } from "../../report/index.ts";
import type { Prediction } from "../predictions.ts";
import { type CellChoice, MOST_CLASSES } from "./choose-pictures.ts";
import { type RunPageData, thingsOf } from "./page-data.ts";
import { grouped, numbersTable, paragraph, percent, percentOrNone } from "./words.ts";

type Judged = NonNullable<RunPageData["judged"]>;

const idOf = ({ truth, predicted }: Pick<CellChoice, "truth" | "predicted">) => `cell-${truth}-${predicted}`;

/** Which classes are taken for which; each cell leads to its pictures. */
export function confusionSection(data: RunPageData, judged: Judged): Section {
  const { classes } = data.run;
  const things = thingsOf(data);
  const { figures, choices, name } = judged;
  const ids = new Set(choices.cells.map(idOf));
  const target = (truth: number, predicted: number) => {
    const id = idOf({ truth, predicted });
    return ids.has(id) ? `#${id}` : undefined;
  };
  const drawn = classes.length <= MOST_CLASSES;
  const matrix = drawn
    ? confusionFigure({ classes, counts: figures.confusion, target })
    : paragraph(
        `Of ${grouped(classes.length)} classes, the pairs that are confused most often. confusion.csv has all.`,
      );
  const cells = choices.cells.map((cell) => {
    const pictures = shownOf(data, cell.shown);
    return { id: idOf(cell), heading: headingOf(cell, classes), note: noteOf(data, cell, pictures.length), pictures };
  });
  const how = paragraph(
    `The ${grouped(figures.images)} ${name} ${things}. Click a cell, or move with Tab and the arrow keys and press Enter, to see its ${things}.`,
  );
  const opened = `<div class="cells">${cellsHtml(cells, "#confusion")}</div>`;
  const parts = drawn
    ? [how, matrix, opened, pairsList(judged, classes)]
    : [matrix, pairsList(judged, classes), opened];
  return {
    heading: "Which classes are taken for which",
    id: "confusion",
    body: [...parts, classesTable(judged, classes)].join("\n"),
  };
}

function headingOf({ truth, predicted }: CellChoice, classes: readonly string[]): string {
  return truth === predicted ? `${classes[truth]}, found` : `${classes[truth]}, taken for ${classes[predicted]}`;
}

function noteOf(data: RunPageData, { truth, predicted, count }: CellChoice, shown: number): string {
  const what = `${grouped(count)} ${count === 1 ? thingsOf(data).slice(0, -1) : thingsOf(data)}`;
  if (shown === count) return `${what}.`;
  const which = truth === predicted ? "the least certain answers" : "the most certain mistakes";
  return `${shown} of ${what}: ${which}. predictions.csv lists all.`;
}

/** Those of them that there was room for. */
export function shownOf({ dataset, pictures }: RunPageData, shown: readonly Prediction[]): Shown[] {
  const of = ({ path, probability }: Prediction) => ({ path, title: percent(probability) });
  if (dataset.source.numbers) return shown.map((one) => ({ image: null, ...of(one) }));
  return shown.flatMap((one) => {
    const image = pictures.get(one.index);
    return image === undefined ? [] : [{ image, ...of(one) }];
  });
}

function pairsList({ choices }: Judged, classes: readonly string[]): string {
  if (choices.pairs.length === 0) return paragraph("Nothing was taken for something else.");
  const items = choices.pairs.map(
    (pair) =>
      `<li><a href="#${idOf(pair)}">${escapeHtml(`${classes[pair.truth]} taken for ${classes[pair.predicted]}`)}</a> ${grouped(pair.count)}</li>`,
  );
  return `<h3>Most often confused</h3><ol class="pairs">${items.join("\n")}</ol>`;
}

/** Precision, recall and F1 of each class. */
function classesTable({ figures }: Judged, classes: readonly string[]): string {
  const rows = figures.perClass.map(({ precision, recall, f1, count }, label) => [
    classes[label],
    percentOrNone(precision),
    percentOrNone(recall),
    percentOrNone(f1),
    grouped(count),
  ]);
  const table = numbersTable(["class", "precision", "recall", "F1", "count"], rows);
  return `<details${classes.length <= 12 ? " open" : ""}><summary>Figures of each class</summary>${table}</details>`;
}
