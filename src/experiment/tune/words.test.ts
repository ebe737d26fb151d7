import { describe, expect, test } from "vitest";
import { labelsOf, shownMetric, shownValue } from "./words.ts";

describe("the words of a search", () => {
  test("name a parameter by its unit only where another has the same name", () => {
    const names = ["adam.learningRate", "nesterov.learningRate", "l2", "l2.strength", "mlp.width1", "batchSize"];
    expect([...labelsOf(names).values()]).toEqual([
      "adam learning rate",
      "nesterov learning rate",
      "l2",
      "l2 strength",
      "width 1",
      "batch size",
    ]);
    expect(labelsOf(["adam.learningRate"]).get("adam.learningRate")).toBe("learning rate");
  });

  test("tell a figure in its unit", () => {
    expect(shownMetric("accuracy", 0.5)).toBe("50.00 %");
    expect(shownMetric("parameters", 1234567)).toBe("1,234,567");
    expect(shownMetric("latencyMs", 1.234)).toBe("1.23 ms");
    expect([shownMetric("loss", Number.NaN), shownMetric("loss", undefined)]).toEqual(["–", "–"]);
    expect([0.00123456, 12, true, "adam"].map(shownValue)).toEqual(["0.00123", "12", "true", "adam"]);
  });
});
