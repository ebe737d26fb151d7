import { expect, test } from "vitest";
import { PixelBudget } from "./pixel-budget.ts";

const turns = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Work that holds a picture until it is told to end. */
function holder(budget: PixelBudget, pixels: number) {
  let end = () => {};
  const state = { admitted: false, end: () => end(), done: Promise.resolve() };
  state.done = budget.within(async (admit) => {
    await admit(pixels);
    state.admitted = true;
    await new Promise<void>((resolve) => {
      end = resolve;
    });
  });
  return state;
}

test("large pictures wait for one another, in every thread that shares the budget", async () => {
  const budget = new PixelBudget();
  const first = holder(budget, 48e6);
  const second = holder(new PixelBudget(budget.held), 48e6);
  await turns(20);
  expect([first.admitted, second.admitted]).toEqual([true, false]);
  first.end();
  await first.done;
  await turns(20);
  expect(second.admitted).toBe(true);
  second.end();
  await second.done;
  expect(budget.held[0]).toBe(0);
});

test("what fits side by side, and small pictures, do not wait", async () => {
  const budget = new PixelBudget();
  const all = [holder(budget, 12e6), holder(budget, 12e6), holder(budget, 12e6), holder(budget, 1e6)];
  await turns(20);
  expect(all.map(({ admitted }) => admitted)).toEqual([true, true, false, true]);
  for (const one of all) one.end();
  await turns(20);
  all[2]!.end();
  await Promise.all(all.map(({ done }) => done));
  expect(budget.held[0]).toBe(0);
});

test("a failure gives the room back", async () => {
  const budget = new PixelBudget();
  const failed = budget.within(async (admit) => {
    await admit(48e6);
    throw new Error("damaged");
  });
  await expect(failed).rejects.toThrow("damaged");
  expect(budget.held[0]).toBe(0);
});
