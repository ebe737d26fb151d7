import { barX, text } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { columnsOf } from "./names.ts";

export interface BarsFigure {
  readonly heading?: string;
  /** Shares, the largest first. */
  readonly bars: readonly { readonly name: string; readonly share: number }[];
  readonly label: string;
  readonly caption: string;
}

const ROW = 24;
const LETTER = 7.2;

/** Shares of a whole as bars with their names. */
export function barsFigure({ bars, label, caption }: BarsFigure): string {
  const longest = Math.max(...bars.map(({ name }) => columnsOf(name))) * LETTER;
  return figure({
    label,
    caption,
    plot: (width) => ({
      height: ROW * bars.length + 8,
      ...{ marginLeft: Math.min(longest + 12, 0.5 * width), marginRight: 52, marginTop: 4, marginBottom: 4 },
      x: { axis: null, domain: [0, Math.max(...bars.map(({ share }) => share))] },
      y: { label: null, domain: bars.map(({ name }) => name), tickSize: 0, padding: 0.3 },
      marks: [
        barX(bars, { x: "share", y: "name", fill: "var(--accent)" }),
        text(bars, {
          x: "share",
          y: "name",
          text: ({ share }: { share: number }) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`,
          textAnchor: "start",
          dx: 6,
          fill: "var(--quiet)",
        }),
      ],
    }),
  });
}
