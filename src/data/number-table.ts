/**
 * A table of numbers as CSV or TSV: one row a line, columns of numbers and one with the class.
 *
 *     sepal length,sepal width,species
 *     5.1,3.5,setosa
 *
 * The class is the column called label, class, target, species, y or the like, else the only column of words, else the last one.
 * Columns called split and group mean what they mean in a list of pictures; those called id or index, and other columns of
 * words, are passed over. What a column is, its header and the first rows say.
 */
import { splitOf } from "./layout.ts";
import { GrowingFloats, isMissing, type Lines, type LostRow, type NumberFile, numberOf } from "./number-file.ts";
import type { SplitName } from "./types.ts";

/** Names of columns that lists of pictures and tables of numbers share. */
export const columnNames = Object.freeze({
  split: ["split", "set", "subset", "partition"],
  group: ["group", "group_id"],
});
const labelNames = ["label", "labels", "class", "class_name", "category", "target", "species", "y"];
const idNames = ["", "id", "index", "row", "row_id", "unnamed: 0"];

/** Rows that decide what each column is. */
const SAMPLE = 100;

/** What a table cannot be used for, and how to mend it; the caller knows the file's name. */
export class TableError extends Error {
  readonly fix: string;

  constructor(what: string, fix: string) {
    super(what);
    this.fix = fix;
  }
}

/** Which column is what, by its place. */
export interface Columns {
  readonly header: readonly string[] | undefined;
  readonly width: number;
  readonly features: readonly number[];
  readonly names: readonly string[];
  readonly label?: number;
  readonly split?: number;
  readonly group?: number;
  /** Class names by the number that the label column has, in files that begin `rows,features,class,class,…`. */
  readonly classes?: readonly string[];
  readonly notes: readonly string[];
}

/** Tabs; semicolons, where a spreadsheet wrote numbers with commas; commas; or any blanks. */
export function separatorOf(line: string): string | RegExp {
  const bare = line.replaceAll(/"[^"]*"/g, "");
  return ["\t", ";", ","].find((mark) => bare.includes(mark)) ?? /\s+/;
}

/** The fields of a line, trimmed; quoted ones (RFC 4180) within the line. */
export function fieldsOf(line: string, separator: string | RegExp): string[] {
  if (typeof separator !== "string") return line.trim().split(separator);
  const clean = (field: string) => (separator === "," ? field : field.replace(/^([+-]?\d+),(\d+)/, "$1.$2"));
  if (!line.includes('"')) return line.split(separator).map((field) => clean(field.trim()));
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const mark = line[i]!;
    if (mark === '"' && quoted && line[i + 1] === '"') field += line[++i];
    else if (mark === '"') quoted = !quoted;
    else if (mark === separator && !quoted) {
      fields.push(field);
      field = "";
    } else field += mark;
  }
  return [...fields, field].map((text) => clean(text.trim()));
}

const isNumber = (text: string) => !isMissing(text) && typeof numberOf(text) === "number";

/**
 * What each column is.
 * @param rows the first rows of the file, its header among them
 * @param wanted the features that a model knows, in its order: then a label need not be there
 * @throws TableError when no column holds numbers, or columns are missing or ambiguous
 */
export function columnsOf(rows: readonly (readonly string[])[], wanted?: readonly string[]): Columns {
  const [first = [], ...rest] = rows;
  const counted = countedHeader(first, rest[0]);
  const header = counted ? undefined : headerOf(first, rest);
  const body = header || counted ? rest : rows;
  const width = counted ? rest[0]!.length : first.length;
  const places = Array.from({ length: width }, (_, at) => at);
  const values = (at: number) => body.flatMap((row) => (isMissing(row[at] ?? "") ? [] : [row[at]!]));
  const numeric = places.map((at) => values(at).some(isNumber));
  const named = (names: readonly string[]) =>
    header === undefined ? [] : places.filter((at) => names.includes(header[at]!.toLowerCase()));
  const titleOf = (at: number) => (header === undefined ? `column ${at + 1}` : header[at]!);
  const one = (found: readonly number[], what: string): number | undefined => {
    if (found.length < 2) return found[0];
    throw new TableError(`columns ${found.map(titleOf).join(" and ")} both say the ${what}`, "leave one of them out");
  };
  // A set, subset or partition may also be a number that was measured.
  const split = one(
    named(columnNames.split).filter((at) => values(at).every((text) => splitOf(text) !== undefined)),
    "split",
  );
  const group = one(named(columnNames.group), "group");
  const notes: string[] = [];
  const free = places.filter((at) => at !== split && at !== group && !named(idNames).includes(at));
  let label: number | undefined = one(named(labelNames), "label");
  const words = free.filter((at) => !numeric[at] && values(at).length > 0);
  const known = wanted && matched(wanted, header, free, label ?? words[0], numeric);
  if (known === undefined && label === undefined) {
    label = words.length === 1 ? words[0] : free.at(-1);
    if (label !== undefined) notes.push(`The class is taken from ${header ? "the column " : ""}${titleOf(label)}`);
  }
  const features = known ?? free.filter((at) => at !== label && numeric[at]);
  if (features.length === 0) throw new TableError("no column holds numbers", "give a table of numbers and a class");
  const passed = places.filter((at) => ![label, split, group, ...features].includes(at) && values(at).length > 0);
  if (passed.length > 0 && known === undefined) {
    notes.push(`Columns that were passed over: ${passed.slice(0, 8).map(titleOf).join(", ")}`);
  }
  const names = wanted ?? features.map((at, k) => (header === undefined ? `x${k + 1}` : header[at]!));
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined) throw new TableError(`two columns are called ${twice}`, "give each a name of its own");
  return {
    ...{ header, width, features, names, notes },
    ...(label === undefined || features.includes(label) ? {} : { label }),
    ...(split === undefined ? {} : { split }),
    ...(group === undefined ? {} : { group }),
    ...(counted ? { classes: counted } : {}),
  };
}

/** The columns of the features that a model knows: by their names, else by their places where either side has no names. */
function matched(
  wanted: readonly string[],
  header: readonly string[] | undefined,
  free: readonly number[],
  label: number | undefined,
  numeric: readonly boolean[],
): readonly number[] {
  if (header !== undefined && wanted.every((name) => header.includes(name))) {
    return wanted.map((name) => header.indexOf(name));
  }
  const isPlace = wanted.every((name) => /^x\d+$/.test(name));
  if (header !== undefined && !isPlace) {
    const lacking = wanted.filter((name) => !header.includes(name));
    const named = `${lacking.slice(0, 4).join(", ")}${lacking.length > 4 ? ", …" : ""}`;
    throw new TableError(`it has no column ${named}, which the model knows`, "give the columns of the training data");
  }
  const others = free.filter((at) => at !== label && numeric[at]);
  if (others.length === wanted.length) return others;
  if (label === undefined && others.length === wanted.length + 1) return others.slice(0, -1);
  throw new TableError(
    `it has ${others.length} columns of numbers, the model knows ${wanted.length} features`,
    "give the columns of the training data",
  );
}

/** The first row, if its cells are names: none is a number, or one has a name that is known. */
function headerOf(first: readonly string[], rest: readonly (readonly string[])[]): readonly string[] | undefined {
  const known = [...labelNames, ...columnNames.split, ...columnNames.group];
  if (first.some((cell) => known.includes(cell.toLowerCase()))) return first;
  return rest.length > 0 && !first.some(isNumber) && rest.some((row) => row.some(isNumber)) ? first : undefined;
}

/** scikit-learn's own files begin with the counts of rows and features and the names of the classes, which are then numbers. */
function countedHeader(first: readonly string[], second: readonly string[] | undefined) {
  const [rows = "", features = "", ...classes] = first;
  if (!/^\d+$/.test(rows) || !/^\d+$/.test(features) || classes.length < 2 || classes.some(isNumber)) return undefined;
  const last = second?.at(-1) ?? "";
  return second?.length === Number(features) + 1 && /^\d+$/.test(last) ? classes : undefined;
}

/**
 * Every row that can be used; the others with their reasons.
 * @param wanted as for `columnsOf`
 * @throws TableError as `columnsOf` does
 */
export async function readTable(lines: Lines, wanted?: readonly string[]): Promise<NumberFile & { columns: Columns }> {
  const kept = new GrowingFloats();
  const numbers: number[] = [];
  const names: string[] = [];
  const splits: (SplitName | undefined)[] = [];
  const groups: string[] = [];
  const lost: LostRow[] = [];
  let separator: string | RegExp | undefined;
  let columns: Columns | undefined;
  let waiting: { readonly cells: readonly string[]; readonly line: number }[] = [];
  const take = (cells: readonly string[], line: number, its: Columns) => {
    const name = its.label === undefined ? "" : nameOf(cells[its.label] ?? "", its.classes);
    const reason = reasonAgainst(cells, its, wanted !== undefined);
    if (reason !== undefined) {
      lost.push({ line, reason, ...(name === "" ? {} : { name }) });
      return;
    }
    kept.push(its.features.map((at) => Number(cells[at])));
    numbers.push(line);
    names.push(name);
    if (its.split !== undefined) splits.push(splitOf(cells[its.split]!));
    if (its.group !== undefined) groups.push(cells[its.group]!);
  };
  const decide = () => {
    columns = columnsOf(
      waiting.map(({ cells }) => cells),
      wanted,
    );
    const skipped = columns.header || columns.classes ? 1 : 0;
    for (const { cells, line } of waiting.slice(skipped)) take(cells, line, columns);
    waiting = [];
    return columns;
  };
  for await (const { text, number: line } of lines) {
    if (text.trim() === "") continue;
    separator ??= separatorOf(text);
    const cells = fieldsOf(text, separator);
    if (columns !== undefined) take(cells, line, columns);
    else if (waiting.push({ cells, line }) > SAMPLE) decide();
  }
  if (columns === undefined && waiting.length === 0) throw new TableError("it is empty", "give a table of numbers");
  const its: Columns = columns ?? decide();
  return {
    ...{ columns: its, features: its.names, values: kept.values, lines: numbers, names, lost, sparse: false },
    ...(its.split === undefined ? {} : { splits }),
    ...(its.group === undefined ? {} : { groups }),
    notes: its.notes,
  };
}

const nameOf = (text: string, classes: readonly string[] | undefined) =>
  isMissing(text) ? "" : (classes?.[Number(text)] ?? text);

/** Why a row cannot be used. */
function reasonAgainst(cells: readonly string[], columns: Columns, unlabelled: boolean): string | undefined {
  const { width, features, names, label, split } = columns;
  if (cells.length !== width) return `it has ${cells.length} fields, the first line has ${width}`;
  if (!unlabelled && label !== undefined && isMissing(cells[label]!)) return "it has no label";
  for (const [k, at] of features.entries()) {
    const value = numberOf(cells[at]!);
    if (typeof value === "string") return `${names[k]} ${value}`;
  }
  if (split === undefined || cells[split] === "" || splitOf(cells[split]!) !== undefined) return undefined;
  return `there is no split "${cells[split]}"`;
}
