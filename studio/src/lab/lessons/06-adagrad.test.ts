import { expect, test } from "vitest";
import { numbersPrintedBy } from "../run-typescript.ts";
import { descent, lesson, methods } from "./06-adagrad.ts";

test("AdaGrad's sums: r_w 0.81 → 1.086 → 1.199 → 1.247, r_b 0.36 → 0.483 → 0.533 → 0.554", () => {
  const rows = descent("adagrad", 0.1, 3);
  for (const [i, value] of [0.81, 1.086, 1.199, 1.247].entries()) expect(rows[i].rw).toBeCloseTo(value, 3);
  for (const [i, value] of [0.36, 0.483, 0.533, 0.554].entries())
    expect(Math.abs(rows[i].rb - value)).toBeLessThan(6e-4);
});

test("the first step is η·sign(g): w 0.7, b 0.1", () => {
  const [, { w, b }] = descent("adagrad", 0.1, 1);
  expect(w).toBeCloseTo(0.7, 9);
  expect(b).toBeCloseTo(0.1, 9);
});

test("AdaGrad's rate only shrinks; RMSProp's comes back", () => {
  const rates = (method: "adagrad" | "rmsprop") => descent(method, 0.1, 12).map(({ effective }) => effective);
  const shrinking = rates("adagrad");
  for (let k = 1; k < shrinking.length; k++) expect(shrinking[k]).toBeLessThan(shrinking[k - 1]);
  const recovering = rates("rmsprop");
  expect(recovering.at(-1)!).toBeGreaterThan(Math.min(...recovering));
});

test.each(methods)("the program of %s prints what is on the screen", async (method) => {
  const rows = descent(method, 0.1, 2);
  const sums = (row: (typeof rows)[number]) => (method === "sgd" ? [] : [row.rw, row.rb]);
  expect(await numbersPrintedBy(lesson.program({ method, rate: 0.1, step: 2 }))).toEqual(
    rows.flatMap((row) => [row.w, row.b, row.gw, row.gb, ...sums(row)]),
  );
});
