import { expect, test } from "vitest";
import { checkNetwork } from "../../../../src/cli/gradcheck-network.ts";
import { losses } from "../../../../src/losses/index.ts";
import { models } from "../../../../src/models/index.ts";
import { numbersPrintedBy } from "../run-typescript.ts";
import { check, curve, lesson, type Network, networkRows, networks, slope } from "./11-gradient-check.ts";

test("central differences: 5e-13 at 1e-5, 5e-9 at 1e-9, 2.5e-5 at 1e-13", () => {
  expect(slope).toBeCloseTo(0.9, 15);
  expect(check(1e-5).centralError / 5e-13).toBeCloseTo(1, 0);
  expect(check(1e-9).centralError / 5e-9).toBeCloseTo(1, 1);
  expect(check(1e-13).centralError / 2.5e-5).toBeCloseTo(1, 1);
});

test("forward differences: 1.1e-5 at 1e-5, and best between 1e-7 and 1e-9", () => {
  expect(check(1e-5).forwardError / 1.1e-5).toBeCloseTo(1, 1);
  const best = curve.reduce((low, row) => (row.forwardError < low.forwardError ? row : low));
  expect(best.h).toBeLessThan(2e-7);
  expect(best.h).toBeGreaterThan(5e-10);
});

test("the curve is a U on its right side for forward differences, and rounding's 1/h on the left of both", () => {
  const at = (h: number) => check(h);
  expect(at(1e-2).forwardError).toBeGreaterThan(5 * at(1e-3).forwardError);
  expect(at(1e-14).centralError).toBeGreaterThan(at(1e-8).centralError);
  expect(at(1e-14).forwardError).toBeGreaterThan(at(1e-8).forwardError);
});

test.each(networks.slice(1) as Network[])("of a whole %s it shows what argmin gradcheck finds", (name) => {
  const rows = [...networkRows(name)];
  const found = checkNetwork(models[name], losses["cross-entropy"], 1).filter(({ along }) => along === "direction");
  expect(rows).toEqual(found);
  expect(rows.map(({ verdict }) => verdict)).toEqual(rows.map(() => "ok"));
  // Both arms of the U: the best step is neither the largest nor the smallest.
  for (const { curve, error } of rows) {
    expect(curve[0].error).toBeGreaterThan(error);
    expect(curve.at(-1)!.error).toBeGreaterThan(error);
  }
});

test("the program prints what is on the screen", async () => {
  const { central, forward, centralError, forwardError } = check(10 ** -5);
  expect(await numbersPrintedBy(lesson.program({ power: -5, on: "worked" }))).toEqual([
    ...[slope, central, forward],
    ...[centralError, forwardError],
  ]);
});
