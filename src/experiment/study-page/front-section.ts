import { type FrontPoint, frontFigure, type Section } from "../../report/index.ts";
import { grouped, paragraph } from "../run-page/words.ts";
import type { StudyPageData } from "./study-data.ts";

const MOST_POINTS = 1200;

/** Two objectives against each other. */
export function frontSection({ record, ranges, trials, best }: StudyPageData): Section[] {
  const [first, second] = ranges;
  if (record.objectives.length < 2 || first === undefined || second === undefined) return [];
  const front = new Set(best);
  const complete = trials.filter(
    ({ state, values }) => state === "complete" && values.every((value) => value !== undefined),
  );
  const others = complete.filter((trial) => !front.has(trial));
  const shown = [...best, ...others.slice(-MOST_POINTS)];
  const points = shown.map((trial): FrontPoint => {
    const { number, values, forbidden, title } = trial;
    const kind = front.has(trial) ? "front" : forbidden ? "forbidden" : "other";
    return { x: values[1]!, y: values[0]!, number, kind, title };
  });
  const left = complete.length - shown.length;
  const how =
    "Each dot is a complete trial. Of the blue ones none is better than another in both; they are what there is to choose from.";
  const caption = [
    ...(points.some(({ kind }) => kind === "forbidden") ? ["Empty rings are above a limit."] : []),
    "What is far worse than the rest stands at the edge.",
    ...(left > 0 ? [`${grouped(left)} earlier trials are left out.`] : []),
  ];
  return [
    {
      heading: "One against the other",
      id: "front",
      body: paragraph(how) + frontFigure({ x: second.axis, y: first.axis, points, caption: caption.join(" ") }),
    },
  ];
}
