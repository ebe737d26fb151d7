import type { Runtime } from "../../runtime/index.ts";
import { CHUNK, convexGraphs } from "./graphs.ts";
import { LinearProblem, type LinearRequest } from "./linear-problem.ts";

export type { Baseline, BaselineQuality } from "./baseline.ts";
export type { Features } from "./features.ts";
export { type ConvexGraphs, type ConvexRecipe, convexGraphs } from "./graphs.ts";
export { LinearProblem, type LinearRequest } from "./linear-problem.ts";
export { pictureBaseline } from "./picture-baseline.ts";
export { refuseUnsolvable, solveSteps } from "./solve-plan.ts";
export { SolveRun } from "./solve-run.ts";

/** What shapes the graphs of a linear problem. */
export function convexRecipe({ loss, lossOptions, features, classes, targets, weights }: LinearRequest) {
  return {
    loss: { kind: "loss" as const, name: loss, options: lossOptions },
    chunk: Math.min(CHUNK, features.count),
    features: features.width,
    dtype: features.data instanceof Uint8Array ? ("uint8" as const) : ("float64" as const),
    classes,
    softTargets: targets !== undefined,
    weighted: weights.some((weight) => weight !== weights[0]),
  };
}

/** A linear classifier on given data, for the solvers. */
export function linearProblem(request: LinearRequest, runtime: Runtime, threads?: number): LinearProblem {
  return new LinearProblem(request, convexGraphs(convexRecipe(request)), runtime, threads);
}
