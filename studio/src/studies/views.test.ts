import { describe, expect, test } from "vitest";
import { brushedByKey, intervalOf, passing } from "./brush.ts";
import { mixed, parseRgb, SHADES, shadeOf } from "./colours.ts";
import { BANDS, extentOf, heatPixels, valueAt } from "./heat.ts";
import { curveLines, nearestLine, parallelAxes, parallelLines } from "./lines.ts";
import { madeView } from "./made-view.ts";
import { answer, firstPair, modelInput, throughTrial, together } from "./model.ts";
import { freeStudyName, startOf } from "./start-form.ts";
import { figureOf, studyData } from "./study-data.ts";

const data = studyData(madeView());
const figure = figureOf(data, "accuracy");

describe("ranges on axes", () => {
  test("let trials pass that lie in all of them", () => {
    const units = (axis: string) => data.units.get(axis);
    expect([...passing({}, units, 6)]).toEqual([1, 1, 1, 1, 1, 1]);
    expect([...passing({ rate: [0.5, 1] }, units, 6)]).toEqual([0, 1, 1, 0, 1, 0]);
    // A trial without a value on an axis is in no range of it.
    expect([...passing({ rate: [0.5, 1], momentum: [0.4, 1] }, units, 6)]).toEqual([0, 1, 1, 0, 0, 0]);
    expect([...passing({ unknown: [0, 1] }, units, 6)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("are made by a drag in either direction, and not by a click", () => {
    expect(intervalOf(0.8, 0.3)).toEqual([0.3, 0.8]);
    expect(intervalOf(-0.4, 1.7)).toEqual([0, 1]);
    expect(intervalOf(0.5, 0.501)).toBeUndefined();
  });

  test("are made, moved, resized and taken away by keys", () => {
    expect(brushedByKey(undefined, "ArrowUp", false)).toEqual([0.75, 1]);
    expect(brushedByKey([0.75, 1], "ArrowUp", false)).toEqual([0.75, 1]);
    expect(brushedByKey([0.5, 0.75], "ArrowDown", false)!.map((end) => Number(end.toFixed(2)))).toEqual([0.45, 0.7]);
    expect(brushedByKey([0.5, 0.75], "ArrowUp", true)).toEqual([0.45, 0.75]);
    expect(brushedByKey([0.5, 0.75], "Escape", false)).toBeNull();
    expect(brushedByKey(undefined, "Escape", false)).toBeUndefined();
    expect(brushedByKey([0.5, 0.75], "a", false)).toBeUndefined();
  });
});

describe("lines", () => {
  test("cross all axes, and run below those on which a trial has no value", () => {
    const axes = parallelAxes(data, ["rate", "momentum"], ["accuracy", "parameters"]);
    expect(axes.map(({ key }) => key)).toEqual(["rate", "momentum", "=accuracy", "=parameters"]);
    const { starts, across, up } = parallelLines(data, axes, -0.1);
    // Of six trials one runs still.
    expect([...starts]).toEqual([0, 4, 8, 12, 16, 20, 20]);
    expect([...across.slice(0, 4)].map((x) => Number(x.toFixed(2)))).toEqual([0, 0.33, 0.67, 1]);
    expect(up[1]).toBeCloseTo(-0.1);
    expect(up[5]).toBeCloseTo(0.5);
  });

  test("over epochs end where a trial was cut", () => {
    const curves = {
      from: 0,
      steps: [[1, 2, 3], [1, 2, 3], [1], [1, 2, 3], [], [1, 2]],
      values: [[0.3, 0.4, 0.5], [0.2, 0.5, 0.7], [0.3], [0.4, null, 0.9], [], [0.5, 0.6]],
    };
    const lines = curveLines(data, curves)!;
    expect(lines.cuts).toEqual([2]);
    expect([...lines.starts]).toEqual([0, 3, 6, 7, 10, 10, 12]);
    expect(lines.across[2]).toBe(1);
    expect(lines.up[8]).toBeNaN();
    // The third epoch of the best one is the highest.
    expect(nearestLine(lines, 1, lines.up[9], 0.05)).toBe(3);
    expect(nearestLine(lines, 0.5, -2, 0.05)).toBe(-1);
    expect(curveLines(data, { from: 0, steps: [], values: [] })).toBeUndefined();
  });
});

describe("a surface", () => {
  const grid = { columns: 2, rows: 2, values: Float64Array.of(0, 1, 2, 3), between: [true, true] as const };

  test("is linear between the middles of its cells, and has steps between choices", () => {
    expect(valueAt(grid, 0.5, 0.5)).toBeCloseTo(1.5);
    expect(valueAt(grid, 0, 0)).toBe(0);
    expect(valueAt(grid, 1, 1)).toBe(3);
    expect(valueAt({ ...grid, between: [false, true] }, 0.49, 0.25)).toBe(0);
    expect(valueAt({ ...grid, values: Float64Array.of(Number.NaN, 1, 2, 3) }, 0.5, 0.5)).toBeNaN();
    expect(extentOf(Float64Array.of(3, Number.NaN, -1))).toEqual([-1, 3]);
  });

  test("becomes bands from pale to strong, the highest y first, and nothing where there is none", () => {
    const values = Float64Array.of(0, 0, Number.NaN, 1);
    const flat = { ...grid, values, between: [false, false] as const };
    const pixels = heatPixels(flat, 4, 4, (value) => value, [0, 0, 0], [240, 240, 240]);
    expect(pixels[3]).toBe(0);
    expect([pixels[4 * 3], pixels[4 * 3 + 3]]).toEqual([240, 255]);
    expect([pixels[4 * 12], pixels[4 * 12 + 3]]).toEqual([0, 255]);
    expect(BANDS).toBeGreaterThan(5);
  });
});

test("a share has one of the colours of the ramp, and colours are mixed", () => {
  expect([0, 0.5, 1, 2, -1].map(shadeOf)).toEqual([0, SHADES / 2, SHADES - 1, SHADES - 1, 0]);
  expect(mixed([0, 0, 0], [100, 50, 10], 0.5)).toEqual([50, 25, 5]);
  expect(parseRgb("rgb(26, 99, 218)")).toEqual([26, 99, 218]);
});

describe("what the models are asked", () => {
  test("is minimised, knows what failed, and leaves out what runs", () => {
    const { trials, limits } = modelInput(data, figure);
    expect(trials.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4]);
    expect(trials[1]).toEqual({
      ...{ number: 1, outcome: "complete", value: -0.7, measured: { parameters: 90 } },
      configuration: { optimizer: "sgd", rate: 1, momentum: 0.5 },
    });
    expect(trials[4]).toMatchObject({ outcome: "failed" });
    expect(trials[4].value).toBeUndefined();
    expect(limits).toEqual({ parameters: 100 });
    expect(modelInput(data, figureOf(data, "parameters")).limits).toEqual({});
    expect(answer({ kind: "importance", input: { parameters: data.view.parameters, trials, limits } })).toEqual({
      ...{ kind: "importance", shares: [] },
    });
  });

  test("goes through the chosen trial where it has both parameters, else the best that has", () => {
    expect(throughTrial(data, figure, ["rate", "momentum"], 0)).toBe(1);
    expect(throughTrial(data, figure, ["rate", "momentum"], 2)).toBe(2);
    expect(throughTrial(data, figure, ["rate", "optimizer"], -1)).toBe(1);
    expect(together(data.units.get("rate"), data.units.get("momentum"))).toBe(3);
    expect(firstPair(data, ["optimizer", "rate"])).toBeUndefined();
  });
});

describe("the form", () => {
  const form = {
    ...{ data: " photos ", name: "", model: "", optimizer: "", sampler: "gp", pruner: "", objective: "accuracy" },
    ...{
      second: "latencyMs",
      limits: "parameters<=100k, latencyMs<=5",
      trials: 20,
      time: "",
      epochs: "",
      workers: "1",
    },
  };
  test("asks for what was filled in, and leaves the rest to the command", () => {
    expect(JSON.parse(JSON.stringify(startOf(form, "photos-tune")))).toEqual({
      ...{
        data: "photos",
        name: "photos-tune",
        sampler: "gp",
        objective: "accuracy,latencyMs",
        trials: 20,
        workers: 1,
      },
      constraints: ["parameters<=100k", "latencyMs<=5"],
    });
  });
  test("suggests a name that is free", () => {
    expect(freeStudyName("builtin:shapes", [])).toBe("shapes-tune");
    expect(freeStudyName("/data/my photos/", ["my-photos-tune"])).toBe("my-photos-tune-2");
    expect(freeStudyName("list.csv", [])).toBe("list-tune");
    expect(freeStudyName("..", [])).toBe("study-tune");
  });
});
