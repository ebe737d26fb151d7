import { rampKey, type Section, trialCurvesFigure } from "../../report/index.ts";
import { minimized } from "../../tune/index.ts";
import { grouped, paragraph } from "../run-page/words.ts";
import { shownMetric, wordsOf } from "../tune/index.ts";
import { rangeOf } from "./range.ts";
import { bestAndSome, type PageTrial, type StudyPageData, thinned } from "./study-data.ts";

const MOST_CURVES = 150;
const MOST_STEPS = 60;

/** What every trial had reached epoch after epoch, by the metric that prunes. */
export function curvesSection({ record, ranked, trials, curves }: StudyPageData): Section[] {
  const objective = record.pruneBy;
  const { metric } = objective;
  const curveOf = ({ number }: PageTrial) =>
    [...(curves.get(number) ?? [])]
      .flatMap(([step, metrics]) =>
        Number.isFinite(minimized(objective, metrics)) ? [[step, metrics[metric]] as const] : [],
      )
      .sort(([a], [b]) => a - b);
  const whole = new Set(ranked);
  const others = trials.filter((trial) => !whole.has(trial));
  const all = [...ranked, ...others].filter((trial) => curveOf(trial).length > 0);
  if (all.length === 0) return [];
  const ended = bestAndSome(
    all.filter((trial) => whole.has(trial)),
    MOST_CURVES,
  );
  const stopped = thinned(
    all.filter((trial) => !whole.has(trial)),
    MOST_CURVES,
  );
  const points = new Map([...ended, ...stopped].map((trial) => [trial, curveOf(trial)]));
  const reached = [...points.values()].flat().map(([, value]) => value);
  const range = rangeOf(objective, reached);
  const last = (trial: PageTrial) => points.get(trial)!.at(-1)![1];
  const ends = (ended.length > 0 ? ended : stopped).map(last);
  const { goodness, best, pale } = rangeOf(objective, ends);
  const shown = [...stopped, ...ended.toReversed()];
  const figure = trialCurvesFigure({
    over: "epoch",
    axis: range.axis,
    curves: shown.map((trial) => ({
      points: thinned(points.get(trial)!, MOST_STEPS),
      share: whole.has(trial) ? goodness(last(trial)) : undefined,
      title: trial.title,
    })),
    label: `${wordsOf(metric)} of ${shown.length} trials by epoch`,
    caption: `On the validation pictures, after each epoch.${shown.length < all.length ? ` ${grouped(shown.length)} of ${grouped(all.length)} trials are drawn, the best ones among them.` : ""}${range.beyond > 0 ? ` What is worse than ${shownMetric(metric, range.bound)} is drawn at the edge.` : ""}`,
  });
  const stop = stopped.length === 0 ? "" : " Grey ones were pruned, failed, or are above a limit.";
  const how = `Each line is a trial, in the colour of what it reached in the end.${stop}`;
  const key = ended.length === 0 ? "" : rampKey(`${shownMetric(metric, pale)} and worse`, shownMetric(metric, best));
  return [{ heading: "Trials by epoch", id: "curves", body: paragraph(how) + key + figure }];
}
