import { expect, test } from "vitest";
import { chooseModel } from "./choose-model.ts";

const facts = { numbers: false, height: 28, width: 28, channels: 1 as const, classes: 10, pictures: 8000 };

test.each([
  ["a small network for small pictures", facts, undefined, "fastnet"],
  ["a deep one for larger pictures, where there is time", { ...facts, height: 96, width: 96 }, 24 * 3600, "resnet"],
  ["a small one for larger pictures, where there is not", { ...facts, height: 96, width: 96 }, undefined, "fastnet"],
  ["a plain one where time is short", { ...facts, pictures: 60_000 }, 300, "cnn"],
  ["a template a class where nothing else fits", { ...facts, pictures: 60_000 }, 1, "linear"],
  ["the last there is where nothing fits", { ...facts, pictures: 60_000 }, 0.001, "linear"],
  ["layers for numbers", { ...facts, numbers: true, height: 1, width: 4 }, undefined, "mlp"],
])("%s", (_, data, seconds, name) => {
  const { model, why } = chooseModel(data, seconds);
  expect(model.name).toBe(name);
  expect(why.startsWith(`${name}, since `)).toBe(true);
});

test("says what was passed over, and why", () => {
  const { why } = chooseModel({ ...facts, pictures: 60_000 }, 300);
  expect(why).toMatch(
    /^cnn, since 10 epochs of 60000 pictures of 28×28 take it about \d+ .+ of 5 min; fastnet would take \d+ min$/,
  );
});
