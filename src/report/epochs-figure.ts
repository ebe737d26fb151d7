import { dot, line, ruleX, text } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { escapeHtml } from "./page.ts";

/** One line of a figure over the epochs. */
export interface Curve {
  readonly name: string;
  /** A colour of the page. */
  readonly colour: "accent" | "second";
  /** One for each epoch; null where nobody looked. */
  readonly values: readonly (number | null)[];
}

export interface EpochsFigure {
  readonly heading: string;
  readonly caption: string;
  /** What counts along the bottom, such as "epoch". */
  readonly over: string;
  /** Its numbers, ascending. */
  readonly at: readonly number[];
  readonly curves: readonly Curve[];
  /** The epoch whose weights were kept. */
  readonly best?: number;
  /** The values are shares, and are told in percent. */
  readonly percent?: boolean;
  /** Values of very different size are told in powers of ten. */
  readonly powers?: boolean;
}

/** Beyond this ratio of the largest to the smallest, a curve is told in powers of ten. */
const WIDE_RANGE = 30;
/** Points up to which each is marked. */
const FEW = 30;

/** How numbers change from epoch to epoch; of half the page's width. */
export function epochsFigure({ heading, caption, over, at, curves, best, percent, powers }: EpochsFigure): string {
  const points = curves.flatMap(({ name, colour, values }) =>
    values.flatMap((value, i) =>
      value === null || !Number.isFinite(value) ? [] : [{ name, colour: `var(--${colour})`, x: at[i], value }],
    ),
  );
  const all = points.map(({ value }) => value);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const logarithmic = powers && least > 0 && most > WIDE_RANGE * least;
  const key = curves
    .map(({ name, colour }) => `<span class="key" style="--key: var(--${colour})">${escapeHtml(name)}</span>`)
    .join("");
  const whole = [at[0], at[at.length - 1]];
  return figure({
    size: "half",
    label: `${heading}: ${curves.map(({ name }) => name).join(", ")}, over ${at.length} points`,
    caption,
    head: `<h3>${escapeHtml(heading)}${curves.length > 1 ? ` <span class="keys">${key}</span>` : ""}</h3>`,
    plot: () => ({
      height: 220,
      marginLeft: 52,
      marginRight: 16,
      marginTop: 20,
      marginBottom: 38,
      x: {
        label: `${over} →`,
        domain: whole[0] === whole[1] ? [whole[0] - 1, whole[1] + 1] : whole,
        ticks: wholeTicks(whole[0], whole[1]),
        tickFormat: (value: number) => value.toLocaleString("en-US"),
      },
      y: {
        type: logarithmic ? "log" : "linear",
        ...(least === most ? { domain: around(least, percent) } : {}),
        label: null,
        grid: true,
        ticks: logarithmic ? powersBetween(least, most) : 5,
        nice: !logarithmic,
        ...(percent ? { tickFormat: (value: number) => `${Number((100 * value).toPrecision(4))} %` } : {}),
        ...(logarithmic ? { tickFormat: (value: number) => powerOf(value) } : {}),
      },
      color: { type: "identity" },
      marks: [
        ...(best === undefined
          ? []
          : [
              ruleX([best], { stroke: "var(--faint)", strokeDasharray: "4,3" }),
              text(["kept"], {
                x: best,
                frameAnchor: "top",
                dy: -14,
                dx: best === whole[1] ? 4 : 0,
                textAnchor: best === whole[1] ? "end" : best === whole[0] ? "start" : "middle",
                fill: "var(--quiet)",
              }),
            ]),
        line(points, { x: "x", y: "value", stroke: "colour", z: "name", strokeWidth: 2 }),
        ...(at.length <= FEW ? [dot(points, { x: "x", y: "value", fill: "colour", r: 2.5 })] : []),
      ],
    }),
  });
}

/** At most seven whole numbers, at even distances of 1, 2 or 5 times a power of ten. */
function wholeTicks(first: number, last: number): number[] {
  let step = 1;
  for (let i = 0; (last - first) / step > 7; i++) step *= [2, 2.5, 2][i % 3];
  const from = Math.ceil(first / step) * step;
  return Array.from({ length: Math.floor((last - from) / step) + 1 }, (_, i) => from + i * step);
}

/** A range about a value that never changes; a share stays one. */
function around(value: number, share = false): [number, number] {
  const room = (Math.abs(value) || 1) / 10;
  return share ? [Math.max(0, value - room), Math.min(1, value + room)] : [value - room, value + room];
}

/** Powers of ten, every second one where there are more than eight. */
function powersBetween(least: number, most: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(least)), Math.floor(Math.log10(most))];
  const step = Math.ceil((last - first + 1) / 8) || 1;
  return Array.from({ length: Math.max(0, Math.floor((last - first) / step) + 1) }, (_, i) => 10 ** (first + i * step));
}

/** 0.001 and 1e-9. */
const powerOf = (value: number): string =>
  value >= 1e-4 && value < 1e5 ? String(Number(value.toPrecision(1))) : value.toExponential(0);
