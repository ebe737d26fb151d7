import { describe, expect, test } from "vitest";
import { frontDots, historyDots, nearestDot, neighbourOf, roundNumbers, sliceDots } from "./dots.ts";
import { madeView } from "./made-view.ts";
import {
  bestSoFar,
  columnOf,
  configurationOf,
  figureNames,
  figureOf,
  firstOpen,
  kinds,
  merged,
  studyData,
} from "./study-data.ts";
import { orderedTrials } from "./trial-order.ts";

const view = madeView();
const data = studyData(view);
const figure = figureOf(data, "accuracy");

describe("a study as it is drawn", () => {
  test("tells complete trials from those above a limit, pruned, failed and open ones", () => {
    expect(Array.from(data.kind, (kind) => kinds[kind])).toEqual([
      ...["complete", "complete", "pruned", "forbidden", "failed", "open"],
    ]);
    expect(data.best).toEqual([1]);
  });

  test("has units within the ranges, and none where a parameter does not count or lies outside", () => {
    const rounded = [...data.units.get("rate")!].map((unit) => Number(unit.toFixed(3)));
    expect(rounded).toEqual([0, 1, 0.667, 0.333, 0.9, Number.NaN]);
    expect([...data.units.get("momentum")!]).toEqual([Number.NaN, 0.5, 0.9, Number.NaN, 0, 1]);
    expect(configurationOf(data, 0)).toEqual([
      ["optimizer", "adam"],
      ["rate", 0.001],
    ]);
  });

  test("is drawn by its objectives and limits; what is limited only is the better the smaller", () => {
    expect(figureNames(view)).toEqual(["accuracy", "parameters"]);
    const limited = figureOf(data, "parameters");
    expect([limited.isConstraint, limited.atMost, limited.objective.direction]).toEqual([true, 100, "minimize"]);
    expect(limited.share[0]).toBeGreaterThan(limited.share[3]);
    expect(figure.share[3]).toBe(1);
  });

  test("has a best so far of complete trials within the limits alone", () => {
    expect([...bestSoFar(data, figure)]).toEqual([0.5, 0.7, 0.7, 0.7, 0.7, 0.7]);
    const loss = { metric: "accuracy", direction: "minimize" } as const;
    const down = studyData(madeView({ objectives: [loss], constraints: [] }));
    expect([...bestSoFar(down, figureOf(down, "accuracy"))]).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    expect(down.best).toEqual([0]);
  });

  test("of two objectives has the front", () => {
    const size = { metric: "parameters", direction: "minimize" } as const;
    const two = studyData(madeView({ objectives: [view.objectives[0], size], constraints: [] }));
    expect(two.best.toSorted()).toEqual([0, 1, 3]);
    const dots = frontDots(two, figureOf(two, "accuracy"), figureOf(two, "parameters"))!;
    // From left to right along the front, with a corner between each two.
    expect(dots.line!.map(([x]) => x)).toEqual(dots.line!.map(([x]) => x).toSorted((a, b) => a - b));
    expect(dots.line).toHaveLength(5);
    expect(dots.across[2]).toBeNaN();
  });

  test("without a value of its own has nothing to draw", () => {
    const none = studyData(madeView({}, { metrics: {} }));
    expect(historyDots(none, figureOf(none, "accuracy"))).toBeUndefined();
    expect(none.best).toEqual([]);
  });
});

describe("what has changed", () => {
  test("takes the place of what was, from its first trial on", () => {
    expect(firstOpen(view.trials)).toBe(5);
    const next = {
      ...madeView({}, {}).trials,
      ...{ from: 5, state: ["complete" as const, "running" as const], step: [3, 1], seconds: [1, 1] },
      ...{ origin: ["sampler" as const, "sampler" as const], run: [null, null], worker: [null, null] },
      configuration: { optimizer: ["sgd", "adam"], rate: [2, 0.2], momentum: [1, null], width: [4, 8] },
      metrics: { accuracy: [0.8, null] },
      errors: {},
    };
    const both = merged(view.trials, next);
    expect(both.state).toEqual(["complete", "complete", "pruned", "complete", "failed", "complete", "running"]);
    expect(both.metrics.accuracy).toEqual([0.5, 0.7, 0.3, 0.9, null, 0.8, null]);
    expect(both.metrics.parameters).toEqual([10, 90, null, 500, null, null, null]);
    expect(both.configuration.width).toEqual([null, null, null, null, null, 4, 8]);
    expect(both.errors).toEqual({ 4: "the loss is no number" });
    expect([...columnOf(undefined, 2)]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe("dots", () => {
  test("of a failed trial stand at the bottom, of a trial that runs nowhere", () => {
    const { up } = historyDots(data, figure)!;
    expect(up[4]).toBe(0);
    expect(up[5]).toBeNaN();
  });

  test("of one choice lie beside each other", () => {
    const { across } = sliceDots(data, figure, "optimizer")!;
    expect(new Set(across).size).toBe(6);
    for (const i of [0, 3]) expect(across[i]).toBeGreaterThan(0.5);
    for (const i of [1, 2]) expect(across[i]).toBeLessThan(0.5);
  });

  test("are found by a pointer that is near, and walked through from left to right", () => {
    const at = { across: Float64Array.of(0.5, 0.1, Number.NaN, 0.9), up: Float64Array.of(0.5, 0.5, 0.5, 0.5) };
    const size = { width: 100, height: 100 };
    expect(nearestDot(at, 0.52, 0.5, size, 5)).toBe(0);
    expect(nearestDot(at, 0.7, 0.5, size, 5)).toBe(-1);
    expect(neighbourOf(at.across, at.up, -1, 1)).toBe(1);
    expect(neighbourOf(at.across, at.up, 1, 1)).toBe(0);
    expect(neighbourOf(at.across, at.up, 3, 1)).toBe(3);
    expect(neighbourOf(at.across, at.up, 3, -1)).toBe(0);
    expect(neighbourOf(at.across, at.up, -1, -1)).toBe(3);
  });

  test("stand on axes of round numbers", () => {
    expect(roundNumbers(0.71, 0.97)).toEqual([0.75, 0.8, 0.85, 0.9, 0.95]);
    expect(roundNumbers(0, 29, 6)).toEqual([0, 5, 10, 15, 20, 25]);
    expect(roundNumbers(3, 3)).toEqual([3]);
  });
});

test("a table is ordered by any column, and what has no value comes last either way", () => {
  const all = new Uint8Array(6).fill(1);
  expect(orderedTrials(data, { by: "=accuracy", down: true }, all)).toEqual([3, 1, 5, 0, 2, 4]);
  expect(orderedTrials(data, { by: "=accuracy", down: false }, all)).toEqual([2, 0, 5, 1, 3, 4]);
  expect(orderedTrials(data, { by: "momentum", down: true }, all)).toEqual([5, 2, 1, 4, 0, 3]);
  expect(orderedTrials(data, { by: "number", down: true }, Uint8Array.of(1, 0, 1, 0, 0, 0))).toEqual([2, 0]);
});
