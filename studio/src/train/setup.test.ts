import { expect, test } from "vitest";
import { shapesSource } from "../../../src/data/index.ts";
import { resolve } from "../../../src/experiment/index.ts";
import { changesOf, commandOf, optionsOf, setupFrom, usualSetup } from "./setup.ts";

test("the address gives back what was chosen, and what makes no sense in it is the usual", () => {
  const chosen = { ...usualSetup, model: "mlp", optimizer: "sgd", rate: "0.05", epochs: "7", augment: "light,flip" };
  const kept = Object.entries(changesOf(chosen)).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  expect(kept).toHaveLength(5);
  expect(setupFrom(new URLSearchParams(kept as [string, string][]))).toEqual(chosen);
  expect(setupFrom(new URLSearchParams("model=gpt&epochs=many&device=abacus"))).toEqual(usualSetup);
});

test("its options are options of a run: every model, loss, optimizer and augmentation is taken by the library", () => {
  const source = shapesSource({ train: 20, validation: 10, test: 10 });
  const chosen = { ...usualSetup, rate: "0.01", augment: "standard,flip" };
  const settings = resolve({ ...optionsOf(chosen, false), data: source }, source);
  expect(settings.model.name).toBe("cnn");
  expect(settings.optimizer.options.learningRate).toBe(0.01);
  expect(settings.augment.map(({ name }) => name)).toContain("flip");
  expect(() => resolve({ ...optionsOf({ ...chosen, epochs: "0" }, false), data: source }, source)).toThrow(/epochs/);
  expect(resolve({ ...optionsOf(usualSetup, true), data: source }, source).size).toBe(64);
});

test("the command says the same", () => {
  expect(commandOf({ ...usualSetup, rate: "0.01" }, "photos")).toBe(
    "npx argmin train photos --model cnn --loss cross-entropy --optimizer adam --learning-rate 0.01 --epochs 5 --size 64",
  );
  expect(commandOf(usualSetup, "builtin:shapes")).not.toContain("--size");
});
