import { parallelFigure, rampKey, type Section, ticksOf, type UnitAxis } from "../../report/index.ts";
import { grouped, paragraph } from "../run-page/words.ts";
import { shownMetric } from "../tune/index.ts";
import { axisOf } from "./parameter-axis.ts";
import { beyondText, type Range } from "./range.ts";
import { bestAndSome, type StudyPageData } from "./study-data.ts";

const MOST_LINES = 150;
/** Of the lines: more of the best would cover what they have not in common with the others. */
const BEST = 1 / 6;
const MOST_AXES = 20;

/** One line a trial through its parameters, and on to what it reached. */
export function parallelSection(data: StudyPageData, range: Range, names: readonly string[]): Section {
  const { ranked, space, labels } = data;
  const { objective, goodness, best, pale, axis, scaled } = range;
  const shown = bestAndSome(ranked, MOST_LINES, BEST);
  const drawn = names.slice(0, MOST_AXES);
  const places = drawn.map((name) => space.names.indexOf(name));
  const [low, high] = axis.domain.map(scaled);
  const reached = (value: number) => Math.max(0, Math.min(1, (scaled(value) - low) / (high - low)));
  const ticks: UnitAxis["ticks"] = ticksOf(axis, 6).map((value) => ({ at: reached(value), text: axis.format(value) }));
  const lines = shown.toReversed().map(({ units, values, title }) => ({
    places: [
      ...places.map((at) => (Number.isNaN(units[at]) ? null : Math.max(0, Math.min(1, units[at])))),
      reached(values[0]!),
    ],
    share: goodness(values[0]!),
    title,
  }));
  const figure = parallelFigure({
    axes: [...drawn.map((name) => axisOf(labels.get(name)!, space.parameters[name])), { name: axis.name, ticks }],
    lines,
    label: `${lines.length} trials, each a line through ${drawn.length} parameters and its ${axis.name}`,
    caption: `The better lie above the others.${drawn.length < names.length ? ` ${grouped(names.length - drawn.length)} parameters that matter less are left out.` : ""}${shown.length < ranked.length ? ` ${grouped(shown.length)} of ${grouped(ranked.length)} trials are drawn, the best ones among them.` : ""}${beyondText(range, values(data))}`,
  });
  const how =
    "Each complete trial is a line: where lines of the best colour run together, that value is worth having; where they spread, it matters little.";
  const key = rampKey(`${shownMetric(objective.metric, pale)} and worse`, shownMetric(objective.metric, best));
  return { heading: "Parallel coordinates", id: "parallel", body: paragraph(how) + key + figure };
}

const values = ({ ranked }: StudyPageData) => ranked.map(({ values: [value] }) => value!);
