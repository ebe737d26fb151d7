import { dot, line, link, type Markish, text } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { rampColour } from "./ramp.ts";
import { roomyTicks, type UnitAxis } from "./unit-axis.ts";

/** A trial from axis to axis. */
export interface ParallelLine {
  /** One for each axis; null where it does not have the parameter. */
  readonly places: readonly (number | null)[];
  /** How good it is, in [0, 1]. */
  readonly share: number;
  readonly title: string;
}

export interface ParallelFigure {
  readonly axes: readonly UnitAxis[];
  /** The better ones last: they lie above the others. */
  readonly lines: readonly ParallelLine[];
  readonly label: string;
  readonly caption: string;
}

/** Where lines go that do not have a parameter. */
const ABSENT = -0.14;
/** Pixels from axis to axis; more where the names stand between them. */
const rowOf = (wide: boolean) => (wide ? 46 : 58);

/** Bad trials are many, and are not what is looked for. */
const strengthOf = (share: number) => 0.25 + 0.65 * Math.max(0, share) ** 2;

/** One line a trial through all its parameters. The axes lie below each other, so that their names are read on a telephone too. */
export function parallelFigure({ axes, lines, label, caption }: ParallelFigure): string {
  const absent = lines.some(({ places }) => places.includes(null));
  const from = absent ? ABSENT : 0;
  const points = lines.flatMap(({ places, share, title }, trial) =>
    places.map((place, row) => ({
      x: place ?? ABSENT,
      row,
      trial,
      colour: rampColour(share),
      strength: strengthOf(share),
      title,
    })),
  );
  const rows = axes.map((_, row) => row);
  const letters = { stroke: "var(--paper)", strokeWidth: 4, paintOrder: "stroke" } as const;
  return figure({
    label,
    caption,
    plot: (width) => {
      const wide = width > 500;
      const margins = { marginLeft: wide ? 150 : 14, marginRight: 24, marginTop: absent ? 34 : 22, marginBottom: 22 };
      const pixels = (width - margins.marginLeft - margins.marginRight) / (1 - from);
      const ticks = axes.flatMap((axis, row) => roomyTicks(axis, pixels, 6.2).map((tick) => ({ ...tick, row })));
      const names = axes.map(({ name }, row) => ({ name, row }));
      return {
        height: margins.marginTop + margins.marginBottom + rowOf(wide) * (axes.length - 1) + 8,
        ...margins,
        x: { axis: null, domain: [from, 1] },
        y: { axis: null, domain: [-0.1, axes.length - 1 + 0.1], reverse: true },
        color: { type: "identity" },
        opacity: { type: "identity" },
        marks: [
          link(rows, { x1: 0, x2: 1, y1: (row: number) => row, y2: (row: number) => row, stroke: "var(--faint)" }),
          line(points, {
            ...{ x: "x", y: "row", z: "trial", stroke: "colour", strokeWidth: 1.4, strokeOpacity: "strength" },
            ...{ curve: "bump-y", title: "title" },
          }),
          dot(ticks, { x: "at", y: "row", r: 2, fill: "var(--quiet)" }),
          text(ticks, { x: "at", y: "row", text: "text", dy: 11, fontSize: 11, fill: "var(--quiet)", ...letters }),
          ...(absent
            ? [
                text(["not there"], {
                  ...{ x: ABSENT, y: 0, dy: -20, fontSize: 11, fill: "var(--quiet)" },
                  textAnchor: wide ? "middle" : "start",
                  dx: wide ? 0 : -10,
                }),
              ]
            : []),
          text(names, {
            ...{ x: wide ? from : 0, y: "row", text: "name", fill: "var(--ink)", ...letters },
            ...(wide ? { dx: -12, textAnchor: "end" } : { dy: -10, textAnchor: "start" }),
          }),
        ] satisfies Markish[],
      };
    },
  });
}
