import { columnsOf } from "./names.ts";

/** An axis on which places are told in [0, 1], whatever its scale is: what a place means, its ticks say. */
export interface UnitAxis {
  readonly name: string;
  /** Ascending. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** Ticks that leave each other room, the first and the last among them. */
export function roomyTicks({ ticks }: UnitAxis, pixels: number, letter: number): UnitAxis["ticks"] {
  const width = (text: string) => letter * columnsOf(text);
  const clash = (a: UnitAxis["ticks"][number], b: UnitAxis["ticks"][number]) =>
    Math.abs(b.at - a.at) * pixels < (width(a.text) + width(b.text)) / 2 + letter;
  const kept: UnitAxis["ticks"][number][] = [];
  const last = ticks.at(-1);
  for (const tick of ticks) {
    const before = kept.at(-1);
    if (before !== undefined && clash(before, tick)) continue;
    if (last !== undefined && tick !== last && clash(tick, last)) continue;
    kept.push(tick);
  }
  return kept;
}

/** An axis on which values are told as they are. */
export interface ValueAxis {
  readonly name: string;
  /** From the lowest to the highest that is drawn. */
  readonly domain: readonly [number, number];
  readonly logarithmic?: boolean;
  readonly format: (value: number) => string;
}

/** Values at even distances of 1, 2 or 5 times a power of ten; on a logarithmic axis powers of ten, or 1, 2 and 5 times them. */
export function ticksOf({ domain: [low, high], logarithmic = false }: ValueAxis, most: number): number[] {
  if (!logarithmic) {
    let step = 10 ** Math.floor(Math.log10((high - low) / most || 1));
    for (let i = 0; (high - low) / step > most; i++) step *= [2, 2.5, 2][i % 3];
    const from = Math.ceil(low / step - 1e-9);
    const count = Math.floor(high / step + 1e-9) - from + 1;
    // Parts of ten as they are written: 0.3, and not 0.30000000000000004.
    return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((from + i) * step).toPrecision(12)));
  }
  const powers = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, i) => Math.floor(Math.log10(low)) + i,
  );
  const inside = (values: number[]) =>
    values.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
  const fine = inside(powers.flatMap((power) => [1, 2, 5].map((part) => Number(`${part}e${power}`))));
  if (fine.length <= most) return fine;
  const coarse = inside(powers.map((power) => Number(`1e${power}`)));
  const every = Math.ceil(coarse.length / most);
  return coarse.filter((_, i) => i % every === 0);
}
