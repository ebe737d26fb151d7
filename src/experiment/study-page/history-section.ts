import { type HistoryPoint, historyFigure, type Section } from "../../report/index.ts";
import { minimized } from "../../tune/index.ts";
import { grouped, paragraph } from "../run-page/words.ts";
import { beyondText, type Range } from "./range.ts";
import { type StudyPageData, thinned } from "./study-data.ts";

const MOST_POINTS = 2000;

/** What each trial reached, in their order. */
export function historySection(data: StudyPageData): Section {
  const figures = data.ranges.flatMap((range, k) => (range === undefined ? [] : [figureOf(data, range, k)]));
  const body = figures.length > 0 ? figures.join("\n") : paragraph("No trial has reached anything yet.");
  return { heading: "History", id: "history", body };
}

function figureOf(data: StudyPageData, range: Range, k: number): string {
  const all = historyOf(data, range, k);
  const points = thinned(all, MOST_POINTS);
  const has = (kind: HistoryPoint["kind"]) => points.some((point) => point.kind === kind);
  const said = [
    "Each dot is a trial, the line the best so far.",
    ...(has("pruned") ? ["A cross is one that was pruned, with what it had reached."] : []),
    ...(has("forbidden") ? ["An empty ring is one above a limit, which does not count."] : []),
    ...(has("failed") ? ["A mark at the bottom is one that failed."] : []),
    ...(points.length < all.length ? [`${grouped(points.length)} of ${grouped(all.length)} trials are drawn.`] : []),
  ];
  return historyFigure({
    points,
    axis: range.axis,
    caption:
      said.join(" ") +
      beyondText(
        range,
        all.flatMap(({ value }) => value ?? []),
      ),
  });
}

/** The trials with the best value of one objective until each. */
export function historyOf({ trials }: StudyPageData, { objective }: Range, k: number): HistoryPoint[] {
  let best: number | undefined;
  const better = (value: number) =>
    best === undefined ||
    minimized(objective, { [objective.metric]: value }) < minimized(objective, { [objective.metric]: best });
  return trials.map(({ number, state, forbidden, values, title }) => {
    const value = values[k];
    if (state === "complete" && !forbidden && value !== undefined && better(value)) best = value;
    const kind = forbidden ? "forbidden" : (state as "complete" | "pruned" | "failed");
    return { number, value, kind, best, title };
  });
}
