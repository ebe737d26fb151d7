import { describe, expect, test } from "vitest";
import { Random, sizeOf } from "../core/index.ts";
import { graph, type InputAttrs, input, isInput, type NDArray, scoped, type Tensor } from "../ir/index.ts";
import { cnn, mlp, models } from "../models/index.ts";
import { Parameters } from "../nn/index.ts";
import { add, cast, transpose } from "../ops/index.ts";
import { evaluate } from "../reference/index.ts";
import type { Values } from "../runtime/index.ts";
import { layoutOf } from "./graph-layout.ts";
import { graphSvg, imagesOf } from "./graph-svg.ts";
import { graphView, short } from "./graph-view.ts";
import { methodFor } from "./methods.ts";
import { summaryOf } from "./summary.ts";
import { mapsGrid, matrixGrid, painted, stripGrid } from "./thumbnails.ts";
import type { Traced } from "./traced.ts";
import { unitGraph, unitsOf, unitValues } from "./units.ts";

/** A small cnn on one picture of 4×4, with random weights, as it is run in float64. */
function smallRun() {
  const pixels = input("pixels", [1, 4, 4, 1], { dtype: "uint8" }) as Tensor<InputAttrs>;
  const prepared = scoped("numbers", () => cast(transpose(pixels as Tensor, [0, 3, 1, 2]), "float32"));
  const { defaults } = models.cnn;
  const options = { ...defaults, ...cnn({ channels: [20], activation: "relu" }).options };
  const scores = models.cnn.apply(options, prepared, 2, new Parameters());
  const traced: Traced = { pixels, prepared, scores };
  const whole = unitGraph(traced, methodFor(traced));
  const feeds = Object.fromEntries(
    whole.inputs.map(({ attrs: { name, shape, dtype } }): [string, NDArray] => {
      const random = new Random(3, name);
      const draw = () => (dtype === "uint8" ? random.below(9) : random.normal());
      return [name, { shape, data: Float64Array.from({ length: sizeOf(shape) }, draw) }];
    }),
  );
  feeds.class = { shape: [1], data: Float64Array.of(1) };
  const scoresAt = (over: Record<string, NDArray>) => evaluate(graph({ scores }), { ...feeds, ...over }).scores.data;
  return { traced, feeds, results: evaluate(whole, feeds), scoresAt };
}

const asValues = (results: Record<string, NDArray>): Values =>
  Object.fromEntries(
    Object.entries(results).map(([name, { shape, data }]) => [
      name,
      { dtype: "float32", shape, data: Float32Array.from(data) },
    ]),
  );

describe("the units of a network", () => {
  const { traced, feeds, results, scoresAt } = smallRun();
  const known = Object.fromEntries(Object.entries(feeds).map(([name, { data }]) => [name, data]));
  const { steps, parameters } = unitValues(traced, asValues(results), known);

  test("are all there, in forward order, with the numbers that flow", () => {
    expect(steps.map(({ tensor }) => tensor.op.name)).toEqual([
      ...["input", "transpose", "cast", "conv2d", "maxPool2d", "relu", "reshape", "matmul", "add"],
    ]);
    expect(parameters.map(({ tensor }) => isInput(tensor) && tensor.attrs.name)).toEqual([
      ...["features.1.weight", "features.1.bias", "scores.weight", "scores.bias"],
    ]);
    expect(steps.map(({ gradient }) => gradient !== undefined)).toEqual([false, false, ...Array(7).fill(true)]);
    const { scores } = results;
    expect(Array.from(steps.at(-1)!.value)).toEqual(Array.from(Float32Array.from(scores.data)));
    expect(Array.from(steps[0].value)).toEqual([...feeds.pixels.data]);
  });

  test("have the gradients that differences give", () => {
    for (const { tensor, gradient } of parameters) {
      const { name } = tensor.attrs as InputAttrs;
      const { shape, data } = feeds[name];
      for (let i = 0; i < data.length; i += 7) {
        const at = (step: number) => {
          const moved = data.map((value, j) => (j === i ? value + step : value));
          return scoresAt({ [name]: { shape, data: moved } })[1];
        };
        expect((gradient as Float32Array)[i]).toBeCloseTo((at(1e-6) - at(-1e-6)) / 2e-6, 4);
      }
    }
    // A linear layer hands back its column; and the score itself grows as it does.
    const column = Array.from({ length: 80 }, (_, i) => Math.fround(feeds["scores.weight"].data[2 * i + 1]));
    expect(Array.from(steps[6].gradient as Float32Array)).toEqual(column);
    expect(Array.from(steps.at(-1)!.gradient as Float32Array)).toEqual([0, 1]);
  });

  test("become cards, and a figure that names each of them and needs nothing but itself", () => {
    const cards = graphView(steps, parameters);
    expect(cards.map(({ title, shape, layer }) => `${layer}: ${title} ${shape}`)).toEqual([
      ": the picture [4,4,1]",
      "numbers: transpose [1,4,4]",
      "numbers: cast [1,4,4]",
      "features.1: conv2d 3×3 [20,4,4]",
      "features.1: maxPool2d 2×2 [20,2,2]",
      "features.1: relu [20,2,2]",
      "scores: reshape [80]",
      "scores: matmul [2]",
      "scores: add [2]",
    ]);
    expect(cards.map(({ parameters: own }) => own.map(({ title }) => title).join())).toEqual([
      ...["", "", "", "weight,bias", "", "", "", "weight", "bias"],
    ]);
    expect([cards[3].note, cards[3].parameters[0].note]).toEqual(["16 of 20 maps", "16 of 20 filters"]);
    // All units of a layer show the maps that count most behind its rectifier.
    const [convolution, , rectified] = steps.slice(3);
    const slopes = rectified.gradient as Float32Array;
    const counts = Array.from({ length: 20 }, (_, k) =>
      [0, 1, 2, 3].reduce((sum, i) => sum + Math.abs(rectified.value[4 * k + i] * slopes[4 * k + i]), 0),
    );
    const most = counts.map((_, k) => k).sort((a, b) => counts[b] - counts[a]);
    const maps = mapsGrid(
      convolution.value as Float32Array,
      [20, 4, 4],
      most.slice(0, 16).sort((a, b) => a - b),
    );
    expect(cards[3].value.image!.pixels).toEqual(painted(maps, true).pixels);
    const images = imagesOf(cards);
    // Two of each unit and parameter, but for the bytes, which have no gradient.
    expect(images).toHaveLength(2 * (9 + 4) - 2);
    const heading = {
      title: "a & b <c>\u0007",
      explained: "<two>",
      scores: [
        { label: "one", probability: 0.75, score: 2 },
        { label: "<two>", probability: 0.25, score: 1 },
      ],
    };
    const svg = graphSvg(cards, heading, new Map(images.map((image, i) => [image, `data:image/png;base64,${i}`])));
    for (const { title } of cards) expect(svg).toContain(`>${title}</text>`);
    expect(svg.match(/<image href="data:/g)).toHaveLength(images.length);
    expect(svg).toContain("a &amp; b &lt;c&gt;�");
    expect(svg).toContain("25.0 %");
    expect(svg).not.toMatch(/href="(?!data:)|url\((?!#)|<script|\bNaN\b|undefined/);
    expect(svg.match(/<(g|svg|title|text|linearGradient|defs|style)\b/g)).toHaveLength(
      svg.match(/<\/(g|svg|title|text|linearGradient|defs|style)>/g)!.length,
    );
  });
});

test("units of a row of numbers, and a parameter that is too large to draw", () => {
  const x = input("features", [1, 3]) as Tensor<InputAttrs>;
  const options = { ...models.mlp.defaults, ...mlp({ hidden: [2 ** 21] }).options };
  const traced = {
    pixels: x,
    prepared: x as Tensor,
    scores: models.mlp.apply(options, x as Tensor, 2, new Parameters()),
  };
  const { outputs } = unitGraph(traced, methodFor(traced));
  const { parameters, steps } = unitsOf(traced);
  const shapes = parameters.map((_, i) => outputs[`gradient ${steps.length + i}`].shape);
  expect(shapes).toEqual([[], [2 ** 21], [2 ** 21, 2], [2]]);
  // What is looked at below is small; the rest need not be there.
  const block = (shape: readonly number[]) => ({ shape, data: new Float64Array(Math.min(9, sizeOf(shape))) });
  const none = Object.fromEntries(Object.entries(outputs).map(([name, { shape }]) => [name, block(shape)]));
  const nine = { ...none, [`gradient ${steps.length}`]: { shape: [], data: Float64Array.of(9) } };
  const known = Object.fromEntries(parameters.map(({ attrs }) => [(attrs as InputAttrs).name, [0]]));
  const values = unitValues(traced, asValues(nine), { features: [1, 2, 3], ...known });
  expect(values.parameters[0].gradient).toEqual({ norm: 3 });
  expect(graphView(values.steps.slice(0, 1), [])[0]).toMatchObject({ title: "the row", shape: "[3]" });
});

describe("a layout", () => {
  const sizes = {
    card: { width: 100, height: 20 },
    parameter: { width: 50, height: 10 },
    ...{ gap: 8, margin: 5, heading: 6 },
  };
  const node = (layer: string, inputs: number[], parameters = 0) => ({ layer, inputs, parameters });

  test("puts every card below what it takes its values from, and none over another", () => {
    // A short cut around the middle: 0 → 1 → 2 → 4 and 0 → 3 → 4, and 0 → 4.
    const nodes = [node("", []), node("a", [0], 2), node("a", [1]), node("a", [0], 1), node("b", [2, 3, 0])];
    const { steps, frames, width, height } = layoutOf(nodes, sizes);
    nodes.forEach(({ inputs }, i) => {
      for (const from of inputs) {
        expect(steps[from].card.y + steps[from].card.height).toBeLessThan(steps[i].card.y);
      }
    });
    const boxes = steps.flatMap(({ card, parameters }) => [card, ...parameters]);
    expect(boxes).toHaveLength(8);
    boxes.forEach((one, i) => {
      expect(one.x >= 0 && one.y >= 0 && one.x + one.width <= width && one.y + one.height <= height).toBe(true);
      for (const other of boxes.slice(i + 1)) {
        const apart =
          one.x + one.width <= other.x ||
          other.x + other.width <= one.x ||
          one.y + one.height <= other.y ||
          other.y + other.height <= one.y;
        expect(apart, JSON.stringify([one, other])).toBe(true);
      }
    });
    expect(steps[1].card.y).toBe(steps[3].card.y);
    expect(frames.map(({ layer }) => layer)).toEqual(["", "a", "b"]);
    const { y, height: tall } = frames[1];
    for (const i of [1, 2, 3]) expect(steps[i].card.y > y && steps[i].card.y + 20 < y + tall).toBe(true);
  });
});

describe("small pictures of numbers", () => {
  test("of maps stand side by side, large ones averaged down", () => {
    const values = Float32Array.from({ length: 3 * 48 * 48 }, (_, i) => Math.floor(i / (48 * 48)));
    const { height, width, values: shown } = mapsGrid(values, [3, 48, 48], [0, 2]);
    expect([height, width]).toEqual([24, 49]);
    expect([shown[0], shown[24], shown[25]]).toEqual([0, Number.NaN, 2]);
    const ramp = Float32Array.from({ length: 48 }, (_, i) => i);
    expect([...mapsGrid(ramp, [1, 1, 48], [0]).values.subarray(0, 3)]).toEqual([0.5, 2.5, 4.5]);
  });

  test("of a vector are a strip, broken and averaged where it is long", () => {
    expect(stripGrid(Float32Array.of(1, 2, 3))).toMatchObject({ height: 1, width: 3 });
    const broken = stripGrid(new Float32Array(65).fill(1));
    expect([broken.height, broken.width, broken.values[64], broken.values[65]]).toEqual([2, 64, 1, Number.NaN]);
    expect(stripGrid(new Float32Array(5000).fill(2))).toMatchObject({ height: 16, width: 64 });
    expect(matrixGrid(new Float32Array(100 * 400), 100, 400)).toMatchObject({ height: 48, width: 192 });
  });

  test("are clear where there is nothing, blue below 0 and red above", () => {
    const { pixels } = painted(stripGrid(Float32Array.of(-1, 0, 1)), true);
    expect([pixels[3], pixels[7] < 3, pixels[11]]).toEqual([255, true, 255]);
    expect([pixels[2] > pixels[0], pixels[8] > pixels[10]]).toEqual([true, true]);
    expect(painted({ height: 1, width: 1, values: Float32Array.of(Number.NaN) }, false).pixels[3]).toBe(0);
  });

  test("go with a line of figures", () => {
    expect(summaryOf([3, 0, -1, 2])).toEqual({ count: 4, mean: 1, low: -1, high: 3, norm: Math.sqrt(14), zeros: 0.25 });
    expect([0, 1.23456, -0.5, 123456, -0.000123].map(short)).toEqual(["0", "1.23", "−0.5", "1.2e+5", "−1.2e-4"]);
  });
});

test("a unit that takes one value twice has one edge for each", () => {
  const x = input("x", [1, 2]) as Tensor<InputAttrs>;
  const scores = add(x as Tensor, x as Tensor);
  const traced = { pixels: x, prepared: x as Tensor, scores };
  const results = evaluate(unitGraph(traced, methodFor(traced)), {
    x: { shape: [1, 2], data: Float64Array.of(1, 2) },
    class: { shape: [1], data: Float64Array.of(0) },
  });
  const { steps } = unitValues(traced, asValues(results), { x: [1, 2] });
  expect(graphView(steps, [])[1].inputs).toEqual([0, 0]);
  expect(Array.from(steps[0].gradient as Float32Array)).toEqual([2, 0]);
});
