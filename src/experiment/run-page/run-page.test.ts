import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../data/index.ts";
import { figuresOf } from "../../metrics/index.ts";
import { cnn, linear, mlp } from "../../models/index.ts";
import type { Recipe } from "../../train/index.ts";
import { defaults, type Settings } from "../options.ts";
import { type Prediction, predictionsOf } from "../predictions.ts";
import { choosePictures, poolOf, type RunPageData, runPage, weightPictures } from "./index.ts";

const prediction = (index: number, truth: number, predicted: number, margin: number): Prediction => {
  const probability = 1 / (1 + Math.exp(-margin));
  return {
    ...{ split: "test", index, path: `p${index}.png`, truth, predicted, probability, margin },
    ...{ second: truth === predicted ? 1 - truth : truth, secondProbability: 1 - probability },
    loss: -Math.log(truth === predicted ? probability : 1 - probability),
  };
};

test("a prediction knows the second class, and a lead that does not round to nothing", () => {
  const pictures = { labels: Int32Array.of(2, 0), paths: ["a", "b"] } as unknown as Dataset["pictures"];
  const scores = Float32Array.of(1, 50, 90, 7, 3, 7);
  const p = Float64Array.of(0, 0, 1, 0.45, 0.1, 0.45);
  const [sure, even] = predictionsOf("test", Int32Array.of(0, 1), { pictures, classes: ["x", "y", "z"] }, scores, p, 2);
  expect(sure).toMatchObject({ index: 0, predicted: 2, second: 1, margin: 80, probability: 1, secondProbability: 0 });
  expect(even).toMatchObject({ index: 1, predicted: 0, second: 2, margin: 0, probability: 0.45 });
});

describe("the pictures that are shown", () => {
  // Two classes: 40 right ones of each, 30 mistakes of class 0; the margin grows with the index.
  const predictions = [
    ...Array.from({ length: 40 }, (_, i) => prediction(i, 0, 0, i / 10)),
    ...Array.from({ length: 40 }, (_, i) => prediction(40 + i, 1, 1, i / 10)),
    ...Array.from({ length: 30 }, (_, i) => prediction(80 + i, 0, 1, i / 10)),
  ];
  const choices = choosePictures(predictions, 2);
  const indices = (list: readonly Prediction[]) => list.map(({ index }) => index);

  test("are the mistakes with the largest loss, the largest first", () => {
    expect(indices(choices.worst)).toEqual(Array.from({ length: 24 }, (_, i) => 109 - i));
  });
  test("are of each class those with the largest lead, right ones only, and those with the smallest", () => {
    expect(choices.classes.map(({ label }) => label)).toEqual([0, 1]);
    expect(indices(choices.classes[0]!.typical)).toEqual([39, 38, 37, 36, 35, 34, 33, 32]);
    expect(indices(choices.classes[0]!.doubtful)).toEqual([0, 80, 1, 81, 2, 82, 3, 83]);
  });
  test("are of each cell some, and it knows how many there are", () => {
    expect(choices.cells.map(({ truth, predicted, count, shown }) => [truth, predicted, count, shown.length])).toEqual([
      [0, 0, 40, 12],
      [0, 1, 30, 24],
      [1, 1, 40, 12],
    ]);
    expect(indices(choices.cells[1]!.shown)[0]).toBe(109);
    expect(choices.pairs.map(({ truth, predicted }) => [truth, predicted])).toEqual([[0, 1]]);
  });
  test("are in the pool once each, what matters most first", () => {
    const pool = poolOf(choices, 1000);
    expect(new Set(pool).size).toBe(pool.length);
    expect(pool.slice(0, 24)).toEqual(indices(choices.worst));
    const all = choices.cells.flatMap(({ shown }) => indices(shown));
    expect(all.filter((index) => !pool.includes(index))).toEqual([]);
    expect(poolOf(choices, 30)).toEqual(pool.slice(0, 30));
  });
  test("are, of very many classes, those of the pairs that are confused most", () => {
    const many = Array.from({ length: 100 }, (_, c) =>
      Array.from({ length: 1 + (c % 7) }, (_, k) => prediction(10 * c + k, c, (c + 1) % 100, k)),
    ).flat();
    const { cells, pairs, classes } = choosePictures(many, 100);
    expect(pairs).toHaveLength(60);
    expect(cells).toEqual(pairs);
    expect(pairs[0]!.count).toBe(7);
    expect(classes).toHaveLength(40);
  });
});

describe("weights as pictures", () => {
  const recipe = (model: Recipe["model"], channels: 1 | 3) =>
    ({ model, height: 2, width: 2, channels, classes: 3 }) as unknown as Recipe;
  test("of a linear classifier are the columns of W, by sign", () => {
    // W [4, 3]: column 1 is 1, -2, 0, 0.5.
    const weights = { "scores.weight": Float32Array.of(0, 1, 0, 0, -2, 0, 0, 0, 0, 0, 0.5, 0) };
    const drawn = weightPictures(recipe(linear(), 1), weights)!;
    expect(drawn).toMatchObject({ kind: "templates", height: 2, width: 2, channels: 4, total: 3 });
    expect(drawn.units.map(({ unit }) => unit)).toEqual([0, 1, 2]);
    const alphas = [3, 7, 11, 15].map((i) => drawn.units[1]!.pixels[i]);
    expect(alphas).toEqual([128, 255, 0, 64]);
    const [positive, negative] = [drawn.units[1]!.pixels.slice(0, 3), drawn.units[1]!.pixels.slice(4, 7)];
    expect(positive).not.toEqual(negative);
    expect(drawn.units[1]!.pixels.slice(12, 15)).toEqual(positive);
  });
  test("of large pictures are averaged before they are coloured", () => {
    // 188 × 188: weights of opposite sign, side by side, cancel.
    const weights = { "scores.weight": Float32Array.from({ length: 188 * 188 }, (_, i) => (i % 2 === 0 ? 1 : -1)) };
    const large = { ...recipe(linear(), 1), height: 188, width: 188 };
    const drawn = weightPictures(large, weights)!;
    expect(drawn).toMatchObject({ height: 94, width: 94, total: 1 });
    expect(drawn.units[0]!.pixels).toHaveLength(94 * 94 * 4);
    expect(drawn.units[0]!.pixels.some((byte, i) => i % 4 === 3 && byte > 0)).toBe(false);
  });
  test("of a first layer are those with the largest weights first", () => {
    const weights = { "hidden1.weight": Float32Array.of(1, 3, 2, 1, 3, 2, 1, 3, 2, 1, 3, 2) };
    expect(weightPictures(recipe(mlp({ hidden: [3] }), 1), weights)).toMatchObject({
      kind: "units",
      units: [{ unit: 1 }, { unit: 2 }, { unit: 0 }],
    });
  });
  test("of filters in colour have grey where a weight is 0", () => {
    // [filters 1, channels 3, 3, 3]: the middle is red, everything else 0.
    const values = new Float32Array(27);
    values[4] = 2;
    const drawn = weightPictures(recipe(cnn(), 3), {
      "features.1.weight": values,
      "features.1.bias": new Float32Array(1),
    })!;
    expect(drawn).toMatchObject({ kind: "filters", height: 3, width: 3, channels: 3, total: 1 });
    expect([...drawn.units[0]!.pixels.slice(12, 15)]).toEqual([255, 128, 128]);
    expect([...drawn.units[0]!.pixels.slice(0, 3)]).toEqual([128, 128, 128]);
  });
  test("there are none of numbers", () => {
    const weights = { "scores.weight": new Float32Array(12) };
    expect(weightPictures({ ...recipe(linear(), 1), kind: "numbers" }, weights)).toBeUndefined();
  });
});

/** A run with three classes whose names are to be taken as text. */
function runOf(more: Partial<RunPageData["run"]> = {}): RunPageData {
  const classes = ["<cats>", "dogs", "eels"];
  const truth = Int32Array.from({ length: 30 }, (_, i) => i % 3);
  const p = Float64Array.from(
    { length: 90 },
    (_, k) => (Math.floor(k / 3) % 5 === 0 ? [0.2, 0.5, 0.3] : [0.6, 0.3, 0.1])[k % 3]!,
  );
  const pictures = {
    store: { kind: "memory", pixels: new Uint8Array(30) },
    labels: truth,
    paths: Array.from(truth, (_, i) => `<i>${i}.png`),
    ...{ count: 30, height: 1, width: 1, channels: 1 },
  } as Dataset["pictures"];
  const indices = Int32Array.from(truth.keys());
  const figures = figuresOf(p, truth, 3);
  const scores = Float32Array.from(p, Math.log);
  const predictions = predictionsOf("test", indices, { pictures, classes }, scores, p, 1);
  const row = { step: 9, trainLoss: 1, validationLoss: 1.2, validationAccuracy: 0.5, learningRate: 0.1 };
  const settings = {
    ...defaults,
    model: linear(),
    data: "/data/a & b/",
    regularizers: [],
    augment: [],
    fit: "letterbox",
  };
  const off = { steps: null, time: null, patience: null, classWeights: null, clipNorm: null, clipValue: null };
  return {
    run: {
      ...{ folder: "runs/a", classes, parameters: 42, seconds: 75, weightsHash: "abc", model: new Uint8Array() },
      settings: {
        ...{ ...settings, ...off, batchSize: 8, accumulate: 1, warmUp: 0, balance: "none", averageWeights: null },
      } as unknown as Settings,
      history: [1, 2].map((epoch) => ({ epoch, ...row, gradientNorm: 0.3, zeros: 0.1, seconds: epoch })),
      best: { epoch: 2, metric: "validation accuracy", value: 0.5 },
      ...{ validation: null, test: figures, baseline: { skipped: "there is none" }, unknown: null, solution: null },
      ...{ interrupted: false, stoppedEarly: false, modelData: null },
      ...more,
    },
    dataset: {
      source: { name: "a & b", classes } as unknown as Dataset["source"],
      split: { train: Int32Array.of(), validation: Int32Array.of(), test: indices },
      pictures,
      skipped: [{ path: "bad<.png", reason: "no picture" }],
      notes: ["A note"],
    },
    judged: { name: "test", figures, choices: choosePictures(predictions, 3) },
    pictures: new Map(Array.from(indices, (i) => [i, { sheet: "pictures", position: `${i}% 0%` }])),
    overlays: undefined,
    weights: undefined,
    style: "",
    iterations: [],
    commands: ["argmin train 'a & b'", "argmin resume runs/a"],
    versions: [["Node", "v1"]],
  };
}
const documentOf = (data: RunPageData) => parseHTML(runPage(data)).document;

describe("the report of a run", () => {
  const text = runPage(runOf());
  const { document } = parseHTML(text);

  test("is one file that needs nothing but itself, and takes text of others as text", () => {
    const addresses = [...text.matchAll(/https?:\/\/[^\s"')]+/g)].map(([address]) => address);
    expect(addresses.filter((address) => !address.startsWith("http://www.w3.org/"))).toEqual([]);
    expect(document.querySelectorAll("cats, script[src], link:not([href='data:,']), iframe")).toHaveLength(0);
    expect(document.querySelector("h1")!.textContent).toMatch(/^a & b, linear: \d+\.\d\u00a0%$/);
    expect(text).not.toContain("<i>0.png");
  });

  test("leads from every link to something that is there, each once", () => {
    const targets = [...document.querySelectorAll("a[href^='#']")].map((a) => a.getAttribute("href")!.slice(1));
    expect(targets.length).toBeGreaterThan(15);
    const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...new Set(targets)].filter((id) => !ids.includes(id))).toEqual([]);
  });

  test("has each cell's pictures behind it", () => {
    const counts = runOf().judged!.figures.confusion;
    for (const [truth, row] of counts.entries()) {
      for (const [predicted, count] of row.entries()) {
        const cell = document.querySelector(`#cell-${truth}-${predicted}`);
        expect(cell === null).toBe(count === 0);
        if (cell !== null) expect(cell.querySelectorAll(".tile").length).toBe(Math.min(count, 12));
      }
    }
  });

  test("tells command, versions, notes and what was skipped", () => {
    const typed = [...document.querySelectorAll("#making pre")].map(({ textContent }) => textContent);
    expect(typed.slice(0, 2)).toEqual(["argmin train 'a & b'", "argmin resume runs/a"]);
    const body = document.body.textContent!;
    for (const said of ["v1", "A note.", "bad<.png: no picture", "No linear baseline: there is none.", "1 min 15 s"])
      expect(body).toContain(said);
    expect([...document.querySelectorAll("#training h3")].map(({ textContent }) => textContent!.split(" ")[0])).toEqual(
      ["Loss", "Validation", "Learning", "Gradient", "Weights"],
    );
  });

  test("tells what is called unknown, of the test pictures where there are any", () => {
    expect(document.querySelector("#result")!.textContent).not.toContain("unknown");
    const [validation, test] = [0.25, 0.5].map((turnedAway) => ({ turnedAway, kept: 3, accuracy: 2 / 3 }));
    const said = (unknown: RunPageData["run"]["unknown"]) =>
      documentOf(runOf({ unknown })).querySelector("#result")!.textContent!.replaceAll("\u00a0", " ");
    const found = { below: 0.625, share: 0.1, validation: validation! };
    expect(said({ ...found, test: test! })).toContain(
      "less probable than 62.5 % is called unknown: of the test pictures 50.0 % are turned away, and 66.7 % of the others",
    );
    expect(said({ ...found, test: null })).toContain("of the validation pictures 25.0 % are turned away");
  });

  test("does without pictures, without a curve, and without anything to judge by", () => {
    const bare = documentOf({ ...runOf({ history: [], test: null, interrupted: true }), judged: undefined });
    expect(bare.querySelector("#confusion") === null).toBe(true);
    expect(bare.body.textContent).toContain("ended before its first epoch did");
    expect(bare.body.textContent).toContain("There were no pictures to judge it by.");
    const { figures } = runOf().judged!;
    const chosen = documentOf(runOf({ test: null, validation: figures })).querySelector("h1")!;
    expect(chosen.textContent).toMatch(/^a & b, linear: \d+\.\d\u00a0% on validation$/);
    const numbers = runOf();
    const rows = documentOf({
      ...numbers,
      pictures: new Map(),
      dataset: { ...numbers.dataset, source: { ...numbers.dataset.source, numbers: {} as never } },
    });
    expect(rows.querySelectorAll(".tile, .blank").length).toBe(0);
    expect(rows.querySelector("#cell-0-0")!.textContent).toContain("<i>3.png");
  });

  test("draws a solver's way to the optimum", () => {
    const end = { objective: 1, iterations: 9, passes: 9, measure: "gradient", optimality: 1e-7, tolerance: 1e-6 };
    const solution = { ...end, converged: true, zeros: 3, weights: 12 };
    const iterations = [1, 5, 9].map((iteration) => ({
      iteration,
      objective: 1 / iteration,
      optimality: 10 ** -iteration,
    }));
    const solved = documentOf({ ...runOf({ solution }), iterations });
    const headings = [...solved.querySelectorAll("#training h3")].map(({ textContent }) => textContent);
    expect(headings).toEqual(["Objective", "Distance from the optimum"]);
    expect(solved.querySelector("#result")!.textContent).toContain("It reached the optimum: gradient 1.0e-7");
  });

  test("lists pairs in place of a matrix that nobody could read", () => {
    const data = runOf();
    const classes = Array.from({ length: 41 }, (_, i) => `class ${i}`);
    const confusion = classes.map((_, t) => classes.map((_, p) => Number(p === t) * 5 + Number(p === (t + 1) % 41)));
    const perClass = classes.map(() => ({ count: 6, predicted: 6, precision: 1, recall: 1, f1: 1 }));
    const predictions = classes.map((_, c) => prediction(c % 30, c, (c + 1) % 41, c));
    const many = documentOf({
      ...data,
      run: { ...data.run, classes },
      judged: {
        name: "test",
        figures: { ...data.judged!.figures, confusion, perClass },
        choices: choosePictures(predictions, 41),
      },
    });
    expect(many.querySelectorAll("#confusion figure").length).toBe(0);
    expect(many.querySelectorAll("#confusion .pairs a").length).toBe(41);
    expect(many.querySelectorAll("#confusion .cell").length).toBe(41);
  });
});
