import { type Importance, importances, type Objective, type Study, seenOf, trialsAt } from "../../tune/index.ts";
import { labelsOf } from "./words.ts";

/** How much each parameter has to do with what trials reach in one objective, the most important first; nothing of fewer than ten trials. */
export function importanceOf(study: Study, objective: Objective = study.record.objectives[0]): Importance[] {
  const { space, trials, curves, record } = study;
  // Two objectives at once would be weighed by chance.
  const single = { ...record, objectives: [objective] };
  return importances({
    space,
    trials: trialsAt(single, trials, curves, seenOf(trials, null), trials.length),
    limits: Object.fromEntries(record.constraints.map(({ metric, atMost }) => [metric, atMost])),
  });
}

/** Below that it is not worth a word. */
const LEAST = 0.02;

/** `learning rate 62 %, batch size 18 %, …` in so many letters at most; undefined where nothing can be said. */
export function importanceText(study: Study, width: number): string | undefined {
  const labels = labelsOf(study.space.names);
  const known = importanceOf(study).filter(({ share }) => share >= LEAST);
  let line: string | undefined;
  for (const [i, { parameter, share }] of known.entries()) {
    const part = `${labels.get(parameter)} ${Math.round(100 * share)} %`;
    const longer = line === undefined ? part : `${line}, ${part}`;
    const room = i === known.length - 1 ? width : width - ", …".length;
    if (longer.length > room) return line === undefined ? undefined : `${line}, …`;
    line = longer;
  }
  return line;
}
