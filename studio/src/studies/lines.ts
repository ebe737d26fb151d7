/** Trials as lines: over parallel axes, and over epochs. */
import type { StudyCurves } from "../../../src/studio/index.ts";
import { type Axis, parameterAxis, placeIn, placesOf, roundNumbers, valueAxis } from "./dots.ts";
import { type Figure, figureOf, kinds, type StudyData } from "./study-data.ts";

/** Lines of all trials, one behind the other. */
export interface Lines {
  /** [trials + 1]: where the corners of each begin. */
  readonly starts: Uint32Array;
  /** [corners] in [0, 1]; a NaN in `up` breaks a line. */
  readonly across: Float32Array;
  readonly up: Float32Array;
}

export interface ParallelAxis extends Axis {
  /** A parameter's name, or a metric's. */
  readonly key: string;
  readonly isFigure: boolean;
  /** [trials] */
  readonly places: Float64Array;
}

/** Parameters, and what came of them on the last axes: every objective and limit. */
export function parallelAxes(data: StudyData, names: readonly string[], figures: readonly string[]): ParallelAxis[] {
  const ofParameters = names.map((name) => ({
    ...parameterAxis(data, name),
    ...{ key: name, isFigure: false, places: data.units.get(name)! },
  }));
  const ofFigures = figures.flatMap((metric): ParallelAxis[] => {
    const figure = figureOf(data, metric);
    if (figure.range === undefined) return [];
    return [{ ...valueAxis(figure.range), key: `=${metric}`, isFigure: true, places: placesOf(figure, data) }];
  });
  return [...ofParameters, ...ofFigures];
}

/** A line for each trial that has ended, across all axes. What has no value on one runs along below it. */
export function parallelLines({ count, kind }: StudyData, axes: readonly ParallelAxis[], below: number): Lines {
  const starts = new Uint32Array(count + 1);
  const [across, up] = [new Float32Array(count * axes.length), new Float32Array(count * axes.length)];
  let at = 0;
  for (let trial = 0; trial < count; trial++) {
    starts[trial] = at;
    if (kind[trial] === kinds.indexOf("open")) continue;
    for (const [i, { places }] of axes.entries()) {
      across[at] = axes.length === 1 ? 0.5 : i / (axes.length - 1);
      up[at] = Number.isNaN(places[trial]) ? below : places[trial];
      at++;
    }
  }
  starts[count] = at;
  return { starts, across: across.subarray(0, at), up: up.subarray(0, at) };
}

export interface CurveLines extends Lines {
  readonly x: Axis;
  readonly y: Axis;
  /** Trials that were pruned: where each was cut. */
  readonly cuts: readonly number[];
}

/** What trials had reached, epoch after epoch. */
export function curveLines(data: StudyData, { steps, values }: StudyCurves): CurveLines | undefined {
  const { metric } = data.view.pruneBy;
  const figure = figureOf(data, metric);
  const ends = values.flatMap((curve) => curve.at(-1) ?? []);
  const range = figure.range ?? rangeFrom(data, ends);
  if (range === undefined) return undefined;
  // A curve begins worse than any ends: the axis has room for where half of them begin.
  const firsts = values.flatMap((curve) => curve[0] ?? []).sort((a, b) => a - b);
  if (firsts.length === 0) return undefined;
  const wide = widened(range, firsts[firsts.length >> 1]);
  const place = placeIn(wide);
  const last = Math.max(data.view.steps, 2);
  const size = steps.reduce((sum, { length }) => sum + length, 0);
  const [across, up] = [new Float32Array(size), new Float32Array(size)];
  const starts = new Uint32Array(data.count + 1);
  let at = 0;
  for (let trial = 0; trial < data.count; trial++) {
    starts[trial] = at;
    for (const [i, step] of (steps[trial] ?? []).entries()) {
      const value = values[trial][i];
      across[at] = (step - 1) / (last - 1);
      up[at] = value === null ? Number.NaN : place(value);
      at++;
    }
  }
  starts[data.count] = at;
  const ticks = roundNumbers(1, last, 6).filter((step) => Number.isInteger(step) && step >= 1);
  const cuts = Array.from(data.kind.keys()).filter((i) => data.kind[i] === kinds.indexOf("pruned"));
  return {
    ...{ starts, across, up, cuts },
    x: { name: "", ticks: ticks.map((step) => ({ at: (step - 1) / (last - 1), text: String(step) })) },
    y: valueAxis(wide),
  };
}

function rangeFrom(data: StudyData, ends: readonly number[]): Figure["range"] {
  if (ends.length === 0) return undefined;
  const { metric } = data.view.pruneBy;
  const column = { [metric]: ends };
  const trials = { ...data.view.trials, metrics: column, state: ends.map(() => "complete" as const) };
  const view = { ...data.view, trials };
  return figureOf({ ...data, view, count: ends.length, kind: new Uint8Array(ends.length) }, metric).range;
}

/** A range whose axis reaches as far as a value. */
function widened(range: NonNullable<Figure["range"]>, value: number): NonNullable<Figure["range"]> {
  const [low, high] = range.axis.domain;
  const domain: [number, number] = [Math.min(low, value), Math.max(high, value)];
  return { ...range, axis: { ...range.axis, domain } };
}

/** The trial whose line is nearest above or below a place, within so much of the height; −1 where there is none. */
export function nearestLine({ starts, across, up }: Lines, x: number, y: number, within: number): number {
  let [nearest, least] = [-1, within];
  for (let trial = 0; trial + 1 < starts.length; trial++) {
    const [from, to] = [starts[trial], starts[trial + 1]];
    for (let i = from; i < to; i++) {
      const next = i + 1 < to ? i + 1 : i;
      if (across[i] > x || across[next] < x) continue;
      const share = across[next] === across[i] ? 0 : (x - across[i]) / (across[next] - across[i]);
      const distance = Math.abs(up[i] + share * (up[next] - up[i]) - y);
      if (distance < least) [nearest, least] = [trial, distance];
    }
  }
  return nearest;
}
