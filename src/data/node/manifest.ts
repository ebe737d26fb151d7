/**
 * A list of pictures as a table, CSV or TSV (RFC 4180): `path,label[,split][,group]`, one picture a line.
 *
 *     path,label,split,group
 *     photos/1.jpg,cat,train,monday
 *     "photos/a, b.jpg",dog,test,
 *
 * Columns are known by their names, in any order and case, under the usual other names too (`file`, `class`, `set`, …);
 * further columns are passed over. Without a header, the columns are those four in that order. Paths are relative to the
 * list. An empty split is ours to decide, and a picture with an empty group is a group of its own.
 */
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname, posix, resolve } from "node:path";
import { type CsvError, parse } from "csv-parse/sync";
import { UsageError } from "../../core/index.ts";
import { classesOf, oneClass, type Placed, splitOf } from "../layout.ts";
import type { Source } from "../types.ts";
import { decodePicture } from "./decode.ts";
import { promisedFormat } from "./file-format.ts";
import { allGrey } from "./grey.ts";

const columns = Object.freeze({
  path: ["path", "file", "filename", "file_name", "filepath", "file_path", "image", "image_path", "picture"],
  label: ["label", "class", "class_name", "category", "target"],
  split: ["split", "set", "subset", "partition"],
  group: ["group", "group_id"],
});
type Column = keyof typeof columns;
const columnNames = Object.keys(columns) as Column[];

/** A list of a million pictures has a tenth of this. */
const LIMIT_BYTES = 2 ** 28;

/** Whether a file is a list of pictures, by its name. */
export const isManifest = (name: string) => /\.(csv|tsv)$/i.test(name);

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

interface Entry extends Placed {
  readonly line: number;
  readonly group: string;
}

/** @throws UsageError (exit code 1), with the number of the line, for a list that cannot be used */
export async function manifestSource(path: string): Promise<Source> {
  const rows = rowsOf(path, await textOf(path));
  const { order, body, notes } = headerOf(path, rows);
  const folder = dirname(path);
  const entries = body.map((row) => entryOf(path, folder, order, row));
  const { kept, repeated } = withoutRepeats(path, entries);
  if (repeated > 0) notes.push(`Listed more than once, and taken once: ${repeated}`);
  const classes = classesOf(path, kept);
  if (classes.length < 2) throw oneClass(path, classes[0]!, kept.length, "add pictures of something else");
  const labelOf = new Map(classes.map((name, label) => [name, label]));
  const files = kept.map((entry) => resolve(folder, entry.path));
  return {
    kind: "manifest",
    name: path,
    classes,
    paths: kept.map((entry) => entry.path),
    labels: Int32Array.from(kept, (entry) => labelOf.get(entry.name)!),
    declared: kept.map((entry) => entry.split),
    ...(order.group === undefined ? {} : { groups: kept.map((entry) => entry.group || entry.path) }),
    skipped: [],
    notes,
    files,
    isGrey: () => allGrey(files),
    read: (index, admit) => decodePicture(files[index]!, kept[index]!.path, { admit }),
  };
}

/** UTF-8, or UTF-16 as spreadsheets write it under the name of Unicode text. */
async function textOf(path: string): Promise<string> {
  const refuse = (what: string, fix: string) => new UsageError(path, what, fix, 1);
  const found = await stat(path);
  if (!found.isFile()) throw refuse("it is a pipe or a device", "give a file");
  if (found.size > LIMIT_BYTES) throw refuse(`it has ${Math.round(found.size / 1e6)} MB`, "give a list of pictures");
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw refuse(`it cannot be read (${error.code})`, "grant access to it");
  });
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw refuse("it is not UTF-8", "save it as UTF-8 (in a spreadsheet: CSV UTF-8)");
  }
}

/** Tabs, or semicolons where a spreadsheet wrote the list in a country whose numbers have commas. */
function delimiterOf(text: string): string {
  const first = /^[^\r\n]*/.exec(text)![0].replaceAll(/"[^"]*"/g, "");
  return ["\t", ",", ";"].find((mark) => first.includes(mark)) ?? ",";
}

function rowsOf(path: string, text: string): Row[] {
  try {
    const parsed = parse(text, {
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    // The line on which a record ends, which is where it begins unless a quoted field goes over several.
    return parsed.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch (error) {
    const { code, lines } = error as CsvError & { readonly lines?: number };
    const quote = code === "CSV_QUOTE_NOT_CLOSED" || code?.includes("QUOTE");
    const what = quote ? "a quotation mark is never closed, or stands inside a field" : (error as Error).message;
    throw new UsageError(
      `${path}, line ${lines ?? 1}`,
      what,
      'write quotation marks inside a field twice: "a ""b"" c"',
      1,
    );
  }
}

type Order = { readonly [Name in Column]?: number } & {
  readonly path: number;
  readonly label: number;
  readonly width: number;
};

/** Which column is which, the rows below the header, and what was passed over. */
function headerOf(path: string, rows: readonly Row[]): { order: Order; body: readonly Row[]; notes: string[] } {
  const header = rows[0]?.cells;
  if (header === undefined)
    throw new UsageError(path, "it is empty", "write path,label and a line for each picture", 1);
  const meaning = (cell: string) => columnNames.find((name) => columns[name].includes(cell.toLowerCase()));
  const known = header.map(meaning);
  if (!known.includes("path") && promisedFormat(header[0]!) !== undefined) {
    if (header.length < 2) throw new UsageError(`${path}, line 1`, "it has no label", "write path,label", 1);
    const order = Object.fromEntries(columnNames.map((name, at) => [name, at]).slice(0, header.length));
    return { order: { ...(order as unknown as Order), width: header.length }, body: rows, notes: [] };
  }
  const order: { [Name in Column]?: number } = {};
  known.forEach((name, at) => {
    if (name === undefined) return;
    if (order[name] !== undefined) {
      const twice = `columns ${header[order[name]]} and ${header[at]} both say the ${name}`;
      throw new UsageError(`${path}, line 1`, twice, "leave one of them out", 1);
    }
    order[name] = at;
  });
  for (const name of ["path", "label"] as const) {
    if (order[name] !== undefined) continue;
    const found = header
      .slice(0, 6)
      .map((cell) => `"${cell}"`)
      .join(", ");
    const what = `no column is called ${name}; its first line is ${found}${header.length > 6 ? ", …" : ""}`;
    throw new UsageError(path, what, "begin with a line path,label or path,label,split,group", 1);
  }
  if (rows.length === 1) throw new UsageError(path, "it lists no picture", "write a line for each picture", 1);
  const others = header.filter((cell, at) => known[at] === undefined && cell !== "");
  const notes = others.length === 0 ? [] : [`Columns that were passed over: ${others.slice(0, 8).join(", ")}`];
  return { order: { ...(order as Order), width: header.length }, body: rows.slice(1), notes };
}

function entryOf(path: string, folder: string, order: Order, { cells, line }: Row): Entry {
  const refuse = (what: string, fix: string) => new UsageError(`${path}, line ${line}`, what, fix, 1);
  if (cells.length !== order.width) {
    throw refuse(
      `it has ${cells.length} fields, the first line has ${order.width}`,
      "quote a field that holds a comma",
    );
  }
  const cell = (name: Column) => (order[name] === undefined ? "" : cells[order[name]]!);
  const name = cell("label");
  if (cell("path") === "") throw refuse("its path is empty", "name a picture file");
  if (name === "") throw refuse(`${cell("path")} has no label`, "name its class, or take the line out");
  if (/^[a-z]+:\/\//i.test(cell("path")))
    throw refuse(`${cell("path")} is an address`, "download it and give the path");
  const split = splitOf(cell("split"));
  if (cell("split") !== "" && split === undefined) {
    throw refuse(`there is no split "${cell("split")}"`, "write train, validation or test, or nothing");
  }
  return { path: slashed(folder, cell("path")), name, split, group: cell("group"), line };
}

/** Normal form with "/". A list from Windows has "\", which elsewhere is a letter like any other in a name. */
function slashed(folder: string, path: string): string {
  const foreign = path.includes("\\") && !existsSync(resolve(folder, path));
  return posix.normalize(foreign ? path.replaceAll("\\", "/") : path);
}

/** A picture that is listed twice with one class counts once; with two classes nobody knows what it shows. */
function withoutRepeats(path: string, entries: readonly Entry[]): { kept: readonly Entry[]; repeated: number } {
  const first = new Map<string, Entry>();
  for (const entry of entries) {
    const earlier = first.get(entry.path);
    if (earlier === undefined) {
      first.set(entry.path, entry);
      continue;
    }
    const differs = earlier.name !== entry.name || earlier.split !== entry.split;
    if (!differs) continue;
    const [before, now] = earlier.name === entry.name ? [earlier.split, entry.split] : [earlier.name, entry.name];
    throw new UsageError(
      `${path}, line ${entry.line}`,
      `${entry.path} is ${now ?? "of no split"} here and ${before ?? "of no split"} in line ${earlier.line}`,
      "keep the right one of the two lines",
      1,
    );
  }
  return { kept: [...first.values()], repeated: entries.length - first.size };
}
