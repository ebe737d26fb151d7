import { type Choice, InternalError } from "../core/index.ts";
import type { Figures } from "../metrics/index.ts";
import type { Baseline } from "../train/index.ts";

/** The linear baseline of a run, and how many shares of 1 the run's accuracy lies above it; or why there is none. */
export type BaselineResult =
  | (Baseline & {
      /** On the test pictures; on those of validation where there are no others. */
      readonly gain: number;
    })
  | { readonly skipped: string };

/** Why a baseline would make no sense beside a run; undefined where it does. */
export function baselineSkipped({
  optimizer,
  judged,
  softTargets,
  interrupted,
}: {
  readonly optimizer: Choice<"optimizer">;
  /** Pictures that are judged. */
  readonly judged: number;
  readonly softTargets: boolean;
  readonly interrupted: boolean;
}): string | undefined {
  if (interrupted) return "the run was interrupted";
  if (softTargets) return "what is learned are distributions, not classes";
  if (optimizer.name === "closed-form") return "the run is least squares itself";
  if (judged === 0) return "there are no pictures to judge by";
  return undefined;
}

export function baselineResult(
  found: Baseline | { readonly skipped: string },
  validation: Figures | null,
  test: Figures | null,
): BaselineResult {
  if ("skipped" in found) return found;
  const [own, linear] = test === null ? [validation, found.validation] : [test, found.test];
  if (own === null || linear === null) throw new InternalError("the baseline has judged other pictures than the run");
  return { ...found, gain: own.accuracy - linear.accuracy };
}
