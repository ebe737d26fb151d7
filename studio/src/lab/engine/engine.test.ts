/** What the worker of the Lab computes, here on the native runtime. */
import { describe, expect, test } from "vitest";
import { openRuntime } from "../../../../src/runtime/node/index.ts";
import { bestEpoch, stopsAt } from "./ends.ts";
import type { Epoch } from "./overfit.ts";
import { ownSet, shapesSet } from "./picture-set.ts";
import { templatePicture } from "./template-picture.ts";
import { contributions, type Grown, grow } from "./templates.ts";
import { chain, learn, lookAt, silentOf, strongest } from "./units.ts";

const runtime = await openRuntime("cpu", 1);

test("builtin:shapes in small", () => {
  const set = shapesSet(30, 20, 12);
  expect(set.classes).toHaveLength(10);
  expect(set.pixels).toHaveLength(50 * 12 * 12 * 3);
  expect([...set.validation]).toEqual(Array.from({ length: 20 }, (_, i) => 30 + i));
});

test("a fifth of the learner's pictures is kept for validation, of each class", () => {
  const pictures = Array.from({ length: 40 }, (_, i) => ({ label: i % 2, pixels: new Uint8Array(12).fill(i) }));
  const set = ownSet("mine", ["a", "b"], pictures, 2);
  expect([set.train.length, set.validation.length]).toEqual([32, 8]);
  expect([...set.validation].filter((i) => set.labels[i] === 0)).toHaveLength(4);
  expect(set.pixels[12 * 7]).toBe(7);
});

describe("templates", async () => {
  const set = shapesSet(200, 100, 12);
  const grown: Grown[] = [];
  await grow(runtime, set, { epochs: 4, learningRate: 0.002 }, (one) => grown.push(one));

  test("grow epoch by epoch", () => {
    expect(grown.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4]);
    expect(grown[4].trainLoss!).toBeLessThan(grown[1].trainLoss!);
    const picture = templatePicture(grown[4], 3, 12, 10);
    expect(picture).toHaveLength(12 * 12 * 4);
    expect(Math.max(...picture.filter((_, i) => i % 4 < 3))).toBeGreaterThan(200);
  });

  test("are raised by pictures of their class and lowered by others", () => {
    for (const [c, { up, down }] of grown[2].pulls.entries()) {
      for (const { picture, weight } of up) {
        expect(set.labels[picture]).toBe(c);
        expect(weight).toBeGreaterThan(0);
      }
      for (const { picture, weight } of down) {
        expect(set.labels[picture]).not.toBe(c);
        expect(weight).toBeLessThan(0);
      }
    }
  });

  test("what the pixels add is the score without its bias", async () => {
    const { map, scores } = await contributions(runtime, set, grown[4], 205, 6);
    const sum = map.reduce((total, value) => total + value, 0);
    expect(sum + grown[4].bias[6]).toBeCloseTo(scores[6], 4);
  });
});

test("a run with patience stops so many epochs after its best one", () => {
  const epoch = (epoch: number, accuracy: number, loss: number): Epoch => ({
    epoch,
    accuracy,
    loss,
    trainLoss: 1,
    trainAccuracy: 1,
  });
  const epochs = [epoch(1, 0.2, 2), epoch(2, 0.4, 1.5), epoch(3, 0.3, 1.4), epoch(4, 0.4, 1.6), epoch(5, 0.4, 1.7)];
  expect(bestEpoch(epochs)).toBe(3);
  expect(stopsAt(epochs, 2)).toBe(4);
  expect(stopsAt(epochs, 4)).toBeUndefined();
});

describe.each(["linear", "mlp", "cnn"] as const)("the units of a small %s", async (model) => {
  const set = shapesSet(120, 40, 10);
  const setting = { model, activation: "relu", units: 6, epochs: 2, learningRate: 0.01 } as const;
  const accuracies: number[] = [];
  const weights = await learn(runtime, set, setting, (_, accuracy) => accuracies.push(accuracy));
  const look = await lookAt(runtime, set, setting, weights, 125, 5);

  test("have a card each, with value and gradient", () => {
    expect(accuracies).toHaveLength(2);
    expect(look.cards.length).toBe(look.flows.length);
    expect(look.cards.filter(({ gradient }) => gradient !== undefined).length).toBeGreaterThan(2);
    // The score's own gradient is 1 for the class, 0 for the others.
    expect([...look.flows.at(-1)!.gradient!]).toEqual(set.classes.map((_, c) => (c === 5 ? 1 : 0)));
  });

  test("the factors along a chain are the gradient", () => {
    const first = look.flows.findIndex(({ gradient }) => gradient !== null);
    for (let from = first; from < look.flows.length - 1; from++) {
      const element = strongest(look.flows[from]);
      const factors = chain(set, setting, weights, look, from, element);
      expect(factors.at(-1)!.to).toBe(look.flows.length - 1);
      for (const factor of factors) {
        expect(factor.gradient).toBeCloseTo(look.flows[factor.from].gradient![factor.element], 5);
        expect(factor.share).toBeCloseTo(factor.slope * factor.gradientAfter, 12);
      }
    }
  });
});

test("a relu that is 0 for every picture is dead, a tanh at its ends saturated", () => {
  const relu = { op: { name: "relu" }, shape: [2, 3] } as never;
  expect(silentOf(relu, Float32Array.of(0, 1, 0, 0, 0, 2))).toEqual({ dead: [0], saturated: [], units: 3 });
  const tanh = { op: { name: "tanh" }, shape: [2, 2] } as never;
  expect(silentOf(tanh, Float32Array.of(1, 0.1, -1, 1))).toEqual({ dead: [], saturated: [0], units: 2 });
});
