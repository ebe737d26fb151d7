import { dot, line, type Markish, ruleX } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { ticksOf, type ValueAxis } from "./unit-axis.ts";

/** A trial of a search. */
export interface HistoryPoint {
  readonly number: number;
  /** Undefined where none was reached. */
  readonly value: number | undefined;
  /** Of a trial that ended as it should, or was stopped early, or failed, or is above a limit. */
  readonly kind: "complete" | "pruned" | "failed" | "forbidden";
  /** The best until now. */
  readonly best: number | undefined;
  readonly title: string;
}

export interface HistoryFigure {
  readonly points: readonly HistoryPoint[];
  readonly axis: ValueAxis;
  readonly caption: string;
}

const size = (count: number) => (count > 300 ? 2 : 3);

/** What each trial reached, in the order in which they were begun, and the best so far. */
export function historyFigure({ points, axis, caption }: HistoryFigure): string {
  const [low, high] = axis.domain;
  const inside = (value: number) => Math.max(low, Math.min(high, value));
  const valued = points.flatMap((point) => (point.value === undefined ? [] : [{ ...point, y: inside(point.value) }]));
  const of = (kind: HistoryPoint["kind"]) => valued.filter((point) => point.kind === kind);
  const beyond = (point: { readonly value: number | undefined }) => point.value! < low || point.value! > high;
  const best = points.flatMap((point) =>
    point.best === undefined ? [] : [{ x: point.number, y: inside(point.best) }],
  );
  const channels = { x: "number", y: "y", title: "title" };
  const r = size(points.length);
  return figure({
    label: `${axis.name} of ${points.length} trials, in the order in which they were begun`,
    caption,
    plot: (width) => ({
      height: width < 500 ? 260 : 320,
      ...{ marginLeft: 60, marginRight: 12, marginTop: 24, marginBottom: 40 },
      x: {
        label: "trial →",
        domain: [-0.5, Math.max(1, (points.at(-1)?.number ?? 0) + 0.5)],
        ticks: ticksOf(
          { name: "", domain: [0, points.at(-1)?.number ?? 1], format: String },
          width < 500 ? 5 : 9,
        ).filter(Number.isInteger),
        tickFormat: (value: number) => value.toLocaleString("en-US"),
      },
      y: {
        label: `↑ ${axis.name}`,
        domain: [low, high],
        type: axis.logarithmic ? "log" : "linear",
        grid: true,
        ticks: ticksOf(axis, 6),
        tickFormat: axis.format,
      },
      color: { type: "identity" },
      marks: [
        ruleX(
          points.filter(({ kind }) => kind === "failed"),
          {
            x: "number",
            y1: low,
            y2: low,
            stroke: "var(--warn)",
            strokeWidth: 2,
            insetBottom: -4,
            insetTop: -6,
            title: "title",
          },
        ),
        dot(of("pruned"), { ...channels, symbol: "times", stroke: "var(--faint)", r }),
        dot(of("forbidden"), { ...channels, stroke: "var(--faint)", r }),
        dot(
          of("complete").filter((point) => !beyond(point)),
          { ...channels, fill: "var(--accent)", r },
        ),
        dot(of("complete").filter(beyond), {
          ...channels,
          symbol: "triangle",
          rotate: ({ value }: HistoryPoint) => (value! < low ? 180 : 0),
          fill: "var(--accent)",
          r: 3.5,
        }),
        line(best, { x: "x", y: "y", stroke: "var(--second)", strokeWidth: 2, curve: "step-after" }),
      ] satisfies Markish[],
    }),
  });
}
