import { chosen, frozen } from "../core/index.ts";
import { abs, sum } from "../ops/index.ts";
import type { Regularizer, RegularizerChoice } from "./regularizer.ts";

/** l1: R(W) = Σ |W|, whose gradient is sign(W): pulls every weight towards 0 by the same amount. Tibshirani 1996. */
export const l1Regularizer = frozen<Regularizer>({
  name: "l1",
  formula: "Σ |W|",
  defaults: { strength: 1e-5 },
  penalty: (weight) => sum(abs(weight)),
});

/** λ Σ |W|. */
export const l1 = (strength: number = l1Regularizer.defaults.strength): RegularizerChoice =>
  chosen("regularizer", l1Regularizer, { strength });
