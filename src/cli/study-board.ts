import { shownMetric, shownValue, wordsOf } from "../experiment/tune/index.ts";
import type { Configuration } from "../space/index.ts";
import type { Study, TrialRecord } from "../tune/index.ts";
import { duration, style } from "./output.ts";

/** What a configuration has that another has not, such as the defaults; all of it, where there is none to compare with. */
function differences(configuration: Configuration, from: Configuration | undefined): string[] {
  // That there is a penalty at all, its strength says.
  const told = ([name, value]: readonly [string, unknown]) => value === true && `${name}.strength` in configuration;
  const different = Object.entries(configuration).filter((entry) => from?.[entry[0]] !== entry[1] && !told(entry));
  return different.map(([name, value]) => `${wordsOf(name)} ${shownValue(value)}`);
}

export function differenceText(configuration: Configuration, from: Configuration | undefined): string {
  return differences(configuration, from).join(", ") || "the defaults";
}

/** All of a configuration, in lines. */
export function configurationLines(configuration: Configuration, width: number): string[] {
  const lines: string[] = [];
  for (const part of differences(configuration, undefined)) {
    const longer = lines.length === 0 ? undefined : `${lines.at(-1)}, ${part}`;
    if (longer !== undefined && longer.length < width) lines[lines.length - 1] = longer;
    else lines.push(`  ${part}`);
  }
  return lines;
}

const cut = (text: string, width: number) =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/** Seconds until all trials have been run, by how long those took that were; undefined before the first has ended. */
export function secondsLeft(
  study: Study,
  budget: number | null,
  deadline: number | null,
  now: number,
): number | undefined {
  const byClock = deadline === null ? undefined : Math.max(0, (deadline - now) / 1000);
  const over = study.trials.filter(({ started, finished }) => started !== null && finished !== null);
  if (budget === null || over.length === 0) return byClock;
  const first = Math.min(...study.trials.map(({ started }) => started ?? Number.POSITIVE_INFINITY));
  const last = Math.max(...over.map(({ finished }) => finished!));
  // Of what was done side by side the wall's clock knows best.
  const each = (last - first) / 1000 / over.length;
  const open = study.trials.filter(({ state }) => state === "waiting" || state === "running").length;
  const left = each * Math.max(0, budget - over.length) - (open > 0 ? Math.min(each, (now - last) / 1000) : 0);
  return Math.max(0, byClock === undefined ? left : Math.min(byClock, left));
}

export interface BoardFacts {
  readonly budget: number | null;
  /** Milliseconds since 1970; null where there is no limit of time. */
  readonly deadline: number | null;
  readonly now: number;
  readonly width: number;
  /** Rows of the table. */
  readonly rows: number;
}

/** `12 of 20 trials, 2 running, 3 pruned; 4 min 10 s left`. */
export function standingLine(
  study: Study,
  { budget, deadline, now }: Pick<BoardFacts, "budget" | "deadline" | "now">,
): string {
  const count = (state: TrialRecord["state"]) => study.trials.filter((trial) => trial.state === state).length;
  const over = count("complete") + count("pruned") + count("failed");
  const others = (["running", "paused", "pruned", "failed"] as const)
    .map((state) => [state, count(state)] as const)
    .filter(([, many]) => many > 0)
    .map(([state, many]) => `${many} ${state}`);
  const left = secondsLeft(study, budget, deadline, now);
  const trials = budget === null ? `${over} trials` : `${over} of ${budget} trials`;
  return `${[trials, ...others].join(", ")}${left === undefined ? "" : `; ${duration(left)} left`}`;
}

/** The best trials as a table: the front, where there are two objectives, then the rest. */
export function bestLines(study: Study, { width, rows }: Pick<BoardFacts, "width" | "rows">): string[] {
  const { objectives } = study.record;
  const front = study.best();
  const others = study.ranked().filter((trial) => !front.includes(trial));
  const shown = [...front, ...others].slice(0, rows);
  if (shown.length === 0) return [];
  const defaults = study.trials.find(({ origin }) => origin === "enqueued")?.configuration;
  const heads = objectives.map(({ metric }) => wordsOf(metric));
  const cells = shown.map(({ metrics }) => objectives.map(({ metric }) => shownMetric(metric, metrics[metric])));
  const widths = heads.map((head, k) => Math.max(head.length, ...cells.map((row) => row[k].length)));
  const row = (number: string, values: readonly string[], text: string) =>
    `${number.padStart(5)}  ${values.map((value, k) => value.padStart(widths[k])).join("  ")}  ${text}`;
  const head = style("dim", row("trial", heads, "with"));
  const lines = shown.map(({ number, configuration }, i) => {
    const line = cut(row(String(number), cells[i], differenceText(configuration, defaults)), width);
    return front.includes(shown[i]) ? style("bold", line) : line;
  });
  return [head, ...lines];
}

/** One line for a trial that has ended. */
export function trialLine(study: Study, trial: TrialRecord, width: number): string {
  const { objectives, steps } = study.record;
  const { number, state, metrics, error, started, finished, step } = trial;
  const took = started === null || finished === null ? "" : `  (${duration((finished - started) / 1000)})`;
  const defaults = study.trials.find(({ origin }) => origin === "enqueued")?.configuration;
  const with_ = differenceText(trial.configuration, defaults);
  const head = `trial ${String(number).padStart(3)}  `;
  if (state === "failed") return cut(`${head}failed: ${error}`, width);
  if (state === "pruned") return cut(`${head}pruned after ${step} of ${steps} epochs${took}  ${with_}`, width);
  const values = objectives.map(({ metric }) => `${wordsOf(metric)} ${shownMetric(metric, metrics[metric])}`);
  return cut(`${head}${values.join(", ")}${took}  ${with_}`, width);
}

/** A block at the end of the terminal that is drawn over and over; lines that are to stay go above it. */
export class LiveBlock {
  #height = 0;
  #shown = "";
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\n`).join("");
    if (text === this.#shown) return;
    // In one go, so that nobody sees it half.
    this.#stream.write(`${this.#away()}${text}`);
    this.#height = lines.length;
    this.#shown = text;
  }

  #away(): string {
    return this.#height > 0 ? `\u001b[${this.#height}A\u001b[J` : "";
  }

  clear(): void {
    if (this.#height > 0) this.#stream.write(this.#away());
    this.#height = 0;
    this.#shown = "";
  }
}
