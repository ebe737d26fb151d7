import { kinds, type StudyData } from "./study-data.ts";

/** What a table of trials is ordered by: `number`, `state`, `step`, `seconds`, `=METRIC` or a parameter's name. */
export interface Order {
  readonly by: string;
  readonly down: boolean;
}

/**
 * Numbers of the trials that pass, in an order. What has no value comes last, whichever way.
 * @param passes [trials]
 */
export function orderedTrials({ view, kind, count }: StudyData, { by, down }: Order, passes: Uint8Array): number[] {
  const { trials } = view;
  const of = (trial: number): number | string | boolean | null => {
    if (by === "number") return trial;
    if (by === "state") return kinds.indexOf(kinds[kind[trial]]);
    if (by === "step") return trials.step[trial];
    if (by === "seconds") return trials.seconds[trial];
    if (by.startsWith("=")) return trials.metrics[by.slice(1)]?.[trial] ?? null;
    return trials.configuration[by]?.[trial] ?? null;
  };
  const sign = down ? -1 : 1;
  return Array.from({ length: count }, (_, trial) => trial)
    .filter((trial) => passes[trial] === 1)
    .map((trial) => ({ trial, value: of(trial) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null)
        return Number(a.value === null) - Number(b.value === null) || a.trial - b.trial;
      if (a.value === b.value) return a.trial - b.trial;
      return sign * (a.value < b.value ? -1 : 1);
    })
    .map(({ trial }) => trial);
}
