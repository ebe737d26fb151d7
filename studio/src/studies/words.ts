import { shownMetric, shownValue, wordsOf } from "../../../src/experiment/tune/words.ts";
import { t } from "../shell/language.ts";
import { messages } from "./messages.ts";
import { configurationOf, type Figure, type StudyData } from "./study-data.ts";

export { shownMetric, shownValue };

type Key = keyof (typeof messages)["en"];

/** The name of a metric in the reader's language; one that is not known there as it is. */
export function metricWords(metric: string): string {
  const key = `metric_${metric}` as Key;
  return Object.hasOwn(messages.en, key) ? t(messages, key) : wordsOf(metric);
}

export const stateWords = (state: string): string => {
  const key = `state_${state}` as Key;
  return Object.hasOwn(messages.en, key) ? t(messages, key) : state;
};

/** One line of a trial: its number, what became of it, and what it reached. */
export function trialText(data: StudyData, figure: Figure, trial: number): string {
  const { state } = data.view.trials;
  const value = figure.values[trial];
  const said = [
    t(messages, "trialNumber", { number: trial }),
    ...(state[trial] === "complete" ? [] : [stateWords(state[trial])]),
    ...(Number.isFinite(value)
      ? [`${metricWords(figure.objective.metric)} ${shownMetric(figure.objective.metric, value)}`]
      : []),
  ];
  return said.join(" · ");
}

/** The same, with its configuration. */
export function trialInFull(data: StudyData, figure: Figure, trial: number): string {
  const parts = configurationOf(data, trial).map(([name, value]) => `${data.labels.get(name)} ${shownValue(value)}`);
  return [trialText(data, figure, trial), ...parts].join(" · ");
}
