/** `study.html` of a search: what it found, how it went, and what matters, in one file. */
import { page, RAMP_STYLE, type Section, TABLE_SCRIPT, TABLE_STYLE } from "../../report/index.ts";
import type { Study } from "../../tune/index.ts";
import { importanceOf, shownMetric, wordsOf } from "../tune/index.ts";
import { contourSection } from "./contour-section.ts";
import { curvesSection } from "./curves-section.ts";
import { frontSection } from "./front-section.ts";
import { historySection } from "./history-section.ts";
import { importanceSection } from "./importance-section.ts";
import { countsText, objectiveText, overviewSection } from "./overview-section.ts";
import { parallelSection } from "./parallel-section.ts";
import { slicesSection } from "./slices-section.ts";
import { type StudyPageData, studyPageData } from "./study-data.ts";
import { trialsSection } from "./trials-section.ts";

const STYLE = `
.facts th { font-weight: 400; color: var(--quiet); width: 10rem; }
.scroll { overflow-x: auto; max-height: 80vh; }
.numbers td, .numbers th { white-space: nowrap; }
.sortable thead th { position: sticky; top: 0; background: var(--paper); }
details { margin: 12px 0; }
summary { cursor: pointer; }
@media (max-width: 600px) { .facts th { width: 8rem; } }
`;

/** The whole page. */
export function studyPage(study: Study): string {
  const data = studyPageData(study);
  const { record } = data;
  const pruned = record.pruner.name === "none" ? "" : `, pruned by ${record.pruner.name}`;
  return page({
    title: `${record.name}${foundText(data)}`,
    subtitle: `${record.sampler.name}${pruned}, for ${record.objectives.map(objectiveText).join(" and ")}; ${countsText(data)}`,
    sections: sectionsOf(study, data),
    contents: true,
    style: RAMP_STYLE + TABLE_STYLE + STYLE,
    script: TABLE_SCRIPT,
  });
}

function foundText({ best, record }: StudyPageData): string {
  if (best.length === 0) return "";
  if (record.objectives.length > 1) return `: a front of ${best.length}`;
  const [{ metric }] = record.objectives;
  return `: ${wordsOf(metric)} ${shownMetric(metric, best[0].values[0])}`;
}

function sectionsOf(study: Study, data: StudyPageData): Section[] {
  const { ranges, ranked, space } = data;
  const [range] = ranges;
  // Where nothing is known of what matters they stay as the space has them.
  const known = importanceOf(study).map(({ parameter }) => parameter);
  const names = [...known, ...space.names.filter((name) => !known.includes(name))];
  const ofParameters =
    range === undefined || ranked.length === 0
      ? []
      : [parallelSection(data, range, names), slicesSection(data, range, names), ...contourSection(data, range, names)];
  return [
    overviewSection(data),
    ...frontSection(data),
    historySection(data),
    ...importanceSection(study, data),
    ...ofParameters,
    ...curvesSection(data),
    trialsSection(data),
  ];
}
