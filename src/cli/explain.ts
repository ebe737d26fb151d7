import { basename, dirname, extname, join, resolve } from "node:path";
import { choose } from "../core/index.ts";
import { type Contribution, type Explanation, explain } from "../experiment/node/explain/index.ts";
import { methods } from "../explain/index.ts";
import { fitted, printable, widthOf } from "./fitted.ts";
import { type Output, percent, style } from "./output.ts";
import { devices, parseNumber } from "./train-options.ts";

export interface ExplainFlags {
  readonly class?: string;
  readonly method?: string;
  readonly out?: string;
  readonly graph?: true;
  readonly row?: string;
  readonly device: string;
}

export async function explainCommand(
  output: Output,
  run: string,
  picture: string,
  flags: ExplainFlags,
): Promise<number> {
  const found = await explain(run, picture, {
    ...(flags.class === undefined ? {} : { class: flags.class }),
    ...(flags.method === undefined ? {} : { method: choose("--method", methods, flags.method).name }),
    ...(flags.row === undefined ? {} : { row: parseNumber("--row", flags.row, "1") }),
    device: choose("--device", devices, flags.device),
    graph: flags.graph === true,
    out: flags.out ?? join(run, "explain", nameFor(picture, flags.row)),
  });
  for (const note of found.notes) output.warn(note);
  tell(output, found);
  const { heat, graph: _graph, notes: _notes, ...facts } = found;
  output.event({ event: "done", ...facts, ...(heat && { outside: heat.outside }) });
  return 0;
}

/** A name for the folder: of the picture and the folder that it lies in, since each class has a 1.jpg. */
function nameFor(picture: string, row: string | undefined): string {
  const path = resolve(picture);
  const own = basename(path, extname(path));
  const folder = basename(dirname(path));
  return `${folder === "" ? own : `${folder}-${own}`}${row === undefined ? "" : `-${row}`}`;
}

/** Classes and features that are shown; --json and the files have all. */
const ROWS = 5;
const FEATURES = 12;
const NAME = 32;

const signed = (value: number) => (value >= 0 ? "+" : "−") + Math.abs(value).toPrecision(3);

function tell(output: Output, found: Explanation): void {
  const { picture, scores, explained, method, heat, contributions, files } = found;
  const answer = style("bold", fitted(printable(found.predicted), NAME));
  const told = found.unknown ? `${style("yellow", "unknown")}, nearest ${answer}` : answer;
  output.say(`${fitted(printable(picture), 40)}: ${told}`);
  const shown = scores.filter(({ label }, i) => i < ROWS || label === explained);
  const names = shown.map(({ label }) => fitted(printable(label), NAME));
  const width = Math.max(5, ...names.map(widthOf));
  const padded = (text: string) => text + " ".repeat(width - widthOf(text));
  output.say(`  ${padded("class")}  probability     score`);
  shown.forEach(({ label, probability, score }, i) => {
    const line = `  ${padded(names[i])}  ${percent(probability).padStart(11)}${score.toFixed(2).padStart(10)}`;
    output.say(label === explained ? style("bold", `${line}  explained`) : line);
  });
  output.say(`${method}: ${methods[method].summary}`);
  if (method === "grad-cam") output.say("  --method hires-cam points more exactly where this network looks");
  if (heat !== undefined) tellOutside(output, heat, explained);
  if (contributions !== undefined)
    tellContributions(output, contributions, scores.find(({ label }) => label === explained)!.score);
  for (const file of files) output.say(`  ${fitted(printable(file), 78)}`);
}

/** From this share on it is said that the network looks beside the picture. */
const BESIDE = 0.2;

function tellOutside(output: Output, { map, outside }: NonNullable<Explanation["heat"]>, explained: string): void {
  if (map.values.every((value) => value === 0)) {
    output.say(`  the map is 0: in this way nothing speaks for ${fitted(printable(explained), NAME)}`);
  } else if (outside >= BESIDE) {
    output.say(`  ${percent(outside)} of the map lies in the grey bars beside the picture, not in it`);
  }
}

function tellContributions(output: Output, contributions: readonly Contribution[], score: number): void {
  const shown = contributions.slice(0, FEATURES);
  const names = shown.map(({ feature }) => fitted(printable(feature), NAME));
  const width = Math.max(7, ...names.map(widthOf));
  const padded = (text: string) => text + " ".repeat(width - widthOf(text));
  output.say(`  ${padded("feature")}       value  deviations      adds`);
  shown.forEach(({ value, standardized, contribution }, i) => {
    const cells = [String(Number(value.toPrecision(5))).padStart(10), signed(standardized).padStart(12)];
    output.say(`  ${padded(names[i])}  ${cells.join("")}${signed(contribution).padStart(10)}`);
  });
  const all = contributions.reduce((sum, { contribution }) => sum + contribution, 0);
  if (contributions.length > FEATURES)
    output.say(`  and ${contributions.length - FEATURES} more, in contributions.csv`);
  output.say(`  all features ${signed(all)}, the rest (biases) ${signed(score - all)}: score ${score.toFixed(2)}`);
}
