import { contour, dot, type Markish } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { rampColour, rampColours, rampEdges } from "./ramp.ts";
import { roomyTicks, type UnitAxis } from "./unit-axis.ts";

export interface ContourFigure {
  readonly x: UnitAxis;
  readonly y: UnitAxis;
  /** How good it is in [0, 1], [size, size] from the lowest y on; NaN where nothing is known. */
  readonly surface: { readonly size: number; readonly values: Float64Array };
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly share: number;
    readonly title: string;
  }[];
  readonly label: string;
  readonly caption: string;
}

/** A surface over two parameters, with the trials that it was made of. */
export function contourFigure({ x, y, surface, points, label, caption }: ContourFigure): string {
  const { size, values } = surface;
  const best = points.reduce((a, b) => (b.share > a.share ? b : a));
  return figure({
    label,
    caption,
    plot: (width) => {
      const margins = { marginLeft: 64, marginRight: 16, marginTop: 26, marginBottom: 42 };
      const height = width < 500 ? 330 : 440;
      const across = roomyTicks(x, width - margins.marginLeft - margins.marginRight, 6.5);
      return {
        height,
        ...margins,
        x: {
          label: `${x.name} →`,
          domain: [0, 1],
          ticks: across.map(({ at }) => at),
          tickFormat: (_: number, i: number) => across[i].text,
        },
        y: {
          label: `↑ ${y.name}`,
          domain: [0, 1],
          ticks: y.ticks.map(({ at }) => at),
          tickFormat: (_: number, i: number) => y.ticks[i].text,
        },
        color: { type: "threshold", domain: rampEdges as number[], range: rampColours as string[] },
        marks: [
          contour(Array.from(values), {
            ...{ width: size, height: size, x1: 0, y1: 0, x2: 1, y2: 1 },
            thresholds: [0, ...rampEdges],
            fill: (value: number) => value,
            stroke: "none",
          }),
          dot(points, {
            ...{ x: "x", y: "y", r: 3, title: "title", strokeWidth: 1 },
            fill: ({ share }: { share: number }) => rampColour(share),
            stroke: "var(--paper)",
          }),
          // Two rings, so that one of them is seen on any colour.
          dot([best], { x: "x", y: "y", r: 7, stroke: "var(--paper)", strokeWidth: 4 }),
          dot([best], { x: "x", y: "y", r: 7, stroke: "var(--ink)", strokeWidth: 1.5 }),
        ] satisfies Markish[],
      };
    },
  });
}
