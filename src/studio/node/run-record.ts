/** What a run folder tells of how it went, as far as it can be read: a run may be under way, or damaged. */
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { readClasses } from "../../experiment/node/inspect/index.ts";
import type { RunOverview } from "../inspection.ts";

/** Of the events only the first and the last are looked at: there may be millions. */
const HEAD_BYTES = 2 ** 18;
const TAIL_BYTES = 2 ** 14;

type Facts = Readonly<Record<string, unknown>>;

const textOf = (folder: string, name: string) => readFile(join(folder, name), "utf8").catch(() => undefined);

function objectOf(text: string | undefined, read: (text: string) => unknown): Facts | null {
  try {
    const value = text === undefined ? null : read(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Facts) : null;
  } catch {
    return null;
  }
}

/** `metrics.csv` by columns; a line that is not whole yet, or has another number of cells, is passed over. */
export function columnsOf(text: string): Record<string, (number | null)[]> {
  const [header = "", ...lines] = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  const names = header.split(",");
  const columns: Record<string, (number | null)[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (const line of lines) {
    const cells = line.split(",");
    if (line === "" || cells.length !== names.length) continue;
    const values = cells.map((cell) => (cell === "" ? null : Number(cell)));
    if (values.some((value) => Number.isNaN(value))) continue;
    names.forEach((name, i) => {
      columns[name]!.push(values[i]!);
    });
  }
  return columns;
}

/** The first event of each kind, and the last of all. */
async function eventsOf(folder: string): Promise<{ first: Record<string, Facts>; last: Facts | null }> {
  const first: Record<string, Facts> = {};
  const file = await open(join(folder, "events.ndjson")).catch(() => undefined);
  if (file === undefined) return { first, last: null };
  try {
    const { size } = await file.stat();
    const part = async (from: number, length: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
      return buffer.toString("utf8", 0, bytesRead);
    };
    const head = await part(0, Math.min(size, HEAD_BYTES));
    const tail = size > HEAD_BYTES ? await part(size - TAIL_BYTES, TAIL_BYTES) : head;
    let last: Facts | null = null;
    for (const line of head.split("\n")) {
      const event = objectOf(line, JSON.parse);
      const kind = event?.event ?? event?.type;
      if (event !== null && typeof kind === "string" && !Object.hasOwn(first, kind)) first[kind] = event;
    }
    for (const line of tail.split("\n")) last = objectOf(line, JSON.parse) ?? last;
    return { first, last };
  } finally {
    await file.close();
  }
}

/** @param folder of the run; @param name as the page knows it */
export async function overviewOf(folder: string, name: string): Promise<RunOverview> {
  const [config, csv, json, commands, classes, events, report, own, metricsFile] = await Promise.all([
    textOf(folder, "config.yaml"),
    textOf(folder, "metrics.csv"),
    textOf(folder, "metrics.json"),
    textOf(folder, "commands.txt"),
    readClasses(folder),
    eventsOf(folder),
    stat(join(folder, "report.html")).catch(() => undefined),
    stat(folder),
    stat(join(folder, "metrics.csv")).catch(() => undefined),
  ]);
  const { data, start, initial, solved } = events.first;
  return {
    name,
    classes: classes ?? null,
    finished: (events.last?.event ?? events.last?.type) === "done",
    changed: Math.max(own.mtimeMs, metricsFile?.mtimeMs ?? 0),
    config: objectOf(config, parse),
    epochs: columnsOf(csv ?? ""),
    metrics: objectOf(json, JSON.parse),
    told: Object.fromEntries(
      Object.entries({ data, start, initial, solved }).filter((one): one is [string, Facts] => one[1] !== undefined),
    ),
    commands: (commands ?? "").split("\n").filter((line) => line !== ""),
    hasReport: report !== undefined,
  };
}
