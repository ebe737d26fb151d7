import { expect, test } from "vitest";
import type { Parameter } from "../../space/index.ts";
import { MemoryStorage, Study } from "../../tune/index.ts";
import { importanceOf, importanceText } from "./importance.ts";

const parameters: Record<string, Parameter> = {
  "adam.learningRate": { kind: "float", low: 1e-4, high: 0.1, log: true },
  batchSize: { kind: "int", low: 16, high: 512, log: true },
  dropout: { kind: "float", low: 0, high: 0.5 },
};
const accuracy = { metric: "accuracy", direction: "maximize" } as const;
const size = { metric: "parameters", direction: "minimize" } as const;

/** Trials whose accuracy is a matter of the rate alone, and whose size is one of the dropout. */
async function studyOf(count: number): Promise<Study> {
  const spec = {
    ...{ name: "s", seed: 1, steps: 1, fingerprint: "", experiment: null, constraints: [] },
    ...{ sampler: { name: "random", options: {} }, pruner: { name: "none", options: {} } },
    ...{ objectives: [accuracy, size], pruneBy: accuracy },
  };
  const study = await Study.create(new MemoryStorage(), spec, { parameters, fill: {} });
  for (let i = 0; i < count; i++) {
    const configuration = study.suggest(i, { ended: [], open: [], paused: [], budget: null })!;
    const { "adam.learningRate": rate, dropout } = configuration as Record<string, number>;
    await study.adopt(configuration, {
      accuracy: 1 - Math.abs(Math.log10(rate / 0.01)),
      parameters: 1000 * (1 + dropout),
    });
  }
  await study.refresh();
  return study;
}

test("what matters is told for each objective by itself, in a line of the width that there is", async () => {
  const study = await studyOf(60);
  const [first] = importanceOf(study);
  expect(first.parameter).toBe("adam.learningRate");
  expect(first.share).toBeGreaterThan(0.7);
  expect(importanceOf(study, size)[0].parameter).toBe("dropout");
  const line = importanceText(study, 80)!;
  expect(line).toMatch(/^learning rate \d+ %/);
  // Half a word tells nothing: what does not fit is left out, and with no room at all the line.
  const whole = `learning rate ${Math.round(100 * first.share)} %`;
  expect(importanceText(study, whole.length + 3)).toMatch(new RegExp(`^${whole}(, …)?$`));
  expect(importanceText(study, 5)).toBeUndefined();
  expect(importanceText(await studyOf(5), 80)).toBeUndefined();
});
