import { dot, line, type Markish, text } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { ticksOf, type ValueAxis } from "./unit-axis.ts";

export interface FrontPoint {
  readonly x: number;
  readonly y: number;
  readonly number: number;
  readonly kind: "front" | "other" | "forbidden";
  readonly title: string;
}

export interface FrontFigure {
  readonly x: ValueAxis;
  readonly y: ValueAxis;
  readonly points: readonly FrontPoint[];
  readonly caption: string;
}

/** Members of a front up to which each has its number. */
const FEW = 20;

/** Two objectives, and the trials that none is better than in both. */
export function frontFigure({ x, y, points, caption }: FrontFigure): string {
  const inside = (value: number, { domain: [low, high] }: ValueAxis) => Math.max(low, Math.min(high, value));
  const drawn = points.map((point) => ({ ...point, x: inside(point.x, x), y: inside(point.y, y) }));
  const of = (kind: FrontPoint["kind"]) => drawn.filter((point) => point.kind === kind);
  const front = of("front").sort((a, b) => a.x - b.x);
  const channels = { x: "x", y: "y", title: "title" };
  const axis = (of: ValueAxis, most: number) => ({
    domain: [...of.domain],
    type: of.logarithmic ? ("log" as const) : ("linear" as const),
    ticks: ticksOf(of, most),
    tickFormat: of.format,
    grid: true,
  });
  return figure({
    label: `${y.name} over ${x.name}: ${points.length} trials, ${front.length} of them on the Pareto front`,
    caption,
    plot: (width) => ({
      height: width < 500 ? 300 : 400,
      ...{ marginLeft: 60, marginRight: 20, marginTop: 26, marginBottom: 42 },
      x: { ...axis(x, width < 500 ? 4 : 8), label: `${x.name} →` },
      y: { ...axis(y, 6), label: `↑ ${y.name}` },
      marks: [
        dot(of("other"), { ...channels, fill: "var(--faint)", r: 3 }),
        dot(of("forbidden"), { ...channels, stroke: "var(--faint)", r: 3 }),
        line(front, { x: "x", y: "y", stroke: "var(--accent)", strokeOpacity: 0.6 }),
        dot(front, { ...channels, fill: "var(--accent)", r: 4.5 }),
        ...(front.length <= FEW
          ? [
              text(front, {
                ...{ x: "x", y: "y", text: "number", dy: -11, fontSize: 11, fill: "var(--quiet)" },
                ...{ stroke: "var(--paper)", strokeWidth: 4 },
              }),
            ]
          : []),
      ] satisfies Markish[],
    }),
  });
}
