import { expect, test } from "vitest";
import type { Curves, RunSummary } from "../../../src/studio/index.ts";
import { csv } from "../shell/download.ts";
import { curveRows, firstShown, namesOf, seriesOf, wordOf } from "./curves.ts";

const curves: Curves = {
  ...{
    epoch: [1, 2, 3],
    step: [10, 20, 30],
    seconds: [1, 2, 0.5],
    trainLoss: [2, 0, 1],
    validationLoss: [null, null, null],
  },
  ...{ validationAccuracy: [0.5, null, 0.7], learningRate: [1, 1, 1], gradientNorm: [1, 1, 1], zeros: [0, 0, 0] },
};
const view = { ground: "epoch", log: false, place: 0 } as const;

test("a curve leaves out what is not there, and what a logarithm cannot show", () => {
  const xs = (options: object) =>
    seriesOf("a", curves, { ...view, metric: "trainLoss", ...options }).points.map(({ x }) => x);
  expect(xs({})).toEqual([1, 2, 3]);
  expect(xs({ log: true })).toEqual([1, 3]);
  expect(xs({ metric: "validationAccuracy", ground: "step" })).toEqual([10, 30]);
  expect(xs({ ground: "seconds" })).toEqual([1, 3, 3.5]);
});

test("at first the pinned, the running and the newest are drawn, and no run without epochs", () => {
  const run = (name: string, created: number, rest: object = {}) =>
    ({ name, created, epochs: 1, pinned: false, state: "finished", ...rest }) as RunSummary;
  const runs = [
    run("old", 1, { pinned: true }),
    run("a", 2),
    run("b", 3),
    run("empty", 9, { epochs: 0 }),
    run("live", 0, { epochs: 0, state: "running" }),
  ];
  expect(firstShown(runs, 3)).toEqual(["old", "live", "b"]);
});

test("names stand in the address whatever they are", () => {
  const names = ["a,b", "photos / cnn", "鳥%2C"];
  expect(namesOf(wordOf(names))).toEqual(names);
  expect(namesOf("")).toEqual([]);
});

test("an exported file has a row for each epoch, and quotes what has to be", () => {
  const text = csv(curveRows([['a "b", c', curves]]));
  const lines = text.split("\n");
  expect(lines[0]).toMatch(/^run,epoch,step,seconds,validationAccuracy/);
  expect(lines[2]).toBe('"a ""b"", c",2,20,2,,,0,1,1,0');
  expect(lines).toHaveLength(5);
});
