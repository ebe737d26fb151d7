import { expect, test } from "vitest";
import { numbersPrintedBy } from "../run-typescript.ts";
import { compared, excessAt, lesson, walk } from "./05-batches.ts";

/** What the course found with its own random points: the order of magnitude and the ranking are the lesson. */
const found = [6.2e-5, 7.4e-6, 3.1e-7, 4.2e-4, 1.4e-5];
const ranked = (values: readonly number[]) => values.map((_, i) => i).sort((a, b) => values[a] - values[b]);

test("equal passes, unequal updates: the same ranking, within an order of magnitude", () => {
  const walks = compared.map(({ batch, rate }) => walk(batch, rate));
  expect(walks.map(({ updates }) => updates)).toEqual([20, 80, 320, 1280, 1280]);
  const excess = walks.map(({ epochs }) => epochs[20].excess);
  expect(ranked(excess)).toEqual(ranked(found));
  for (const [i, value] of excess.entries()) expect(Math.abs(Math.log10(value / found[i]))).toBeLessThan(1);
  const first = walks[0].epochs[0];
  expect([first.w, first.b]).toEqual([-1, -1]);
  expect(first.excess).toBeCloseTo(excessAt(-1, -1), 15);
});

test("the program prints what is on the screen", async () => {
  const { epochs } = walk(16, 0.5);
  expect(await numbersPrintedBy(lesson.program({ batch: "16", rate: 0.5, step: 3 }))).toEqual([
    ...[12, epochs[3].w, epochs[3].b],
    epochs[3].excess,
  ]);
});
