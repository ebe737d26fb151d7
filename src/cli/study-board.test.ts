import { describe, expect, test } from "vitest";
import type { StudySpec } from "../tune/index.ts";
import { MemoryStorage, Study } from "../tune/index.ts";
import { bestLines, configurationLines, secondsLeft, standingLine, trialLine } from "./study-board.ts";

const spec: StudySpec = {
  ...{ name: "s", seed: 1, steps: 5, fingerprint: "", experiment: null, constraints: [] },
  ...{ sampler: { name: "random", options: {} }, pruner: { name: "none", options: {} } },
  objectives: [{ metric: "accuracy", direction: "maximize" }],
  pruneBy: { metric: "accuracy", direction: "maximize" },
};
const space = {
  parameters: {
    optimizer: { kind: "choice", choices: ["adam", "sgd"] },
    "adam.learningRate": { kind: "float", low: 1e-4, high: 1, log: true },
  } as const,
  fill: {},
};

/** A study of trials that took so many milliseconds each, one after the other, from the year 2001 on. */
async function studyOf(accuracies: readonly (number | "failed" | "running")[], ms = 2000): Promise<Study> {
  const study = await Study.create(new MemoryStorage(), spec, space, {
    first: accuracies.map((_, i) => ({ optimizer: "adam", "adam.learningRate": 0.001 * (i + 1) })),
  });
  for (const [i, accuracy] of accuracies.entries()) {
    const trial = await study.storage.claim(0, i, "w", 1e6, `runs/s/${i}`);
    const lease = { study: 0, trial: i, token: trial!.token };
    if (accuracy === "failed") await study.storage.end(lease, { state: "failed", error: "the loss became NaN" });
    else if (accuracy !== "running") await study.storage.end(lease, { state: "complete", metrics: { accuracy } });
  }
  await study.refresh();
  const start = Date.UTC(2001, 0);
  for (const [i, trial] of study.trials.entries()) {
    const finished = trial.finished === null ? null : start + ms * (i + 1);
    Object.assign(trial, { started: start + ms * i, finished });
  }
  return study;
}

const at = (ms: number) => Date.UTC(2001, 0) + ms;

describe("what a search shows of itself", () => {
  test("counts, and how long it will take", async () => {
    const study = await studyOf([0.9, 0.95, "failed", "running"]);
    // Three trials of 2 s, and one that has run for 1 s: of ten, six and a half are left.
    expect(secondsLeft(study, 10, null, at(7000))).toBeCloseTo(13);
    expect(secondsLeft(study, 10, at(10_000), at(7000))).toBeCloseTo(3);
    expect(secondsLeft(study, null, null, at(7000))).toBeUndefined();
    expect(standingLine(study, { budget: 10, deadline: null, now: at(7000) })).toBe(
      "3 of 10 trials, 1 running, 1 failed; 13 s left",
    );
    expect(standingLine(study, { budget: null, deadline: null, now: at(7000) })).toBe("3 trials, 1 running, 1 failed");
  });

  test("the best trials, with what they have other than the defaults, within the width", async () => {
    const study = await studyOf([0.9, 0.95, "failed"]);
    expect(bestLines(study, { width: 80, rows: 5 })).toEqual([
      "trial  accuracy  with",
      "    1   95.00 %  learning rate 0.002",
      "    0   90.00 %  the defaults",
    ]);
    for (const line of bestLines(study, { width: 30, rows: 5 })) expect(line.length).toBeLessThanOrEqual(30);
    expect(bestLines(study, { width: 30, rows: 1 })).toHaveLength(2);
    expect(bestLines(await studyOf([]), { width: 80, rows: 5 })).toEqual([]);
  });

  test("a line for each trial", async () => {
    const study = await studyOf([0.9, 0.95, "failed"]);
    expect(study.trials.map((trial) => trialLine(study, trial, 80))).toEqual([
      "trial   0  accuracy 90.00 %  (2.0 s)  the defaults",
      "trial   1  accuracy 95.00 %  (2.0 s)  learning rate 0.002",
      "trial   2  failed: the loss became NaN",
    ]);
  });

  test("a whole configuration in lines", () => {
    const lines = configurationLines({ a: 1, b: "x", "adam.learningRate": 0.00123456 }, 20);
    expect(lines).toEqual(["  a 1, b x", "  learning rate 0.00123"]);
  });
});
