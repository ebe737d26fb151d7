import { basename, join, resolve } from "node:path";
import { describePictures, type Finding } from "../check/index.ts";
import { type Check, type CheckProgress, check, refuseTaken, writeCheck } from "../check/node/index.ts";
import { choose, UsageError } from "../core/index.ts";
import { splitNames } from "../data/index.ts";
import { fitted, printable, widthOf } from "./fitted.ts";
import { onInterrupt } from "./interrupt.ts";
import { callName, grouped, type Output, quoted, style } from "./output.ts";
import { devices, parseNumber } from "./train-options.ts";

export interface CheckFlags {
  readonly out?: string;
  readonly runs: string;
  readonly strict?: boolean;
  readonly labels: boolean;
  readonly seed?: string;
  readonly depth?: string;
  readonly split?: string;
  readonly groupBy?: string;
  readonly device: string;
}

const WIDTH = 80;
/** Classes that the terminal lists, and examples of each finding. */
const MOST_CLASSES = 16;
const EXAMPLES = 3;
const SUSPECTS = 8;
/** Milliseconds between two progress lines for programs. */
const PROGRESS_MS = 1000;

/** The exit code: 1 when the data cannot be trained on, or, with --strict, something is wrong with them. */
export async function checkCommand(output: Output, data: string, flags: CheckFlags): Promise<number> {
  const seed = wholeNumber("--seed", flags.seed ?? "1");
  const depth = flags.depth === undefined ? {} : { depth: wholeNumber("--depth", flags.depth) };
  const device = choose("--device", devices, flags.device);
  const folder = flags.out ?? join(flags.runs, `${nameOf(data)}-check`);
  await refuseTaken(folder, data);
  const { signal, release } = onInterrupt(output, "Stopping.");
  try {
    const result = await check({
      ...{ data, seed, labels: flags.labels, device, signal, ...depth },
      ...(flags.split === undefined ? {} : { split: flags.split }),
      ...(flags.groupBy === undefined ? {} : { groupBy: flags.groupBy }),
      onProgress: progressOf(output),
    });
    output.endProgress();
    signal.throwIfAborted();
    const grouping = flags.groupBy === undefined ? "" : ` --group-by ${quoted(flags.groupBy)}`;
    const command = (manifest: string) => `${callName()} train ${quoted(manifest)}${grouping}`;
    const written = await writeCheck(result, { folder, command });
    for (const line of summary(result)) output.say(line);
    output.say();
    for (const line of foundLines(result)) output.say(line);
    output.say();
    output.say(`the page      ${style("bold", written.page)}`);
    output.say(`all findings  ${written.findings}`);
    if (written.clean !== null) {
      const { left } = result.cleaning;
      const what = left.size === 0 ? "lists every picture" : `leaves out ${grouped(left.size)}; no file was changed`;
      output.say(`a manifest    ${written.clean}`);
      output.say(`              ${what}; to train with it:`);
      output.say(style("bold", command(written.clean)));
    }
    tellPrograms(output, result, { ...written, command: written.clean === null ? null : command(written.clean) });
    if (result.blocker !== undefined) {
      output.error(
        new UsageError(printable(data), `it cannot be trained on: ${result.blocker}`, "see what was found", 1),
      );
      return 1;
    }
    return flags.strict && result.findings.some(({ level }) => level === "problem") ? 1 : 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    output.error(new UsageError("argmin check", "it was interrupted", "run it again; nothing was changed"));
    return 130;
  } finally {
    release();
  }
}

function wholeNumber(flag: string, text: string): number {
  const value = parseNumber(flag, text, "1");
  if (!Number.isInteger(value))
    throw new UsageError(flag, `"${text}" is not a whole number`, `write for example ${flag} 1`);
  return value;
}

/** photos/cats → cats; labels.csv → labels; builtin:shapes → shapes. */
function nameOf(data: string): string {
  const name = data.startsWith("builtin:") ? data.slice("builtin:".length) : basename(resolve(data));
  return name.replace(/\.(csv|tsv|txt)$/i, "") || "data";
}

/** A bar for people; for programs a line when a phase begins, and once a second. */
function progressOf(output: Output): (progress: CheckProgress) => void {
  let told: { readonly phase: string; readonly at: number } | undefined;
  return ({ phase, done, total }) => {
    output.progress(done, total, phase === "reading" ? `${grouped(done)} of ${grouped(total)} pictures` : phase);
    const now = performance.now();
    if (told?.phase === phase && now - told.at < PROGRESS_MS) return;
    told = { phase, at: now };
    output.event({ event: "progress", phase, done, total });
  };
}

/** What there is: pictures, sizes, classes by split. */
function summary({ source, survey, counts, declared, cut }: Check): string[] {
  const { classes } = source;
  const head = `${grouped(survey.count)} pictures in ${grouped(classes.length)} classes`;
  const lines = [`${style("bold", fitted(printable(source.name), WIDTH - head.length - 2))}: ${head}`];
  for (const line of describePictures(survey)) lines.push(`  ${fitted(line, WIDTH - 2)}`);
  const total = (label: number) => splitNames.reduce((sum, split) => sum + counts[label][split], 0);
  const order = [...classes.keys()];
  const bySize = [...order].sort((a, b) => total(a) - total(b));
  const ends = new Set([...bySize.slice(0, MOST_CLASSES / 2), ...bySize.slice(-MOST_CLASSES / 2)]);
  const listed = classes.length <= MOST_CLASSES ? order : order.filter((label) => ends.has(label));
  const width = Math.min(40, Math.max(5, ...listed.map((label) => widthOf(printable(classes[label])))));
  const cells = (values: readonly string[]) => values.map((value) => value.padStart(12)).join("");
  lines.push("", `  ${" ".repeat(width)}${cells([...splitNames])}`);
  for (const label of listed) {
    const name = fitted(printable(classes[label]), width);
    lines.push(
      `  ${name}${" ".repeat(width - widthOf(name))}${cells(splitNames.map((split) => grouped(counts[label][split])))}`,
    );
  }
  if (listed.length < classes.length)
    lines.push(`  the ${MOST_CLASSES / 2} smallest and the ${MOST_CLASSES / 2} largest of ${classes.length} classes`);
  if (!declared)
    lines.push(
      `  ${fitted(`The data declare no splits; these are what train would cut (${printable(cut)}).`, WIDTH - 2)}`,
    );
  return lines;
}

function foundLines(result: Check): string[] {
  const { findings, labels, source, survey } = result;
  const lines = result.notes.flatMap((note) => wrapped(`${printable(note)}.`, " ").map((line) => style("dim", line)));
  if (findings.length === 0) return [...lines, style("green", "Nothing wrong was found.")];
  for (const finding of findings) {
    const text = printable(finding.text);
    lines.push(
      ...wrapped(text, finding.level === "problem" ? "!" : "?").map((line) =>
        finding.level === "problem" ? style("red", line) : style("yellow", line),
      ),
    );
    lines.push(...examplesOf(finding, result));
  }
  if (labels !== undefined && labels.suspects.length > 0) {
    lines.push(
      `    A linear model that had not seen them says so; it gives ${(100 * labels.agreement).toFixed(0)} % of`,
    );
    lines.push(`    the ${grouped(survey.count)} labels as well. The worst:`);
    for (const { index, given, likely, probability } of labels.suspects.slice(0, SUSPECTS)) {
      const words = `filed under ${source.classes[given]}, looks like ${source.classes[likely]} (${probability.toFixed(2)})`;
      lines.push(
        `    ${fitted(printable(source.paths[index]), WIDTH - 4)}`,
        `      ${fitted(printable(words), WIDTH - 6)}`,
      );
    }
  }
  return lines;
}

function examplesOf({ kind, groups = [] }: Finding, { source, splits, unreadable }: Check): string[] {
  const indented = (text: string) => `    ${fitted(printable(text), WIDTH - 4)}`;
  if (kind === "unreadable") {
    const files = unreadable
      .slice(0, EXAMPLES)
      .flatMap(({ path, reason }) => [indented(path), `  ${indented(reason)}`.slice(0, WIDTH)]);
    return unreadable.length > EXAMPLES ? [...files, indented(`${unreadable.length - EXAMPLES} more`)] : files;
  }
  const lines = groups.slice(0, EXAMPLES).flatMap(({ members }) =>
    members.slice(0, 3).map((index, at) => {
      const about = `${source.classes[source.labels[index]]}, ${splits[index]}`;
      return indented(`${at === 0 ? "" : "= "}${source.paths[index]} (${about})`);
    }),
  );
  return groups.length > EXAMPLES ? [...lines, indented(`${groups.length - EXAMPLES} more`)] : lines;
}

/** Lines of at most 80 columns, the first behind a mark. */
function wrapped(text: string, mark: string): string[] {
  const lines: string[] = [];
  let line = `${mark} `;
  for (const word of text.split(" ")) {
    if (line.trim() !== mark && line.trim() !== "" && widthOf(line) + widthOf(word) > WIDTH) {
      lines.push(line.trimEnd());
      line = "  ";
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

function tellPrograms(output: Output, result: Check, written: object): void {
  const { source, survey, counts, findings, labels, unreadable, splits, cleaning, blocker } = result;
  const { classes, paths } = source;
  const { sizes, ...rest } = survey;
  const spread = sizes && { width: sizes.width, height: sizes.height };
  const byClass = classes.map((name, label) => ({ name, ...counts[label] }));
  output.event({
    event: "data",
    name: source.name,
    ...rest,
    sizes: spread ?? null,
    classes: byClass,
    notes: result.notes,
  });
  for (const { kind, level, count, text, groups } of findings) {
    const told = groups?.map(({ members }) =>
      members.map((i) => ({ path: paths[i], label: classes[source.labels[i]], split: splits[i] ?? null })),
    );
    output.event({ event: "finding", kind, level, count, text, ...(told ? { groups: told } : {}) });
  }
  for (const { path, reason } of unreadable) output.event({ event: "unreadable", path, reason });
  for (const { index, given, likely, probability, margin } of labels?.suspects ?? []) {
    output.event({
      event: "suspect",
      path: paths[index],
      label: classes[given],
      likely: classes[likely],
      probability,
      margin,
    });
  }
  const problems = findings.filter(({ level }) => level === "problem").length;
  output.event({
    ...{
      event: "done",
      trainable: blocker === undefined,
      blocker: blocker ?? null,
      problems,
      findings: findings.length,
    },
    ...{ agreement: labels?.agreement ?? null, kept: cleaning.kept.length, left: cleaning.left.size },
    ...written,
  });
}
