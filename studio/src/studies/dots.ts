/** Where trials stand in a figure, in [0, 1] of its width and height from the lower left. */
import { axisOf } from "../../../src/experiment/study-page/parameter-axis.ts";
import type { Range } from "../../../src/experiment/study-page/range.ts";
import { countOf } from "../../../src/space/index.ts";
import { bestSoFar, type Figure, kinds, type StudyData } from "./study-data.ts";

export interface Tick {
  readonly at: number;
  readonly text: string;
}

export interface Axis {
  readonly name: string;
  readonly ticks: readonly Tick[];
}

export interface Dots {
  readonly x: Axis;
  readonly y: Axis;
  /** [trials], NaN of those that are not drawn. */
  readonly across: Float64Array;
  readonly up: Float64Array;
  /** Corners of a line through the figure. */
  readonly line?: readonly (readonly [number, number])[];
  /** Of a limit. */
  readonly rules?: readonly { readonly along: "x" | "y"; readonly at: number }[];
}

const failed = kinds.indexOf("failed");
const open = kinds.indexOf("open");

/** Round numbers between two, some five of them. */
export function roundNumbers(low: number, high: number, about = 5): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= 0.7 * rough)!;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Where a value lies on the axis of its range; what is worse than its end stands at the edge. */
export function placeIn({ axis, scaled }: Range): (value: number) => number {
  const [from, to] = axis.domain.map(scaled);
  return (value) => {
    const at = (scaled(value) - from) / (to - from);
    return at < 0 ? 0 : at > 1 ? 1 : at;
  };
}

export function valueAxis(range: Range): Axis {
  const { axis } = range;
  const [low, high] = axis.domain;
  const place = placeIn(range);
  const numbers = axis.logarithmic
    ? Array.from({ length: 40 }, (_, i) => 10 ** (i - 20)).flatMap((power) =>
        (high / low > 1000 ? [1] : [1, 2, 5]).map((factor) => factor * power),
      )
    : roundNumbers(low, high);
  const ticks = numbers.filter((value) => value >= low && value <= high);
  return { name: axis.name, ticks: ticks.map((value) => ({ at: place(value), text: axis.format(value) })) };
}

/** [trials] along the axis of a figure. */
export function placesOf({ values, range }: Figure, { kind }: StudyData): Float64Array {
  const place = range === undefined ? () => Number.NaN : placeIn(range);
  return values.map((value, i) =>
    Number.isFinite(value) && kind[i] !== failed && kind[i] !== open ? place(value) : Number.NaN,
  );
}

export function parameterAxis({ space, labels }: StudyData, name: string): Axis {
  return axisOf(labels.get(name) ?? name, space.parameters[name]);
}

/** Each trial in its turn, with the best so far. */
export function historyDots(data: StudyData, figure: Figure): Dots | undefined {
  const { range, atMost } = figure;
  if (range === undefined) return undefined;
  const last = Math.max(1, data.count - 1);
  const room = 0.01;
  const across = Float64Array.from({ length: data.count }, (_, i) => room + (1 - 2 * room) * (i / last));
  const place = placeIn(range);
  const up = placesOf(figure, data);
  for (let i = 0; i < data.count; i++) if (data.kind[i] === failed) up[i] = 0;
  const line: [number, number][] = [];
  // What is limited only is not searched for.
  if (!figure.isConstraint) {
    for (const [i, value] of bestSoFar(data, figure).entries()) {
      if (Number.isNaN(value)) continue;
      const before = line.at(-1);
      if (before !== undefined && before[1] !== place(value)) line.push([across[i], before[1]]);
      if (before === undefined || before[1] !== place(value) || i === data.count - 1)
        line.push([across[i], place(value)]);
    }
  }
  const ticks = roundNumbers(0, last, 6).filter(Number.isInteger);
  return {
    x: {
      name: "",
      ticks: ticks.map((number) => ({ at: room + (1 - 2 * room) * (number / last), text: String(number) })),
    },
    y: valueAxis(range),
    ...{ across, up, line },
    ...(atMost === null ? {} : { rules: [{ along: "y" as const, at: place(atMost) }] }),
  };
}

/** Widths of a column that dots of one value are spread over. */
const SPREAD = 0.6;

/** [trials] along a parameter: dots of one value lie beside each other, by the golden ratio, and not all in one place. */
export function spread(data: StudyData, name: string, turn = 0.618034): Float64Array {
  const count = countOf(data.space.parameters[name]);
  const units = data.units.get(name)!;
  return count > 8 ? units : units.map((unit, i) => unit + (SPREAD * (((i * turn) % 1) - 0.5)) / count);
}

/** One parameter against what was reached. */
export function sliceDots(data: StudyData, figure: Figure, name: string): Dots | undefined {
  if (figure.range === undefined) return undefined;
  const across = spread(data, name);
  return { x: parameterAxis(data, name), y: valueAxis(figure.range), across, up: placesOf(figure, data) };
}

/** Two figures against each other, with their limits; the line goes along the front. */
export function frontDots(data: StudyData, first: Figure, second: Figure): Dots | undefined {
  if (first.range === undefined || second.range === undefined) return undefined;
  const [across, up] = [placesOf(second, data), placesOf(first, data)];
  const whole = across.map((x, i) => (data.kind[i] === kinds.indexOf("pruned") ? Number.NaN : x));
  const rules = [
    ...(first.atMost === null ? [] : [{ along: "y" as const, at: placeIn(first.range)(first.atMost) }]),
    ...(second.atMost === null ? [] : [{ along: "x" as const, at: placeIn(second.range)(second.atMost) }]),
  ];
  const front = data.best.toSorted((a, b) => across[a] - across[b]);
  const line: [number, number][] = [];
  // A step goes by what both of its trials are worse than: no trial lies beyond it.
  const rises = second.objective.direction === "minimize";
  for (const [at, i] of front.entries()) {
    if (at > 0) line.push(rises ? [across[i], up[front[at - 1]]] : [across[front[at - 1]], up[i]]);
    line.push([across[i], up[i]]);
  }
  return { x: valueAxis(second.range), y: valueAxis(first.range), across: whole, up, rules, line };
}

/** The trial nearest to a place, within so many pixels; −1 where there is none. */
export function nearestDot(
  { across, up }: Pick<Dots, "across" | "up">,
  x: number,
  y: number,
  size: { readonly width: number; readonly height: number },
  within: number,
): number {
  let [nearest, least] = [-1, within * within];
  for (let i = 0; i < across.length; i++) {
    const distance = ((across[i] - x) * size.width) ** 2 + ((up[i] - y) * size.height) ** 2;
    // Of those in one place the last drawn is the one that is seen.
    if (distance <= least) [nearest, least] = [i, distance];
  }
  return nearest;
}

/** The next trial that is drawn, from left to right; of none, the first or the last. */
export function neighbourOf(across: Float64Array, up: Float64Array, from: number, towards: 1 | -1): number {
  let best = -1;
  const before = (a: number, b: number) => towards * (across[a] - across[b] || a - b) < 0;
  const isFrom = from >= 0 && !Number.isNaN(across[from] + up[from]);
  for (let i = 0; i < across.length; i++) {
    if (Number.isNaN(across[i] + up[i]) || i === from) continue;
    if (isFrom && !before(from, i)) continue;
    if (best < 0 || before(i, best)) best = i;
  }
  return best < 0 ? (isFrom ? from : -1) : best;
}
