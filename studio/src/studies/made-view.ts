import type { StudyView, TrialColumns } from "../../../src/studio/index.ts";

/** A study of six trials, for tests: two parameters, one of them under a condition, a limit, one that was pruned and one that failed. */
export function madeView(given: Partial<StudyView> = {}, trials: Partial<TrialColumns> = {}): StudyView {
  return {
    ...{ name: "made", created: 0, state: "ended", process: null, version: "1", data: "photos", seed: 1 },
    ...{ sampler: { name: "gp", options: {} }, pruner: { name: "median", options: {} } },
    objectives: [{ metric: "accuracy", direction: "maximize" }],
    constraints: [{ metric: "parameters", atMost: 100 }],
    ...{ pruneBy: { metric: "accuracy", direction: "maximize" }, steps: 3 },
    parameters: {
      optimizer: { kind: "choice", choices: ["sgd", "adam"] },
      rate: { kind: "float", low: 0.001, high: 1, log: true },
      momentum: { kind: "float", low: 0, high: 1, when: { parameter: "optimizer", is: ["sgd"] } },
    },
    trials: {
      from: 0,
      state: ["complete", "complete", "pruned", "complete", "failed", "running"],
      step: [3, 3, 1, 3, 0, 2],
      origin: ["enqueued", "sampler", "sampler", "sampler", "sampler", "sampler"],
      seconds: [1, 2, 0.5, 1.5, 0.1, 0.7],
      run: ["made/trial-0", null, null, "made/trial-3", null, null],
      worker: [null, null, null, null, null, "w"],
      configuration: {
        optimizer: ["adam", "sgd", "sgd", "adam", "sgd", "sgd"],
        rate: [0.001, 1, 0.1, 0.01, 0.5, 2],
        momentum: [null, 0.5, 0.9, null, 0, 1],
      },
      metrics: {
        accuracy: [0.5, 0.7, 0.3, 0.9, null, 0.6],
        parameters: [10, 90, null, 500, null, null],
      },
      errors: { 4: "the loss is no number" },
      ...trials,
    },
    ...given,
  };
}
