import { dot } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { escapeHtml } from "./page.ts";
import { rampColour } from "./ramp.ts";
import { roomyTicks, ticksOf, type UnitAxis, type ValueAxis } from "./unit-axis.ts";

export interface SliceFigure {
  readonly heading: string;
  readonly axis: UnitAxis;
  readonly value: ValueAxis;
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    /** Of the way from the first colour to the last. */
    readonly share: number;
    readonly title: string;
    /** Gets a ring. */
    readonly best: boolean;
  }[];
  readonly caption: string;
}

const MARGINS = { marginLeft: 56, marginRight: 16, marginTop: 12, marginBottom: 34 };

/** What trials reached over one parameter; of half the page's width. */
export function sliceFigure({ heading, axis, value, points, caption }: SliceFigure): string {
  const [low, high] = value.domain;
  return figure({
    size: "half",
    label: `${value.name} over ${axis.name}, ${points.length} trials`,
    caption,
    head: `<h3>${escapeHtml(heading)}</h3>`,
    plot: (width) => {
      const ticks = roomyTicks(axis, width - 56 - 16, 6.5);
      return {
        height: 200,
        ...MARGINS,
        x: {
          label: null,
          domain: [-0.03, 1.03],
          ticks: ticks.map(({ at }) => at),
          tickFormat: (_: number, i: number) => ticks[i].text,
        },
        y: {
          label: null,
          domain: [low, high],
          type: value.logarithmic ? "log" : "linear",
          grid: true,
          ticks: ticksOf(value, 5),
          tickFormat: value.format,
        },
        color: { type: "identity" },
        marks: [
          dot(
            points.map((point) => ({
              ...point,
              y: Math.max(low, Math.min(high, point.y)),
              colour: rampColour(point.share),
            })),
            { x: "x", y: "y", fill: "colour", stroke: "var(--paper)", strokeWidth: 0.5, r: 3.5, title: "title" },
          ),
          dot(
            points.filter(({ best }) => best),
            { x: "x", y: "y", stroke: "var(--ink)", strokeWidth: 1.5, r: 6 },
          ),
        ],
      };
    },
  });
}
