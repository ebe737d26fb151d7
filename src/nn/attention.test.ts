import { describe, expect, test } from "vitest";
import { UsageError } from "../core/index.ts";
import { graph, input, type NDArray, type Tensor } from "../ir/index.ts";
import { evaluate } from "../reference/index.ts";
import { attention, layerNormed, transformerBlock } from "./attention.ts";
import { initialize, Parameters } from "./parameters.ts";

/** A layer of tokens with parameters that are given, or drawn. */
function run(
  x: NDArray,
  layer: (p: Parameters, x: Tensor) => Tensor,
  given: Record<string, readonly number[]> = {},
): NDArray {
  const parameters = new Parameters();
  const y = layer(parameters, input("x", x.shape) as Tensor);
  const drawn = initialize(parameters.list, 1);
  const feeds = parameters.list.map(({ name, shape }): [string, NDArray] => [
    name,
    { shape, data: Float64Array.from(given[name] ?? drawn[name]) },
  ]);
  return evaluate(graph({ y }), { x, ...Object.fromEntries(feeds) }).y;
}

const identity = [1, 0, 0, 1];
const same = { "query.weight": identity, "key.weight": identity, "value.weight": identity, "output.weight": identity };
const tokens = (...rows: number[][]): NDArray => ({
  shape: [1, rows.length, rows[0].length],
  data: Float64Array.from(rows.flat()),
});

describe("attention", () => {
  test("by hand: one head, weights of the identity", () => {
    const [a, b] = [
      [1, 0],
      [0, 2],
    ];
    // Scores q·k / √2 are 1/√2 and 0 for the first token, 0 and 4/√2 for the second.
    const share = (own: number, other: number) => 1 / (1 + Math.exp((other - own) / Math.SQRT2));
    const [first, second] = [share(1, 0), share(4, 0)];
    const { data } = run(tokens(a, b), (p, x) => attention(p, x, 1), same);
    [first, 2 * (1 - first), 1 - second, 2 * second].forEach((value, i) => {
      expect(data[i]).toBeCloseTo(value, 12);
    });
  });

  test("heads see their own numbers alone", () => {
    // With two heads of one number each the weights depend on that number: e^(1·1) to e^(1·0), and e^(2·2) to e^0.
    const { data } = run(tokens([1, 0], [0, 2]), (p, x) => attention(p, x, 2), same);
    const e = Math.exp(1);
    const f = Math.exp(4);
    [e / (e + 1), 1, 1 / 2, (2 * f) / (f + 1)].forEach((value, i) => {
      expect(data[i]).toBeCloseTo(value, 12);
    });
  });

  test("knows no order: exchanged tokens give exchanged answers", () => {
    const rows = [
      [0.3, -1, 2, 0.1],
      [1, 0.5, -0.2, 0.7],
      [-0.6, 0.4, 0.9, 1.2],
    ];
    const layer = (p: Parameters, x: Tensor) => attention(p, x, 2);
    const there = run(tokens(...rows), layer).data;
    const back = run(tokens(...rows.toReversed()), layer).data;
    for (let token = 0; token < 3; token++) {
      for (let i = 0; i < 4; i++) expect(back[(2 - token) * 4 + i]).toBeCloseTo(there[token * 4 + i], 12);
    }
  });

  test("refuses heads that do not divide the width", () => {
    const call = () => run(tokens([1, 2, 3, 4]), (p, x) => attention(p, x, 3));
    expect(call).toThrow(UsageError);
    expect(call).toThrow("attention: 3 heads of a width of 4; the heads must divide the width");
  });
});

describe("a transformer block", () => {
  const options = { heads: 2, mlpRatio: 2, activation: "gelu", dropout: 0 } as const;
  const x = tokens([1, 2, 3, 4], [4, 3, 2, 1]);

  test("passes its input on when its halves add nothing", () => {
    const nothing = {
      "attention.output.weight": new Array(16).fill(0),
      "mlp.output.weight": new Array(32).fill(0),
    };
    expect([...run(x, (p, h) => transformerBlock(p, h, options), nothing).data]).toEqual([...x.data]);
  });

  test("drops what its halves add, in training alone", () => {
    const noise = (mode: "training" | "scoring") => {
      const parameters = new Parameters(mode);
      transformerBlock(parameters, input("x", [1, 2, 4]) as Tensor, { ...options, dropout: 0.25 });
      return parameters.noise.map(({ name }) => name);
    };
    expect(noise("training")).toEqual(["attention.dropout", "mlp.dropout"]);
    expect(noise("scoring")).toEqual([]);
  });

  test("normalizes each token by itself", () => {
    const { data } = run(x, layerNormed);
    const r = 1 / Math.sqrt(1.25 + 1e-5);
    [-1.5, -0.5, 0.5, 1.5, 1.5, 0.5, -0.5, -1.5].forEach((value, i) => {
      expect(data[i]).toBeCloseTo(value * r, 12);
    });
  });
});
