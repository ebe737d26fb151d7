import { expect, test } from "vitest";
import { epochsSinceBest, isBetter } from "./standing.ts";

const epoch = (accuracy: number, loss: number) => ({ trainLoss: 1, validation: { accuracy, loss } });
const unseen = { trainLoss: 1, validation: null };

test("an epoch is better by accuracy, then by loss, and the later one where nothing was looked at", () => {
  expect(isBetter(epoch(0.5, 9), undefined)).toBe(true);
  expect(isBetter(epoch(0.6, 9), epoch(0.5, 1))).toBe(true);
  expect(isBetter(epoch(0.5, 0.9), epoch(0.5, 1))).toBe(true);
  expect(isBetter(epoch(0.5, 1), epoch(0.5, 1))).toBe(false);
  expect(isBetter(epoch(0.4, 0.1), epoch(0.5, 1))).toBe(false);
  expect(isBetter(unseen, unseen)).toBe(true);
});

test("patience counts from the best epoch", () => {
  expect(epochsSinceBest([])).toBe(0);
  expect(epochsSinceBest([epoch(0.5, 1)])).toBe(0);
  expect(epochsSinceBest([epoch(0.5, 1), epoch(0.4, 1), epoch(0.5, 2)])).toBe(2);
  expect(epochsSinceBest([epoch(0.5, 1), epoch(0.4, 1), epoch(0.5, 0.9)])).toBe(0);
  expect(epochsSinceBest([unseen, unseen])).toBe(0);
});
