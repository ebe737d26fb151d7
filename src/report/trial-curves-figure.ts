import { line, type Markish } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { rampColour } from "./ramp.ts";
import { ticksOf, type ValueAxis } from "./unit-axis.ts";

export interface TrialCurve {
  readonly points: readonly (readonly [step: number, value: number])[];
  /** How good it ended, in [0, 1]; undefined of one that did not come to its end. */
  readonly share: number | undefined;
  readonly title: string;
}

export interface TrialCurvesFigure {
  readonly over: string;
  readonly axis: ValueAxis;
  /** Those that came last lie above the others. */
  readonly curves: readonly TrialCurve[];
  readonly label: string;
  readonly caption: string;
}

/** What each trial had reached step after step. */
export function trialCurvesFigure({ over, axis, curves, label, caption }: TrialCurvesFigure): string {
  const [low, high] = axis.domain;
  const points = curves.flatMap(({ points: own, share, title }, trial) =>
    own.map(([x, value]) => ({
      ...{ x, y: Math.max(low, Math.min(high, value)), trial, title },
      colour: share === undefined ? "var(--faint)" : rampColour(share),
      ended: share !== undefined,
    })),
  );
  const steps = points.map(({ x }) => x);
  const [first, last] = [Math.min(...steps), Math.max(...steps)];
  const domain = first === last ? ([first - 1, last + 1] as const) : ([first, last] as const);
  const channels = { x: "x", y: "y", z: "trial", stroke: "colour", title: "title" };
  return figure({
    label,
    caption,
    plot: (width) => ({
      height: width < 500 ? 260 : 340,
      ...{ marginLeft: 60, marginRight: 16, marginTop: 24, marginBottom: 40 },
      x: {
        label: `${over} →`,
        domain: [...domain],
        ticks: ticksOf({ name: over, domain: [first, last], format: String }, width < 500 ? 6 : 10).filter(
          Number.isInteger,
        ),
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
        line(
          points.filter(({ ended }) => !ended),
          { ...channels, strokeWidth: 1, strokeOpacity: 0.7 },
        ),
        line(
          points.filter(({ ended }) => ended),
          { ...channels, strokeWidth: 1.4, strokeOpacity: 0.85 },
        ),
      ] satisfies Markish[],
    }),
  });
}
