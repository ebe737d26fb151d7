import { contourFigure, escapeHtml, rampKey, type Section } from "../../report/index.ts";
import { countOf } from "../../space/index.ts";
import { grouped, paragraph } from "../run-page/words.ts";
import { shownMetric } from "../tune/index.ts";
import { axisOf } from "./parameter-axis.ts";
import { beyondText, type Range } from "./range.ts";
import { bestAndSome, type StudyPageData } from "./study-data.ts";
import { surfaceOf } from "./surface.ts";

const SIZE = 48;
/** Values of a parameter below which there is no surface over it. */
const FEWEST_VALUES = 6;
const FEWEST_TRIALS = 8;
const MOST_PAIRS = 6;
const MOST_DOTS = 300;

/** What two parameters do together: the most important pairs, the first of them open. */
export function contourSection(data: StudyPageData, range: Range, names: readonly string[]): Section[] {
  const { objective, best, pale } = range;
  const pairs = pairsOf(data, names);
  if (pairs.length === 0) return [];
  const shown = pairs.map(([a, b], i) => {
    const title = `${data.labels.get(a)} and ${data.labels.get(b)}`;
    return `<details name="contour"${i === 0 ? " open" : ""}><summary>${escapeHtml(title)}</summary>${figureOf(data, range, a, b)}</details>`;
  });
  const how =
    "What two numbers do together. The surface is interpolated: at each place the mean of the trials around it, weighted by their distance, whatever their other parameters were. Where no trial is near there is none. The ring is around the best trial.";
  const key = rampKey(`${shownMetric(objective.metric, pale)} and worse`, shownMetric(objective.metric, best));
  return [{ heading: "Two parameters together", id: "contour", body: paragraph(how) + key + shown.join("\n") }];
}

/** Pairs of numbers that enough trials have at the same time, those that matter most first. */
function pairsOf({ space, ranked }: StudyPageData, names: readonly string[]): [string, string][] {
  const numbers = names.filter((name) => {
    const parameter = space.parameters[name];
    return parameter.kind !== "choice" && countOf(parameter) >= FEWEST_VALUES;
  });
  const pairs: [string, string][] = [];
  // The sum of their places says how much both matter: 1 and 2, then 1 and 3, then 2 and 3 beside 1 and 4.
  for (let sum = 1; sum < 2 * numbers.length && pairs.length < MOST_PAIRS; sum++) {
    for (let i = 0; i < sum - i && pairs.length < MOST_PAIRS; i++) {
      const [a, b] = [numbers[i], numbers[sum - i]];
      if (b === undefined) continue;
      const both = ranked.filter(
        ({ configuration }) => Object.hasOwn(configuration, a) && Object.hasOwn(configuration, b),
      );
      if (both.length >= FEWEST_TRIALS) pairs.push([a, b]);
    }
  }
  return pairs;
}

function figureOf({ space, labels, ranked }: StudyPageData, range: Range, a: string, b: string): string {
  const [first, second] = [a, b].map((name) => space.names.indexOf(name));
  const points = ranked.flatMap(({ units, values, title }) => {
    const [x, y] = [units[first], units[second]];
    // What lies outside of a range that was narrowed is not on the map.
    if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) return [];
    return [{ x, y, share: range.goodness(values[0]!), value: values[0]!, title }];
  });
  const [x, y] = [a, b].map((name) => axisOf(labels.get(name)!, space.parameters[name]));
  const shares = points.map((point) => ({ ...point, value: point.share }));
  // What is worse than the first colour still has it.
  const surface = surfaceOf(shares, SIZE).map((share) => Math.max(0, share));
  const drawn = bestAndSome(points, MOST_DOTS);
  const thinned = drawn.length < points.length ? ` ${grouped(drawn.length)} of them are drawn.` : "";
  return contourFigure({
    x,
    y,
    surface: { size: SIZE, values: surface },
    points: drawn,
    label: `${range.axis.name} over ${x.name} and ${y.name}, interpolated between ${points.length} trials`,
    caption: `Interpolated between ${grouped(points.length)} trials.${thinned}${beyondText(
      range,
      points.map(({ value }) => value),
      "count as that",
    )}`,
  });
}
