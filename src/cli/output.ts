import { styleText } from "node:util";
import { Presets, SingleBar } from "cli-progress";
import { UsageError } from "../core/index.ts";

/**
 * Where a command's words go. For people: text on stdout, the progress bar on stderr while it is a terminal. With --json:
 * one object a line on stdout, and the text for people on stderr.
 */
export class Output {
  readonly json: boolean;
  /** The reader of stdout has gone away (`argmin predict … | head -1`), which is no fault. */
  abandoned = false;
  #bar: SingleBar | undefined;

  constructor(json: boolean) {
    this.json = json;
    process.stdout.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      this.abandoned = true;
    });
  }

  /** A line for people. */
  say(text = ""): void {
    this.#clearBar();
    (this.json ? process.stderr : process.stdout).write(`${text}\n`);
  }

  /** A line for people that is no result: on stderr, so that a CSV on stdout stays one. */
  warn(text: string): void {
    this.#clearBar();
    process.stderr.write(`${style("yellow", text)}\n`);
  }

  /** A line for programs, with --json only. */
  event(event: object): void {
    if (this.json) process.stdout.write(`${JSON.stringify(event)}\n`);
  }

  /** Shows how far the work has come; nothing where stderr is not a terminal. `text` stands behind the bar. */
  progress(done: number, total: number, text: string): void {
    if (!process.stderr.isTTY) return;
    const share = `${Math.floor((100 * done) / total)}%`.padStart(4);
    if (this.#bar === undefined) {
      const format = "  {bar} {share}  {text}";
      const options = {
        format,
        barsize: 24,
        stream: process.stderr,
        clearOnComplete: true,
        hideCursor: true,
        linewrap: false,
      };
      this.#bar = new SingleBar(options, { ...Presets.rect, barIncompleteChar: "·" });
      this.#bar.start(total, done, { share, text });
    } else {
      this.#bar.setTotal(total);
      this.#bar.update(done, { share, text });
    }
  }

  #clearBar(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  /** Takes the bar away at the end of what it showed. */
  endProgress(): void {
    this.#clearBar();
  }

  error(error: unknown): void {
    this.#clearBar();
    const usage = error instanceof UsageError ? error : undefined;
    if (usage) this.event({ event: "error", where: usage.where, what: usage.what, fix: usage.fix });
    else this.event({ event: "error", where: "argmin", what: String(error), fix: "please report it" });
    const text = usage
      ? `${usage.where}: ${usage.what}\n  ${style("dim", "→")} ${usage.fix}`
      : String((error as Error)?.stack ?? error);
    process.stderr.write(`${style("red", "error")} ${text}\n`);
  }
}

/** Colour where the terminal shows it; NO_COLOR and pipes get plain text. */
export function style(format: Parameters<typeof styleText>[0], text: string): string {
  const plain = process.env.NO_COLOR !== undefined || !process.stdout.isTTY;
  return plain ? text : styleText(format, text);
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Lines of at most `width` columns, broken at spaces; a word that is longer has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** 42 s, 3 min 05 s, 2 h 10 min. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}

/** 535,818. */
export const grouped = (n: number): string => n.toLocaleString("en-US");

/** How this command was called: what is suggested must work when it is typed. */
export const callName = (): string => (process.env.npm_command === "exec" ? "npx argmin" : "argmin");

/** A word as a shell takes it for one. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The whole call, as it was typed. */
export const callOf = (argv: readonly string[]): string => [callName(), ...argv.map(quoted)].join(" ");
