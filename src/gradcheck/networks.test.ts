import { describe, expect, test } from "vitest";
import { checkNetwork } from "../cli/gradcheck-network.ts";
import { losses } from "../losses/index.ts";
import { models } from "../models/index.ts";
import { BOUND } from "./index.ts";

describe.each(Object.entries(models))("%s", (_, model) => {
  // A deep network takes seconds: it meets one loss, and the others are met by the shallow ones.
  const met = Object.entries(losses).slice(0, model.picturesOnly ? 1 : undefined);
  test.each(met)("with %s agrees with differences in every parameter", (_, loss) => {
    const rows = checkNetwork(model, loss, 1);
    expect(rows.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
    for (const { error } of rows) expect(error).toBeLessThanOrEqual(BOUND);
    // A point where something happens: nothing agrees more easily than zeros.
    const directions = rows.filter(({ along }) => along === "direction");
    expect(directions.length).toBeGreaterThanOrEqual(2);
    for (const { backward } of directions) expect(Math.abs(backward)).toBeGreaterThan(1e-4);
  });
});
