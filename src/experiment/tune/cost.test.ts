import { describe, expect, test } from "vitest";
import { Random, UsageError } from "../../core/index.ts";
import { cnn, linear, mlp } from "../../models/index.ts";
import { fromUnits } from "../../space/index.ts";
import { nearestAllowed } from "./cost.ts";
import {
  allows,
  configurationToOptions,
  costOf,
  type DataFacts,
  defaultSpace,
  parseConstraint,
  refuseUnreachable,
} from "./index.ts";

const pictures: DataFacts = { numbers: false, height: 28, width: 28, channels: 1, classes: 10, pictures: 7000 };
const coloured: DataFacts = { ...pictures, height: 32, width: 32, channels: 3 };
const rows: DataFacts = { ...pictures, numbers: true, height: 1, width: 13, classes: 3 };

describe("what a network costs, by hand", () => {
  test.each([
    ["linear", pictures, linear(), 784 * 10 + 10, 784 * 10],
    ["linear on numbers", rows, linear(), 13 * 3 + 3, 13 * 3],
    ["mlp", pictures, mlp(), 784 * 512 + 512 + 512 * 256 + 256 + 256 * 10 + 10, 784 * 512 + 512 * 256 + 256 * 10],
    ["mlp on numbers", rows, mlp({ hidden: [7] }), 13 * 7 + 7 + 7 * 3 + 3, 13 * 7 + 7 * 3],
    [
      "cnn",
      coloured,
      cnn(),
      32 * 3 * 9 + 32 + 64 * 32 * 9 + 64 + 8 * 8 * 64 * 10 + 10,
      // Filters see every place of the picture, 32×32 and after the first pooling 16×16 of them.
      32 * 32 * 32 * 3 * 9 + 16 * 16 * 64 * 32 * 9 + 8 * 8 * 64 * 10,
    ],
    [
      "cnn with filters of 5×5 and dropout",
      pictures,
      cnn({ channels: [4], kernel: 5, dropout: 0.5 }),
      4 * 25 + 4 + 14 * 14 * 4 * 10 + 10,
      28 * 28 * 4 * 25 + 14 * 14 * 4 * 10,
    ],
  ])("%s", (_, facts, model, parameters, multiplyAdds) => {
    expect(costOf({ data: "x", model }, facts)).toEqual({ parameters, multiplyAdds });
    // Remembered, and still the same.
    expect(costOf({ data: "y", model, epochs: 3 }, facts)).toEqual({ parameters, multiplyAdds });
  });

  test("a network that cannot be made is a mistake of the user", () => {
    expect(() => costOf({ data: "x", model: cnn({ channels: [4, 4, 4, 4, 4, 4] }) }, pictures)).toThrow(UsageError);
  });
});

describe("limits", () => {
  const options = { data: "x" };
  const { space } = defaultSpace(options, pictures);
  const random = new Random(3, "limits");
  const draws = Array.from({ length: 300 }, () =>
    fromUnits(
      space,
      space.names.map(() => random.uniform()),
    ),
  );

  test("only those that keep them are allowed, deep and wide ones among them", () => {
    const keeps = allows(
      space,
      [parseConstraint("parameters<=50k"), parseConstraint("multiplyAdds<=3M")],
      options,
      pictures,
    );
    for (const configuration of draws) {
      const { parameters, multiplyAdds } = costOf(configurationToOptions(configuration, options), pictures);
      expect(keeps(configuration)).toBe(parameters <= 50_000 && multiplyAdds <= 3_000_000);
    }
    const kept = draws.filter(keeps);
    expect(kept.some((one) => one["mlp.layers"] === 3)).toBe(true);
    expect(kept.some((one) => one["cnn.stages"] === 3)).toBe(true);
    expect(kept.length).toBeLessThan(draws.length);
  });

  test("what has to be measured limits nothing before", () => {
    expect(draws.every(allows(space, [parseConstraint("latencyMs<=0.001")], options, pictures))).toBe(true);
  });

  test("a network that is too large has a smaller one of its kind", () => {
    const { start } = defaultSpace({ ...options, model: mlp() }, pictures);
    const own = defaultSpace({ ...options, model: mlp() }, pictures).space;
    const within = (limit: string) => {
      const keeps = allows(own, [parseConstraint(limit)], { ...options, model: mlp() }, pictures);
      return nearestAllowed(own, start, keeps);
    };
    expect(within("parameters<=1M")).toBe(start);
    // 784·24 + 24 + 24·22 + 22 + 22·10 + 10 = 19,620; the rest of the configuration stays.
    expect(within("parameters<=20k")).toEqual({ ...start, "mlp.width1": 24, "mlp.width2": 22 });
    expect(within("parameters<=10k")).toBeUndefined();
  });

  test("what nothing in the space keeps is refused with what the smallest has", () => {
    const refuse = (limit: string) => refuseUnreachable(space, [parseConstraint(limit)], options, pictures);
    // One layer of 16 units of an mlp is 12,730 numbers; three stages of 8, 16 and 32 filters of a cnn are 8,778.
    expect(() => refuse("parameters<=8000")).toThrow(
      "constraint parameters<=8000: no network of the space keeps it: the smallest has 8778 parameters; allow more, or let fastnet.width, mlp.width1, mlp.width2, mlp.width3, cnn.filters begin lower",
    );
    expect(() => refuse("parameters<=8778")).not.toThrow();
    expect(() => refuse("latencyMs<=1")).not.toThrow();
  });

  test("a network that cannot be made is not allowed", () => {
    const keeps = allows(space, [parseConstraint("parameters<=1G")], options, pictures);
    expect(keeps({ model: "cnn", "cnn.stages": 6, "cnn.filters": 16 })).toBe(false);
    expect(keeps({ model: "cnn", "cnn.stages": 2, "cnn.filters": 16 })).toBe(true);
  });
});

describe("a limit in words", () => {
  test.each([
    ["parameters<=100000", "parameters", 100_000],
    ["parameters <= 100k", "parameters", 100_000],
    ["params<=1_000", "parameters", 1000],
    ["multiplyAdds≤2M", "multiplyAdds", 2e6],
    ["multiplyadds<=2.5e6", "multiplyAdds", 2.5e6],
    ["MACs<=1G", "multiplyAdds", 1e9],
    ["modelBytes<=500kB", "modelBytes", 500_000],
    ["modelBytes<=1MiB", "modelBytes", 2 ** 20],
    ["latencyMs<=5", "latencyMs", 5],
    ["latency<=0.5 s", "latencyMs", 500],
  ])("%s", (text, metric, atMost) => {
    expect(parseConstraint(text)).toEqual({ metric, atMost });
  });

  test.each([
    ["parameters", 'is no limit; write for example --constraint "parameters<=100000"'],
    ["100000", "is no limit"],
    ["parametres<=5", "did you mean parameters?"],
    ["accuracy<=1", "limit parameters (learned numbers), multiplyAdds"],
    ["parameters>=5", 'asks for >=, and a limit is the most that is allowed; write --constraint "parameters<=100k"'],
    ["parameters<=many", '"many" of "parameters<=many" is no number above 0'],
    ["parameters<=", '"" of "parameters<=" is no number above 0'],
    ["parameters<=-5", "no number above 0"],
    ["parameters<=0", "allows nothing at all"],
    ["parameters<=5ms", '"ms" of "parameters<=5ms" is no unit of parameters'],
    ["latencyMs<=5MB", "it counts ms, s, us, µs"],
  ])("%s is refused", (text, says) => {
    expect(() => parseConstraint(text)).toThrow(says);
  });
});
