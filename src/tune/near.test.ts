import { expect, test } from "vitest";
import { choice, float, logFloat, logInt, Space } from "../space/index.ts";
import { near } from "./near.ts";

const space = new Space({
  optimizer: choice("adam", "sgd", "lion"),
  rate: logFloat(1e-4, 1),
  momentum: { ...float(0, 0.99), when: { parameter: "optimizer", is: ["sgd"] } },
  units: logInt(16, 1024),
});
const centre = { optimizer: "adam", rate: 1e-3, units: 512 };

test("numbers keep to half of their range, and half of the choices to the centre's", () => {
  const found = near(space, centre, 200, 1);
  expect(found).toHaveLength(200);
  for (const each of found) {
    expect(space.checked(each)).toEqual(each);
    // A quarter of four decades to each side.
    expect(each.rate).toBeGreaterThanOrEqual(1e-4);
    expect(each.rate).toBeLessThanOrEqual(1.01e-2);
    expect(each.units).toBeGreaterThan(170);
  }
  const kept = found.filter(({ optimizer }) => optimizer === "adam").length;
  expect(kept).toBeGreaterThan(200 * (2 / 3 - 0.1));
  expect(kept).toBeLessThan(200 * (2 / 3 + 0.1));
  expect(found.some(({ momentum }) => momentum !== undefined)).toBe(true);
});

test("all are different, allowed, and the same for the same seed", () => {
  const small = new Space({ units: choice(1, 2, 3), bias: choice(false, true) });
  const found = near(small, { units: 1, bias: false }, 10, 3, ({ units }) => units !== 3);
  expect(new Set(found.map((each) => small.keyOf(each))).size).toBe(found.length);
  expect(found).toHaveLength(3);
  expect(near(small, { units: 1, bias: false }, 10, 3, ({ units }) => units !== 3)).toEqual(found);
  expect(near(space, centre, 5, 1)).not.toEqual(near(space, centre, 5, 2));
});
