import { describe, expect, test } from "vitest";
import type { Source } from "../data/index.ts";
import { mlp } from "../models/index.ts";
import { lbfgs } from "../solvers/index.ts";
import { auto, chooseFor, factsOfSource, withModel } from "./settle-model.ts";

const source = (uniform: { height: number; width: number; channels: 1 } | undefined, count: number) =>
  ({ paths: Array(count).fill("a.png"), classes: ["a", "b"], uniform }) as unknown as Source;
const grey = source({ height: 28, width: 28, channels: 1 }, 60_000);

describe("the facts of a source", () => {
  test("are its own pictures', unless a size or channels are asked for", async () => {
    expect(await factsOfSource(grey, {})).toMatchObject({ height: 28, width: 28, channels: 1, pictures: 60_000 });
    expect(await factsOfSource(grey, { size: 96, channels: 3 })).toMatchObject({ height: 96, width: 96, channels: 3 });
    expect(await factsOfSource(source(undefined, 9), {})).toMatchObject({ height: 64, width: 64, channels: 3 });
  });

  test("say grey where every file does", async () => {
    const mixed = { ...source(undefined, 9), isGrey: async () => true } as Source;
    expect(await factsOfSource(mixed, {})).toMatchObject({ channels: 1 });
    expect(await factsOfSource(mixed, { channels: 3 })).toMatchObject({ channels: 3 });
  });
});

describe("auto", () => {
  test("is a network that fits into the time of the run", async () => {
    const names = await Promise.all([undefined, 300, 1].map((time) => chooseFor(grey, time ? { time } : {})));
    expect(names.map(({ model }) => model.name)).toEqual(["fastnet", "cnn", "linear"]);
  });

  test("is the linear model for a solver", async () => {
    const { options, chosen } = await withModel(grey, { model: auto(), optimizer: lbfgs() });
    expect(options.model?.name).toBe("linear");
    expect(chosen?.why).toBe("linear, since lbfgs solves for nothing else");
  });

  test("leaves a model that is named", async () => {
    const options = { model: mlp() };
    expect(await withModel(grey, options)).toEqual({ options });
  });
});
