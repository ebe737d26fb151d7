import { barsFigure, type Section } from "../../report/index.ts";
import type { Study } from "../../tune/index.ts";
import { grouped, paragraph } from "../run-page/words.ts";
import { importanceOf, wordsOf } from "../tune/index.ts";
import type { StudyPageData } from "./study-data.ts";

const MOST_BARS = 20;
/** Of a bar that is drawn. */
const LEAST = 0.001;

/** How much each parameter decides whether a trial is among the best. */
export function importanceSection(study: Study, { record, labels, ranges }: StudyPageData): Section[] {
  const figures = record.objectives.flatMap((objective, k) => {
    const all = ranges[k] === undefined ? [] : importanceOf(study, objective);
    const shown = all.filter(({ share }) => share >= LEAST).slice(0, MOST_BARS);
    if (shown.length === 0) return [];
    const name = wordsOf(objective.metric);
    const rest = all.length - shown.length;
    return barsFigure({
      bars: shown.map(({ parameter, share }) => ({ name: labels.get(parameter)!, share })),
      label: `How much each parameter has to do with ${name}`,
      caption: `For ${name}.${rest > 0 ? ` Of ${rest === 1 ? "one more" : `${grouped(rest)} more`} nothing can be told from chance.` : ""}`,
    });
  });
  if (figures.length === 0) return [];
  const how =
    "How much each parameter decides whether a trial is among the best: PED-ANOVA (Watanabe, Bansal and Hutter 2023). It compares where the best trials lie with where all do. It tells what mattered within the ranges that were searched, and of few trials it is a rough guess.";
  return [{ heading: "What matters", id: "importance", body: paragraph(how) + figures.join("\n") }];
}
