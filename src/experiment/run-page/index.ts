/** `report.html` of a run: what it is worth, how it went, where it errs, and how it was made, in one file. */
import {
  CELLS_SCRIPT,
  CELLS_STYLE,
  certaintyFigure,
  page,
  reliabilityFigure,
  type Section,
} from "../../report/index.ts";
import { confusionSection } from "./confusion-section.ts";
import { curvesSection } from "./curves-section.ts";
import { dataSection, makingSection } from "./making-sections.ts";
import { overviewSection } from "./overview-section.ts";
import { type RunPageData, thingsOf } from "./page-data.ts";
import { classesSection, mistakesSection, weightsSection } from "./picture-sections.ts";
import { grouped, paragraph, percent } from "./words.ts";

export { choosePictures, poolOf } from "./choose-pictures.ts";
export type { RunPageData, SolverPoint } from "./page-data.ts";
export { type WeightPictures, weightPictures } from "./weight-pictures.ts";

const STYLE = `
.facts th { font-weight: 400; color: var(--quiet); width: 10rem; }
.facts td { overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
.numbers td, .numbers th { white-space: nowrap; }
.weights .tile { background-color: transparent; }
.pairs { columns: 2 280px; column-gap: 40px; }
details { margin: 12px 0; }
summary { cursor: pointer; }
@media (max-width: 600px) {
  .facts th { width: 7rem; }
  .numbers { font-size: 0.85rem; }
  .numbers td:first-child { white-space: normal; }
}
`;

/** The whole page. */
export function runPage(data: RunPageData): string {
  const { run, judged, style } = data;
  const { settings } = run;
  const figures = run.test ?? run.validation;
  const pictured = data.pictures.size > 0;
  const sections: Section[] = [
    overviewSection(data),
    curvesSection(data),
    ...(judged === undefined
      ? []
      : [
          confusionSection(data, judged),
          mistakesSection(data, judged),
          ...(pictured ? [classesSection(data, judged)] : []),
          calibrationSection(judged, thingsOf(data)),
        ]),
    ...weightsSection(data),
    dataSection(data),
    makingSection(data),
  ];
  const where = run.test === null ? " on validation" : "";
  const right = figures === null ? "" : `: ${percent(figures.accuracy)}${where}`;
  return page({
    title: `${lastOf(settings.data)}, ${settings.model.name}${right}`,
    subtitle: `${settings.loss.name}, ${settings.optimizer.name}, seed ${settings.seed}; ${grouped(run.parameters)} parameters`,
    sections,
    contents: true,
    style: CELLS_STYLE + STYLE + style,
    script: CELLS_SCRIPT,
  });
}

/** `fashion-mnist` of a long path, which the section on the data tells in full. */
const lastOf = (path: string) => path.split(/[/\\]/).findLast((part) => part !== "") ?? path;

function calibrationSection({ figures, name }: NonNullable<RunPageData["judged"]>, things: string): Section {
  const { reliability, calibrationError } = figures;
  const how = `Whether it is right as often as it says. On the ${name} ${things} its certainty is off by ${percent(calibrationError)} on average; the temperature of its probabilities was fitted on the validation ${things}.`;
  return {
    heading: "Calibration",
    id: "calibration",
    body: `${paragraph(how)}<div class="halves">${reliabilityFigure(reliability, things)}${certaintyFigure(reliability, things)}</div>`,
  };
}
