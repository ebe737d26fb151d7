import type { Choice } from "../../core/index.ts";
import { splitNames } from "../../data/index.ts";
import { commandHtml, escapeHtml, type Section, splitFigure } from "../../report/index.ts";
import { isSolver } from "../../train/index.ts";
import type { Settings } from "../options.ts";
import type { RunPageData } from "./page-data.ts";
import { facts, grouped, numbersTable, paragraph } from "./words.ts";

const SHOWN_SKIPPED = 50;

/** What it was trained on. */
export function dataSection({ run, dataset }: RunPageData): Section {
  const { source, pictures, split, skipped, notes } = dataset;
  const { classes, settings } = run;
  const rows = pictures.kind === "numbers";
  const counts = classes.map((name) => ({ name, train: 0, validation: 0, test: 0 }));
  for (const name of splitNames) for (const index of split[name]) counts[pictures.labels[index]][name]++;
  const size = rows
    ? `${grouped(pictures.width)} numbers a row`
    : `${pictures.width}×${pictures.height} pixels, ${pictures.channels === 1 ? "grey" : "colour"}${source.uniform ? "" : `, fitted by ${settings.fit}`}`;
  const told: [string, string][] = [
    ["data", source.name],
    [rows ? "rows" : "pictures", size],
    ["classes", grouped(classes.length)],
    ...splitNames.map((name): [string, string] => [name, grouped(split[name].length)]),
    ...(skipped.length > 0 ? [["skipped", grouped(skipped.length)] as [string, string]] : []),
  ];
  const key = splitNames
    .map((name, i) => `<span class="key" style="--key: var(--${["accent", "second", "faint"][i]})">${name}</span>`)
    .join("");
  const files = skipped
    .slice(0, SHOWN_SKIPPED)
    .map(({ path, reason }) => `<li>${escapeHtml(`${path}: ${reason}`)}</li>`);
  const more = skipped.length > SHOWN_SKIPPED ? paragraph("events.ndjson lists all.", "quiet") : "";
  const table = numbersTable(
    ["class", ...splitNames],
    counts.map(({ name, ...of }) => [name, ...splitNames.map((part) => grouped(of[part]))]),
  );
  return {
    heading: "Data",
    id: "data",
    body: [
      facts(told),
      ...notes.map((note) => paragraph(`${note}.`)),
      `<p>${key}</p>${splitFigure(counts, rows ? "rows" : "pictures")}`,
      `<details><summary>All ${grouped(classes.length)} classes as a table</summary>${table}</details>`,
      files.length > 0
        ? `<details><summary>Files that could not be read</summary><ul>${files.join("\n")}</ul>${more}</details>`
        : "",
    ].join("\n"),
  };
}

/** `adam (learningRate 0.001, beta1 0.9)`. */
function told({ name, options }: Choice): string {
  const said = Object.entries(options).map(([key, value]) => `${key} ${shown(value)}`);
  return said.length === 0 ? name : `${name} (${said.join(", ")})`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join("-");
  if (typeof value !== "object" || value === null) return String(value);
  return "name" in value ? told(value as Choice) : JSON.stringify(value);
}

/** The command, what it chose, and on what it ran: enough to have the same weights again. */
export function makingSection({ run, commands, versions }: RunPageData): Section {
  const { settings, folder, weightsHash } = run;
  const what = commands.length === 1 ? "The command:" : "The commands, one after the other:";
  const typed = commands.length === 0 ? "" : `<p>${what}</p>${commands.map(commandHtml).join("\n")}`;
  const config = `<p>Every setting is in config.yaml, which trains the same run again:</p>${commandHtml(`argmin train --config ${folder ?? "."}/config.yaml --name again`)}`;
  return {
    heading: "How it was made",
    id: "making",
    body: [
      typed,
      config,
      facts([...settingRows(settings), ["weights", weightsHash], ...versions]),
      paragraph("The same seed gives the same weights, to the last bit, on the same kind of machine.", "quiet"),
    ].join("\n"),
  };
}

function settingRows(settings: Settings): [string, string][] {
  const { model, loss, regularizers, optimizer, schedule, epochs, steps, time, batchSize, augment, seed } = settings;
  const steady: [string, string][] = isSolver(optimizer.name)
    ? []
    : [
        ["schedule", told(schedule)],
        ["length", steps !== null ? `${grouped(steps)} steps` : time !== null ? `${time} s` : `${epochs} epochs`],
        ["batch", settings.accumulate === 1 ? `${batchSize}` : `${settings.accumulate} × ${batchSize}`],
      ];
  const optional: [string, string | null][] = [
    ["penalties", regularizers.length > 0 ? regularizers.map(told).join(", ") : null],
    ["augmentation", augment.length > 0 ? augment.map(told).join(", ") : null],
    ["warm-up", settings.warmUp > 0 ? `${settings.warmUp} epochs` : null],
    ["averaged weights", settings.averageWeights === null ? null : String(settings.averageWeights)],
    ["balance", settings.balance === "none" ? null : settings.balance],
    ["class weights", settings.classWeights === null ? null : settings.classWeights.join(", ")],
    ["clipped norm", settings.clipNorm === null ? null : String(settings.clipNorm)],
    ["clipped values", settings.clipValue === null ? null : String(settings.clipValue)],
    ["patience", settings.patience === null ? null : `${settings.patience} epochs`],
  ];
  return [
    ["model", told(model)],
    ["loss", told(loss)],
    ["optimizer", told(optimizer)],
    ...steady,
    ...optional.filter((row): row is [string, string] => row[1] !== null),
    ["seed", String(seed)],
  ];
}
