import { escapeHtml, type Section, sortableTable, type TableRow } from "../../report/index.ts";
import { grouped, paragraph } from "../run-page/words.ts";
import { shownMetric, shownValue, wordsOf } from "../tune/index.ts";
import { bestAndSome, type PageTrial, type StudyPageData } from "./study-data.ts";

const MOST_ROWS = 1000;
const MOST_REASONS = 50;
/** Trials that are named of one reason. */
const MOST_NAMED = 20;

/** Every trial in numbers, the best first. */
export function trialsSection(data: StudyPageData): Section {
  const { trials, ranked, record, labels } = data;
  const first = new Set(ranked);
  const ordered = [...ranked, ...trials.filter((trial) => !first.has(trial))];
  const shown = bestAndSome(ordered, MOST_ROWS);
  const names = namesOf(data);
  const head = [
    "trial",
    ...record.objectives.map(({ metric }) => wordsOf(metric)),
    "state",
    "epochs",
    "seconds",
    ...names.map((name) => labels.get(name)!),
  ];
  const rows = shown.map((trial): TableRow => {
    const { number, values, record: own, configuration } = trial;
    const cells = [
      String(number),
      ...record.objectives.map(({ metric }, k) => shownMetric(metric, values[k])),
      stateOf(trial),
      String(own.step),
      secondsOf(trial),
      ...names.map((name) => (Object.hasOwn(configuration, name) ? shownValue(configuration[name]) : "–")),
    ];
    return first.has(trial) ? { cells } : { cells, kind: "quiet" };
  });
  const left = ordered.length - shown.length;
  const how = [
    "The best first; a click on the head of a column puts the rows in its order. What has a dash is not there.",
    ...(left > 0
      ? [
          `${grouped(shown.length)} of ${grouped(ordered.length)} trials are shown; argmin study ${record.name} --export trials.csv writes all.`,
        ]
      : []),
  ];
  return {
    heading: "Trials",
    id: "trials",
    body: `${paragraph(how.join(" "))}${sortableTable(head, rows)}${failedList(trials)}`,
  };
}

/** Parameters of the space, and those of earlier ones that some trial has. */
const namesOf = ({ labels, trials }: StudyPageData) =>
  [...labels.keys()].filter((name) => trials.some(({ configuration }) => Object.hasOwn(configuration, name)));

const stateOf = ({ state, forbidden, record }: PageTrial) =>
  forbidden ? "above a limit" : record.origin === "imported" ? "taken over" : state;

function secondsOf({ record: { started, finished } }: PageTrial): string {
  return started === null || finished === null ? "–" : ((finished - started) / 1000).toFixed(1);
}

/** What went wrong, each reason once, with the trials of which it did. */
function failedList(trials: readonly PageTrial[]): string {
  const byReason = new Map<string, number[]>();
  for (const { number, state, record } of trials) {
    if (state !== "failed") continue;
    const reason = record.error ?? "no reason was kept";
    byReason.set(reason, [...(byReason.get(reason) ?? []), number]);
  }
  if (byReason.size === 0) return "";
  const items = [...byReason].slice(0, MOST_REASONS).map(([reason, numbers]) => {
    const named = numbers.slice(0, MOST_NAMED).join(", ");
    const more = numbers.length > MOST_NAMED ? ` and ${grouped(numbers.length - MOST_NAMED)} more` : "";
    return `<li>${escapeHtml(`${numbers.length === 1 ? "trial" : "trials"} ${named}${more}: ${reason}`)}</li>`;
  });
  const rest = byReason.size - items.length;
  const others = rest > 0 ? paragraph(`${grouped(rest)} more reasons are left out.`, "quiet") : "";
  return `<h3>Failed</h3><ul>${items.join("\n")}</ul>${others}`;
}
