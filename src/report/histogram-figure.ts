import { rectY, ruleY } from "@observablehq/plot";
import { figure } from "./figure.ts";

export interface Histogram {
  /** Ascending. */
  readonly values: Int32Array;
  /** What the values are, with their unit: "longer side, pixels". */
  readonly of: string;
}

const BINS = 24;

/** How often values of each size occur, in bins of equal width; of equal ratio where the largest is beyond 20 times the smallest. */
export function histogramFigure({ values, of }: Histogram): string {
  const [least, most] = [values[0], values[values.length - 1]];
  const logarithmic = least > 0 && most > 20 * least;
  // Few sizes in a row get a bin each, around the whole number.
  const apart = !logarithmic && most - least < BINS;
  const count = apart ? most - least + 1 : BINS;
  const edge = (k: number) => {
    if (apart) return least - 0.5 + k;
    return logarithmic ? least * (most / least) ** (k / BINS) : least + ((most - least) * k) / BINS;
  };
  const bins = Array.from({ length: count }, (_, k) => ({ from: edge(k), to: edge(k + 1), count: 0 }));
  let at = 0;
  for (const value of values) {
    while (at < count - 1 && value >= bins[at].to) at++;
    bins[at].count++;
  }
  return figure({
    label: `How often each ${of} occurs among ${values.length} pictures`,
    caption: `Pictures by their ${of}, from ${least} to ${most}.`,
    plot: (width) => ({
      height: width < 500 ? 200 : 240,
      marginLeft: 48,
      marginRight: 16,
      marginTop: 24,
      marginBottom: 40,
      x: {
        label: `${of} →`,
        type: logarithmic ? "log" : "linear",
        ticks: width < 500 ? 4 : 8,
        tickFormat: (value: number) => (Number.isInteger(value) ? String(value) : ""),
      },
      y: { label: "↑ pictures", grid: true, ticks: 4 },
      marks: [
        rectY(bins, { x1: "from", x2: "to", y: "count", fill: "var(--accent)", insetLeft: 0.5, insetRight: 0.5 }),
        ruleY([0]),
      ],
    }),
  });
}
