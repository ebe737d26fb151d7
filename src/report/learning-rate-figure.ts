import { dot, line, type Markish, ruleX, text } from "@observablehq/plot";
import { figure } from "./figure.ts";

/** The range test of learning rates, as it is drawn. */
export interface RangeCurve {
  readonly curve: readonly { readonly learningRate: number; readonly loss: number; readonly smoothed: number }[];
  readonly suggestion: number | null;
  readonly divergedAt: number | null;
}

const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
/** 10⁻³ for 0.001. */
const power = (rate: number): string => {
  const exponent = Math.round(Math.log10(rate));
  return `10${exponent < 0 ? "⁻" : ""}${[...String(Math.abs(exponent))].map((digit) => digits[Number(digit)]).join("")}`;
};

const shown = (rate: number) => String(Number(rate.toPrecision(2)));

/** The loss over the learning rate, with the rate that is proposed and the one where it diverged. */
export function learningRateFigure({ curve, suggestion, divergedAt }: RangeCurve): string {
  // The last point of a test that diverged may be as high as it likes; the rest should still be seen.
  const level = curve.slice(0, divergedAt === null ? undefined : -1).map(({ smoothed }) => smoothed);
  const [lowest, highest] = [Math.min(...level), Math.max(...level)];
  const room = 0.1 * (highest - lowest || 1);
  const [bottom, top] = [lowest - room, highest + 2 * room];
  const rates = curve.map(({ learningRate }) => learningRate);
  const [first, last] = [Math.min(...rates), Math.max(...rates, divergedAt ?? 0)];
  const powers = Array.from({ length: 40 }, (_, i) => 10 ** (i - 20)).filter(
    (x) => x >= 0.99 * first && x <= 1.01 * last,
  );
  /** A vertical line with its label in a row of its own at the top, so that two labels never cover each other. */
  const marked = (rate: number | null, colour: string, what: string, row: number): Markish[] => {
    if (rate === null) return [];
    const onTheLeft = Math.log(rate / first) < 0.4 * Math.log(last / first);
    const label = text([`${what} ${shown(rate)}`], {
      x: rate,
      y: top,
      dx: onTheLeft ? 6 : -6,
      dy: 18 * row,
      fill: colour,
      stroke: "var(--paper)",
      strokeWidth: 6,
      textAnchor: onTheLeft ? "start" : "end",
      lineAnchor: "top",
    });
    return [ruleX([rate], { stroke: colour, strokeDasharray: "4,3" }), label];
  };
  return figure({
    label: `The loss over the learning rate, ${curve.length} steps`,
    caption:
      "Each dot is the loss of one batch before its update, the line their moving average. The rate is raised a little after every step.",
    plot: (width) => ({
      height: width < 500 ? 260 : 360,
      marginLeft: 48,
      marginRight: 12,
      marginBottom: 44,
      marginTop: 24,
      x: {
        type: "log",
        domain: [first, last],
        label: "learning rate →",
        ticks: width < 500 ? powers.filter((_, i) => i % 2 === 0) : powers,
        tickFormat: power,
      },
      y: { domain: [bottom, top], label: "↑ loss", ticks: 5, grid: true },
      marks: [
        dot(
          curve.filter(({ loss }) => loss >= bottom && loss <= top),
          { x: "learningRate", y: "loss", r: 1.5, fill: "var(--faint)" },
        ),
        line(
          curve.map((point) => ({ ...point, smoothed: Math.min(point.smoothed, top) })),
          { x: "learningRate", y: "smoothed", stroke: "var(--accent)", strokeWidth: 2.5 },
        ),
        ...marked(suggestion, "var(--second)", "proposed", 0),
        ...marked(divergedAt, "var(--warn)", "diverged", 1),
      ],
    }),
  });
}
