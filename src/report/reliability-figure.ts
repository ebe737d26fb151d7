import { dot, line, rectY, ruleY } from "@observablehq/plot";
import { figure } from "./figure.ts";

/** The pictures whose answer is said with a certainty in (from, to]. */
export interface CertaintyBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean certainty; null without pictures. */
  readonly confidence: number | null;
  /** Share of right answers; null without pictures. */
  readonly accuracy: number | null;
}

const percent = (share: number) => `${Math.round(100 * share)} %`;
const frame = { height: 260, marginLeft: 52, marginRight: 16, marginTop: 20, marginBottom: 40 } as const;
const ticks = [0, 0.25, 0.5, 0.75, 1];

/** How often is right what is said with a certainty: the reliability curve; of half the page's width. */
export function reliabilityFigure(bins: readonly CertaintyBin[], what = "pictures"): string {
  const filled = bins.filter(({ count }) => count > 0);
  const most = Math.max(...filled.map(({ count }) => count));
  return figure({
    size: "half",
    label: "Share of right answers over the certainty with which they are said",
    caption:
      "A dot on the dashed line is as often right as it says; below the line it is too sure, above it too modest. Large dots stand for many.",
    head: "<h3>Right, when so sure</h3>",
    plot: () => ({
      ...frame,
      x: { domain: [0, 1], label: "certainty →", ticks, tickFormat: percent },
      y: { domain: [0, 1], label: "↑ right", ticks, tickFormat: percent, grid: true },
      r: { type: "identity" },
      marks: [
        line(
          [
            [0, 0],
            [1, 1],
          ],
          { stroke: "var(--faint)", strokeDasharray: "4,3" },
        ),
        line(filled, { x: "confidence", y: "accuracy", stroke: "var(--accent)", strokeWidth: 1.5 }),
        dot(filled, {
          x: "confidence",
          y: "accuracy",
          fill: "var(--accent)",
          r: ({ count }: CertaintyBin) => 2 + 5 * Math.sqrt(count / most),
          title: ({ accuracy, count }: CertaintyBin) =>
            `${(100 * (accuracy ?? 0)).toFixed(1)} % of ${count.toLocaleString("en-US")} ${what} right`,
        }),
      ],
    }),
  });
}

/**
 * How many answers are said with which certainty; of half the page's width.
 * @param what the answers are about
 */
export function certaintyFigure(bins: readonly CertaintyBin[], what = "pictures"): string {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return figure({
    size: "half",
    label: `How many ${what} are answered with which certainty`,
    caption: `All ${total.toLocaleString("en-US")} ${what} by the certainty of their answer.`,
    head: "<h3>How sure it is</h3>",
    plot: () => ({
      ...frame,
      x: { domain: [0, 1], label: "certainty →", ticks, tickFormat: percent },
      y: { label: `↑ ${what}`, ticks: 5, grid: true },
      marks: [
        rectY(bins, { x1: "from", x2: "to", y: "count", fill: "var(--accent)", insetLeft: 0.5, insetRight: 0.5 }),
        ruleY([0]),
      ],
    }),
  });
}
