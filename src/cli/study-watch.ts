import type { TrialEvent } from "../experiment/node/index.ts";
import { shownMetric, wordsOf } from "../experiment/tune/index.ts";
import { ended, type Study } from "../tune/index.ts";
import type { Output } from "./output.ts";
import { bestLines, LiveBlock, standingLine, trialLine } from "./study-board.ts";

const WIDTH = 80;
/** Trials in the table while a search runs. */
const ROWS = 5;

interface Lengths {
  readonly budget: number | null;
  /** Milliseconds since 1970. */
  readonly deadline: number | null;
}

/**
 * Shows a search while it runs: a line for each trial that has ended, and, in a terminal, below them a table of the best with what is
 * running and how long it will take.
 */
export class StudyWatch {
  readonly #output: Output;
  readonly #study: Study;
  readonly #lengths: Lengths;
  readonly #block = new LiveBlock(process.stderr);
  readonly #told = new Set<number>();
  /** The last report of each trial that runs here. */
  readonly #running = new Map<number, string>();

  constructor(output: Output, study: Study, lengths: Lengths) {
    this.#output = output;
    this.#study = study;
    this.#lengths = lengths;
    for (const { number, state } of study.trials) if (ended.has(state)) this.#told.add(number);
  }

  trial(event: TrialEvent): void {
    if (event.type === "left") {
      this.#running.delete(event.trial);
      return;
    }
    const { trial, step, metrics } = event;
    const { pruneBy, steps } = this.#study.record;
    const value = `${wordsOf(pruneBy.metric)} ${shownMetric(pruneBy.metric, metrics[pruneBy.metric])}`;
    this.#running.set(trial, `trial ${trial}: epoch ${step} of ${steps}, ${value}`);
    this.#output.event({ event: "report", trial, step, ...metrics });
    this.#draw();
  }

  look(): void {
    for (const trial of this.#study.trials) {
      if (!ended.has(trial.state) || this.#told.has(trial.number)) continue;
      this.#told.add(trial.number);
      this.#running.delete(trial.number);
      this.#block.clear();
      this.#output.say(trialLine(this.#study, trial, WIDTH));
      const { number, state, configuration, metrics, step, error } = trial;
      this.#output.event({ event: "trial", trial: number, state, configuration, metrics, step, error });
    }
    this.#draw();
  }

  #draw(): void {
    if (!process.stderr.isTTY) return;
    const width = Math.min(process.stderr.columns ?? WIDTH, 120);
    const facts = { ...this.#lengths, now: Date.now(), width, rows: ROWS };
    const lines = ["", ...bestLines(this.#study, facts), ...this.#running.values(), standingLine(this.#study, facts)];
    this.#block.show(lines);
  }

  end(): void {
    this.#block.clear();
  }
}
