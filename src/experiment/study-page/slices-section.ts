import { rampKey, type Section, sliceFigure } from "../../report/index.ts";
import { countOf, type Parameter, type ParameterValue } from "../../space/index.ts";
import { grouped, paragraph } from "../run-page/words.ts";
import { shownValue } from "../tune/index.ts";
import { axisOf } from "./parameter-axis.ts";
import { beyondText, type Range } from "./range.ts";
import { bestAndSome, type PageTrial, type StudyPageData } from "./study-data.ts";

/** Dots of all figures together. */
const MOST_DOTS = 9000;
const FEWEST_DOTS = 150;
/** How far dots of one value are spread, of the way to the next. */
const SPREAD = 0.5;

/** What trials reached over each parameter alone. */
export function slicesSection(data: StudyPageData, range: Range, names: readonly string[]): Section {
  const { ranked, space, labels } = data;
  const most = Math.max(FEWEST_DOTS, Math.floor(MOST_DOTS / names.length));
  const shown = bestAndSome(ranked, most).toSorted((a, b) => a.number - b.number);
  const last = Math.max(1, shown.at(-1)?.number ?? 1);
  const figures = names.flatMap((name) => {
    const at = space.names.indexOf(name);
    const parameter = space.parameters[name];
    const points = shown.flatMap((trial) => {
      const [x, y] = [trial.units[at], trial.values[0]];
      if (Number.isNaN(x) || y === undefined) return [];
      return [
        {
          x: spread(parameter, x, trial),
          y,
          share: trial.number / last,
          title: titleOf(trial, name),
          best: trial === ranked[0],
        },
      ];
    });
    if (points.length === 0) return [];
    const { when } = parameter;
    return sliceFigure({
      heading: labels.get(name)!,
      axis: axisOf(labels.get(name)!, parameter),
      value: range.axis,
      points,
      caption:
        when === undefined
          ? ""
          : `Where ${labels.get(when.parameter)} is ${when.is.map(wordOf).join(" or ")}: ${grouped(points.length)} trials.`,
    });
  });
  const how = `Each complete trial over each parameter: a slope or a valley says where to look, a cloud that the parameter matters little here. The ring is around the best.${shown.length < ranked.length ? ` ${grouped(shown.length)} of ${grouped(ranked.length)} trials are drawn, the best ones among them.` : ""}${beyondText(
    range,
    shown.map(({ values: [value] }) => value!),
  )}`;
  const key = rampKey("trial 0", `trial ${last}`);
  return {
    heading: "Slices",
    id: "slices",
    body: `${paragraph(how)}${key}<div class="halves">${figures.join("\n")}</div>`,
  };
}

const wordOf = (value: ParameterValue) => String(value);

const titleOf = ({ title, configuration }: PageTrial, name: string) => `${title}; ${shownValue(configuration[name])}`;

/** Dots of one value lie beside each other, by the golden ratio, and not all in one place. */
function spread(parameter: Parameter, unit: number, { number }: PageTrial): number {
  const count = countOf(parameter);
  if (count > 8) return unit;
  const turn = (number * 0.618034) % 1;
  return unit + (SPREAD * (turn - 0.5)) / count;
}
