import { cell, text } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { columnsOf, shorten } from "./names.ts";

export interface Confusion {
  readonly classes: readonly string[];
  /** Counts [true class][predicted class]. */
  readonly counts: readonly (readonly number[])[];
  /** Where the pictures of a cell are, such as "#cell-3-8"; undefined for a cell that leads nowhere. */
  readonly target: (truth: number, predicted: number) => string | undefined;
}

/** Letters of a name that is told along an axis. */
const LONGEST_NAME = 16;
const LETTER = 7.5;
/** Pixels of a cell's side, so that a few classes do not fill the page. */
const LARGEST_CELL = 72;
/** How strong the colour of a whole row in one cell is: the count is still read on it, in both lights. */
const STRONGEST = 0.6;

/** The confusion matrix: true classes down, answers across. A cell's colour tells the share of its row, and it is a link. */
export function confusionFigure({ classes, counts, target }: Confusion): string {
  const cells = counts.flatMap((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, predicted) => ({
      truth,
      predicted,
      count,
      colour: truth === predicted ? "var(--accent)" : "var(--warn)",
      // The root, so that what is rare is seen beside what is common.
      strength: count === 0 ? 0.03 : 0.08 + (STRONGEST - 0.08) * Math.sqrt(count / total),
      href: count === 0 ? undefined : target(truth, predicted),
      title: `${classes[truth]} ${truth === predicted ? "found" : `taken for ${classes[predicted]}`}: ${count.toLocaleString("en-US")} of ${total.toLocaleString("en-US")}`,
    }));
  });
  const names = classes.map((name) => shorten(name, LONGEST_NAME));
  const widest = Math.max(...names.map(columnsOf)) * LETTER;
  const digits = Math.max(...cells.map(({ count }) => String(count).length));
  return figure({
    label: `Confusion matrix of ${classes.length} classes: true classes down, answers across`,
    caption: "True classes down, answers across. The stronger a cell's colour, the larger its share of the row.",
    links: true,
    plot: (width) => {
      const marginLeft = Math.min(widest, width / 3) + 12;
      const side = Math.min(LARGEST_CELL, (width - marginLeft - 4) / classes.length);
      const upright = widest > side - 6;
      const marginTop = upright ? widest + 14 : 28;
      const letters = Math.min(13, side / (0.62 * digits), 0.8 * side);
      const marks = [
        cell(cells, {
          x: "predicted",
          y: "truth",
          fill: "colour",
          fillOpacity: "strength",
          href: "href",
          title: "title",
          inset: side < 12 ? 0.5 : 1,
        }),
      ];
      if (letters >= 7) {
        const counted = cells.filter(({ count }) => count > 0);
        marks.push(
          text(counted, {
            x: "predicted",
            y: "truth",
            text: (d: { count: number }) => String(d.count),
            fill: "currentColor",
            fontSize: letters,
            pointerEvents: "none",
          }) as never,
        );
      }
      return {
        height: marginTop + 4 + side * classes.length,
        marginLeft,
        marginTop,
        marginRight: width - marginLeft - side * classes.length,
        marginBottom: 4,
        padding: 0,
        x: {
          domain: classes.map((_, i) => i),
          axis: "top",
          label: null,
          tickSize: 0,
          tickFormat: (i: number) => names[i],
          ...(upright ? { tickRotate: -90 } : {}),
        },
        y: { domain: classes.map((_, i) => i), label: null, tickSize: 0, tickFormat: (i: number) => names[i] },
        color: { type: "identity" },
        opacity: { type: "identity" },
        marks,
      };
    },
  });
}
