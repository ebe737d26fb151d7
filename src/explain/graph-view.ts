/** What a figure of a network shows: a card for each unit, with small pictures of its value and its gradient. */
import { formatShape } from "../core/index.ts";
import { isInput, type Tensor } from "../ir/index.ts";
import { type Summary, summaryOf } from "./summary.ts";
import { mapsGrid, matrixGrid, painted, SHOWN, stripGrid, type Thumbnail } from "./thumbnails.ts";
import type { UnitValues } from "./units.ts";

/** Numbers of one kind: a small picture of them, and what can be said in words. */
export interface Part {
  readonly image?: Thumbnail;
  readonly text: string;
  /** More of it, where a reader points. */
  readonly tip: string;
}

export interface Card {
  /** The layer that it belongs to: `features.1`; empty for the input. */
  readonly layer: string;
  readonly title: string;
  readonly shape: string;
  readonly note?: string;
  readonly value: Part;
  /** Absent where there is none, as of bytes. */
  readonly gradient?: Part;
}

export interface StepCard extends Card {
  /** The steps whose values it takes, by their place in the list. */
  readonly inputs: readonly number[];
  readonly parameters: readonly Card[];
}

type Step = UnitValues;
const floats = (values: ArrayLike<number>) => (values instanceof Float32Array ? values : Float32Array.from(values));

/** Three digits. */
export function short(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e4 || size < 1e-3 ? size.toExponential(1) : String(Number(size.toPrecision(3)));
  return value < 0 ? `−${text}` : text;
}

const valueText = ({ count, mean, low, high, zeros }: Summary) => {
  if (count === 1) return short(mean);
  const off = zeros >= 0.005 ? `, ${Math.round(100 * zeros)} % zero` : "";
  return `mean ${short(mean)}, ${short(low)} to ${short(high)}${off}`;
};
const normText = ({ low, high, norm }: Summary) => `norm ${short(norm)}, ${short(low)} to ${short(high)}`;
const tipOf = ({ count, mean, low, high, norm, zeros }: Summary) =>
  [
    `${count} numbers`,
    `mean ${mean.toPrecision(6)}`,
    `lowest ${low.toPrecision(6)}, highest ${high.toPrecision(6)}`,
    `norm ${norm.toPrecision(6)}`,
    `${(100 * zeros).toFixed(1)} % are 0`,
  ].join("\n");

/** How the numbers of a unit are drawn: a function of any numbers of its shape. */
type Draw = (values: Float32Array) => Parameters<typeof painted>[0];

function card(unit: Step, title: string, draw: Draw, note?: string, textOf = valueText): Card {
  const { tensor, shape, value, gradient } = unit;
  const ownValues = floats(value);
  const own = summaryOf(ownValues);
  const common = { layer: layerOf(tensor), title, shape: formatShape(shape), ...(note === undefined ? {} : { note }) };
  const shown = { image: painted(draw(ownValues), own.low < 0), text: textOf(own), tip: tipOf(own) };
  if (gradient === undefined) return { ...common, value: shown };
  if ("norm" in gradient) {
    const text = `norm ${short(gradient.norm)}`;
    return { ...common, value: shown, gradient: { text, tip: `${text}; too many numbers to draw` } };
  }
  const slope = summaryOf(gradient);
  const drawn = { image: painted(draw(gradient), true), text: normText(slope), tip: tipOf(slope) };
  return { ...common, value: shown, gradient: drawn };
}

/** The layer of a unit is its scope; that of a parameter is in its name. */
const layerOf = (tensor: Tensor) =>
  isInput(tensor) && tensor.attrs.role !== "data"
    ? tensor.attrs.name.slice(0, Math.max(0, tensor.attrs.name.lastIndexOf(".")))
    : tensor.place.scope;

function titleOf({ op, attrs, inputs }: Tensor): string {
  const { kernel } = attrs as { readonly kernel?: readonly number[] };
  const window = kernel ?? (op.name === "conv2d" ? inputs[1].shape.slice(2) : undefined);
  return window === undefined ? op.name : `${op.name} ${window.join("×")}`;
}

/** The places of the largest numbers, in order. */
function largest(sizes: readonly number[], count: number): number[] {
  const places = sizes.map((_, i) => i).sort((a, b) => sizes[b] - sizes[a]);
  return places.slice(0, count).sort((a, b) => a - b);
}

/** Of each part of a unit's numbers (maps, outputs) the sum of |value · gradient|: what counts for the score. */
function weights({ shape, value, gradient }: Step): number[] {
  const parts = shape[0];
  const size = value.length / parts;
  const slopes = gradient instanceof Float32Array ? gradient : undefined;
  return Array.from({ length: parts }, (_, k) => {
    let sum = 0;
    for (let i = k * size; i < (k + 1) * size; i++) sum += Math.abs(value[i] * (slopes?.[i] ?? 1));
    return sum;
  });
}

/** Which maps or outputs of a unit are shown: the same ones in all units of its layer that have as many. */
function shownOf(steps: readonly Step[], unit: Step): number[] {
  const alike = steps.filter(
    ({ tensor, shape }) => tensor.place.scope === unit.tensor.place.scope && shape[0] === unit.shape[0],
  );
  return largest(weights(alike.at(-1) ?? unit), SHOWN);
}

const someOf = (which: readonly number[], count: number, what: string) =>
  which.length < count ? `${which.length} of ${count} ${what}` : undefined;

/** Bytes [height, width, channels] are a picture already. */
function pictureCard({ tensor, shape, value }: Step): Card {
  const summary = summaryOf(value);
  const [height, width, channels] = shape;
  const image = { pixels: Uint8Array.from(value), height, width, channels: channels as 1 | 3, square: true };
  const shown = { image, text: valueText(summary), tip: tipOf(summary) };
  return { layer: layerOf(tensor), title: "the picture", shape: formatShape(shape), value: shown };
}

function stepCard(unit: Step, steps: readonly Step[]): Card {
  const { tensor, shape } = unit;
  if (isInput(tensor)) return shape.length === 3 ? pictureCard(unit) : card(unit, "the row", stripGrid);
  if (shape.length < 3) return card(unit, titleOf(tensor), stripGrid);
  const which = shownOf(steps, unit);
  return card(unit, titleOf(tensor), (values) => mapsGrid(values, shape, which), someOf(which, shape[0], "maps"));
}

/** Means over the middle one of three axes of sizes `outer`, `middle`, `inner`. */
function meanOverMiddle(values: Float32Array, outer: number, middle: number, inner: number): Float32Array {
  const out = new Float32Array(outer * inner);
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < middle; j++) {
      for (let k = 0; k < inner; k++) out[i * inner + k] += values[(i * middle + j) * inner + k] / middle;
    }
  }
  return out;
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = values[i * columns + j];
  return out;
}

/** How a parameter is drawn, and what there is to say about that. @param user the step that takes it */
function drawingOf(
  { shape }: Step,
  user: Step,
  steps: readonly Step[],
): { readonly draw: Draw; readonly note?: string } {
  if (shape.length < 2 || (shape.length === 2 && shape[0] === 1)) return { draw: stripGrid };
  const which = shownOf(steps, user);
  const noted = (...parts: (string | undefined)[]) => parts.filter((part) => part !== undefined).join("; ");
  if (shape.length === 4) {
    const [filters, channels, height, width] = shape;
    return {
      draw: (values) =>
        mapsGrid(meanOverMiddle(values, filters, channels, height * width), [filters, height, width], which),
      note: noted(someOf(which, filters, "filters"), channels > 1 ? "means over channels" : undefined),
    };
  }
  const [from, to] = shape;
  const flattened = user.tensor.inputs[0];
  const source = flattened.op.name === "reshape" ? flattened.inputs[0] : undefined;
  if (source?.rank !== 4) {
    return { draw: (values) => matrixGrid(transposed(values, from, to), to, from), note: "a row for each output" };
  }
  // A column of the matrix has a number for each place of each map: drawn as a picture, it is a template.
  const [, channels, height, width] = source.shape;
  return {
    draw: (values) =>
      mapsGrid(meanOverMiddle(transposed(values, from, to), to, channels, height * width), [to, height, width], which),
    note: noted(someOf(which, to, "columns"), "each as a picture"),
  };
}

/** Its own name; where batch norm has become part of a layer, what it is to the step that takes it. */
function parameterTitle(tensor: Tensor, { tensor: user }: Step): string {
  if (tensor.op.name === "oneHot") return "the truth";
  if (!isInput(tensor)) return user.inputs.indexOf(tensor) === 1 ? "weight, normalised" : "bias, normalised";
  const { name } = tensor.attrs;
  return name.slice(name.lastIndexOf(".") + 1);
}

function parameterCard(unit: Step, user: Step, steps: readonly Step[]): Card {
  const { draw, note } = drawingOf(unit, user, steps);
  return card(unit, parameterTitle(unit.tensor, user), draw, note, normText);
}

/** Cards for all units, in forward order. */
export function graphView(steps: readonly Step[], parameters: readonly Step[]): StepCard[] {
  const place = new Map(steps.map(({ tensor }, i) => [tensor, i]));
  return steps.map((unit) => {
    const { inputs } = unit.tensor;
    const own = parameters.filter(({ tensor }) => inputs.includes(tensor));
    return {
      ...stepCard(unit, steps),
      inputs: inputs.flatMap((input) => place.get(input) ?? []),
      parameters: own.map((parameter) => parameterCard(parameter, unit, steps)),
    };
  });
}
