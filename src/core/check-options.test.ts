import { describe, expect, test } from "vitest";
import { checkOptions } from "./check-options.ts";
import { UsageError } from "./usage-error.ts";

const unit = {
  name: "sample",
  defaults: { rate: 0.5, hidden: [512, 256], channels: "auto", activation: "relu" },
  ranges: { rate: [0, 1] as const },
};
const check = (options: Record<string, unknown>) => checkOptions("model", unit, options);

describe("options from outside", () => {
  test("what is in order passes", () => {
    expect(() => check({ rate: 0, hidden: [8], channels: [16, 32], activation: "tanh" })).not.toThrow();
    expect(() => check({ channels: "auto" })).not.toThrow();
    expect(() => check({})).not.toThrow();
  });

  test.each([
    [{ rate: 1 }, "rate", "is 1", "give a number from 0 to below 1"],
    [{ rate: -0.1 }, "rate", "is -0.1", "give a number from 0 to below 1"],
    [{ rate: Number.NaN }, "rate", "is null", "give a number from 0 to below 1"],
    [{ rate: "x" }, "rate", 'is "x"', "give a number, such as 0.5"],
    [{ hidden: "12" }, "hidden", 'is "12"', "give a list of whole numbers, 1 or more each"],
    [{ hidden: [1.5] }, "hidden", "is [1.5]", "give a list of whole numbers, 1 or more each"],
    [{ hidden: [0] }, "hidden", "is [0]", "give a list of whole numbers, 1 or more each"],
    [{ hidden: [] }, "hidden", "is []", "give a list of whole numbers, 1 or more each"],
    [{ channels: "many" }, "channels", 'is "many"', "give a list of whole numbers, 1 or more each"],
    [{ activation: 3 }, "activation", "is 3", 'give a string, such as "relu"'],
  ])("%j is refused", (options, name, what, fix) => {
    expect(() => check(options)).toThrow(UsageError);
    expect(() => check(options)).toThrow(
      expect.objectContaining({ where: `model sample, ${name}`, what, fix, exitCode: 2 }),
    );
  });

  test("an unknown name brings the nearest one", () => {
    expect(() => check({ hiden: [3] })).toThrow(/there is no "hiden"; did you mean "hidden"\?/);
  });
});
