import { barX, ruleX } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { columnsOf, shorten } from "./names.ts";

/** How many pictures of a class each split has. */
export interface ClassCounts {
  readonly name: string;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** Bars that one figure shows at most. */
const MOST = 40;

const colours = { train: "var(--accent)", validation: "var(--second)", test: "var(--faint)" } as const;

const totalOf = ({ train, validation, test }: ClassCounts) => train + validation + test;

/** The pictures of each class as a bar, a part for each split. Of very many classes, the smallest and the largest. */
export function splitFigure(all: readonly ClassCounts[], what = "pictures"): string {
  const bySize = [...all].sort((a, b) => totalOf(a) - totalOf(b));
  const ends = new Set([...bySize.slice(0, MOST / 2), ...bySize.slice(-MOST / 2)]);
  const classes = all.length <= MOST ? all : all.filter((one) => ends.has(one));
  const own = `${what[0].toUpperCase()}${what.slice(1)}`;
  const caption =
    classes.length === all.length
      ? `${own} of each class: training, then validation, then test.`
      : `${own} of each class: training, then validation, then test. Of ${all.length} classes, the ${MOST / 2} smallest and the ${MOST / 2} largest.`;
  return figure({
    label: `${own} of each of ${classes.length} classes, by split`,
    caption,
    plot: (width) => {
      const most = width < 500 ? 12 : 22;
      const names = new Map(classes.map(({ name }) => [name, shorten(name, most)]));
      const widest = Math.max(...[...names.values()].map((name) => columnsOf(name)));
      const parts = classes.flatMap((one) =>
        (["train", "validation", "test"] as const).map((split) => ({ name: one.name, split, count: one[split] })),
      );
      return {
        height: 60 + 22 * classes.length,
        marginLeft: 14 + 8 * widest,
        marginRight: 20,
        marginTop: 36,
        x: { label: `${what} →`, grid: true, ticks: width < 500 ? 4 : 8, axis: "top" },
        y: {
          domain: classes.map(({ name }) => name),
          label: null,
          tickFormat: (name: string) => names.get(name) ?? name,
          tickSize: 0,
        },
        color: { domain: Object.keys(colours), range: Object.values(colours) },
        marks: [
          barX(parts, { x: "count", y: "name", fill: "split", order: ["train", "validation", "test"] }),
          ruleX([0]),
        ],
      };
    },
  });
}
