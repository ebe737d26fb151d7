import { commandHtml, escapeHtml, type Section } from "../../report/index.ts";
import type { Objective } from "../../tune/index.ts";
import { duration, facts, grouped, paragraph } from "../run-page/words.ts";
import { shownMetric, shownValue, wordsOf } from "../tune/index.ts";
import type { PageTrial, StudyPageData } from "./study-data.ts";

/** Trials of a front whose configuration is told in full. */
const MOST_BEST = 12;

export const objectiveText = ({ metric, direction }: Objective): string =>
  `${direction === "maximize" ? "the highest" : "the lowest"} ${wordsOf(metric)}`;

/** `7 complete, 3 pruned`. */
export function countsText({ counts }: StudyPageData): string {
  const states = ["complete", "pruned", "failed", "running", "waiting", "paused", "stale"] as const;
  const said = states.filter((state) => counts[state]).map((state) => `${grouped(counts[state]!)} ${state}`);
  return said.length === 0 ? "no trial yet" : said.join(", ");
}

/** What was found, in full, with the command that does it again. */
export function overviewSection(data: StudyPageData): Section {
  const { best, record } = data;
  const forbidden = data.trials.filter((trial) => trial.forbidden).length;
  const limits = record.constraints.map(
    ({ metric, atMost }) => `${wordsOf(metric)} at most ${shownMetric(metric, atMost)}`,
  );
  const kept =
    limits.length === 0
      ? ""
      : paragraph(`Within ${limits.join(" and ")}; ${grouped(forbidden)} of the complete trials are above.`);
  if (best.length === 0) {
    return {
      heading: "Best",
      id: "best",
      body: kept + paragraph("No trial has come to its end within the limits yet."),
    };
  }
  const [first, ...others] = best;
  const start = data.trials.find(({ record: { origin } }) => origin === "enqueued");
  const before =
    start === undefined || start.values[0] === undefined || best.includes(start)
      ? ""
      : paragraph(`For comparison, what was tried first: ${headOf(data, start).replace("T", "t")}.`);
  const shown = others
    .slice(0, MOST_BEST - 1)
    .map((trial) => `<details><summary>${escapeHtml(headOf(data, trial))}</summary>${inFull(data, trial)}</details>`);
  const rest = others.length - shown.length;
  const more = rest > 0 ? paragraph(`${grouped(rest)} more of the front are in the table of the trials.`, "quiet") : "";
  const front =
    record.objectives.length > 1
      ? paragraph(
          `${grouped(best.length)} trials are the front: none is better than one of them in both. The first of them:`,
        )
      : "";
  return {
    heading: record.objectives.length > 1 ? "The Pareto front" : "Best",
    id: "best",
    body: [
      kept,
      front,
      `<h3>${escapeHtml(headOf(data, first))}</h3>`,
      inFull(data, first),
      before,
      ...shown,
      more,
    ].join("\n"),
  };
}

function headOf({ record }: StudyPageData, { number, values }: PageTrial): string {
  const told = record.objectives.map(({ metric }, k) => `${wordsOf(metric)} ${shownMetric(metric, values[k])}`);
  return `Trial ${number}: ${told.join(", ")}`;
}

function inFull({ record, labels }: StudyPageData, { configuration, record: trial }: PageTrial): string {
  const known = new Set(record.objectives.map(({ metric }) => metric));
  const others = Object.entries(trial.metrics)
    .filter(([name]) => !known.has(name) && name !== "seconds")
    .map(([name, value]): [string, string] => [
      wordsOf(name),
      name === "epoch" ? String(value) : shownMetric(name, value),
    ]);
  const seconds = trial.metrics.seconds;
  const took: [string, string][] = seconds === undefined ? [] : [["time", duration(seconds)]];
  const had = Object.entries(configuration).map(([name, value]): [string, string] => [
    labels.get(name) ?? name,
    shownValue(value),
  ]);
  return `<div class="halves"><div>${facts(had)}</div><div>${facts([...others, ...took])}</div></div>${repeated(record, trial)}`;
}

/** The command that trains it again. */
function repeated({ experiment }: StudyPageData["record"], { folder }: PageTrial["record"]): string {
  if (folder === null) return paragraph("It comes from an earlier study or run.", "quiet");
  const data = (experiment as { readonly options?: { readonly data?: unknown } } | null)?.options?.data;
  const words = ["argmin", "train", ...(typeof data === "string" ? [data] : []), "--config", `${folder}/config.yaml`];
  return `<p>To train it again:</p>${commandHtml(words.map(quoted).join(" "))}`;
}

/** A word as a shell takes it for one. */
const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
