/**
 * Data that are numbers: a CSV or TSV table, or LIBSVM text, told apart by what is in it and not by its name; or a folder with
 * one such file for each split (`train.csv`, `test.csv`). A row is named by its file and line: `iris.csv#17`.
 */
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { UsageError } from "../../core/index.ts";
import { classesOf, splitOf } from "../layout.ts";
import { looksLikeLibsvm, readLibsvm } from "../libsvm.ts";
import type { LostRow, NumberFile } from "../number-file.ts";
import { columnsOf, fieldsOf, readTable, separatorOf, TableError } from "../number-table.ts";
import { sharedFloats } from "../shared-memory.ts";
import type { NumberRows, Skipped, Source, SplitName } from "../types.ts";
import { promisedFormat } from "./file-format.ts";
import { linesOf } from "./text-lines.ts";

/** Lines by which a file is judged. */
const SNIFFED = 20;
const pictureNames = [
  "path",
  "file",
  "filename",
  "file_name",
  "filepath",
  "file_path",
  "image",
  "image_path",
  "picture",
];

/** What a file of numbers is, by its first lines; undefined for all else, a list of pictures among them. */
export async function numbersFormat(path: string): Promise<"table" | "libsvm" | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const lines: string[] = [];
  try {
    for await (const { text } of linesOf(path)) {
      if (text.includes("\0") || text.length > 2 ** 24) return undefined;
      if (text.trim() !== "") lines.push(text);
      if (lines.length > SNIFFED) break;
    }
  } catch {
    return undefined;
  }
  if (lines.length === 0) return undefined;
  if (looksLikeLibsvm(lines.join("\n"))) return "libsvm";
  const separator = separatorOf(lines[0]!);
  const rows = lines.map((line) => fieldsOf(line, separator));
  const header = rows[0]!.map((cell) => cell.toLowerCase());
  const names = rows.slice(0, 2).flat();
  if (header.some((cell) => pictureNames.includes(cell)) || names.some((cell) => promisedFormat(cell) !== undefined)) {
    return undefined;
  }
  try {
    columnsOf(rows);
  } catch (error) {
    // Numbers, whatever is wrong with them: it is said when they are read.
    if (!(error instanceof TableError) || error.message === "no column holds numbers") return undefined;
  }
  return "table";
}

const splitFile = /^(.+?)\.(csv|tsv|txt|data|libsvm|svm|t)(\.gz)?$/i;

/** The split of a file by its name, `train.csv`; undefined for other names. */
const splitOfFile = (name: string): SplitName | undefined => splitOf(splitFile.exec(name)?.[1] ?? "");

/** The files of a folder that holds numbers in one file a split; empty where it is no such folder. */
export async function numberFilesIn(folder: string, names: readonly string[]): Promise<string[]> {
  const files = names.filter((name) => splitOfFile(name) !== undefined).sort();
  if (!files.some((name) => splitOfFile(name) === "train")) return [];
  const formats = await Promise.all(files.map((name) => numbersFormat(join(folder, name))));
  return formats.every((format) => format !== undefined) ? files : [];
}

/** Whether a path leads to numbers, by the first lines of what is there. */
export async function isNumbers(path: string): Promise<boolean> {
  const names = await readdir(path).catch(() => undefined);
  return names === undefined
    ? (await numbersFormat(path)) !== undefined
    : (await numberFilesIn(path, names)).length > 0;
}

/** @throws UsageError (exit code 1) for a file that cannot be used */
async function readFile(path: string, wanted?: readonly string[]): Promise<NumberFile> {
  try {
    return (await numbersFormat(path)) === "libsvm"
      ? await readLibsvm(linesOf(path))
      : await readTable(linesOf(path), wanted);
  } catch (error) {
    if (error instanceof TableError) throw new UsageError(path, error.message, error.fix, 1);
    throw error;
  }
}

/**
 * One file of numbers, or the files of a folder by their splits.
 * @param files names of files in the folder `name`; undefined where `name` is a file
 * @throws UsageError (exit code 1) when more than half of the rows, or all of one class, cannot be used, when there is one
 *   class only, or when files of one folder differ in their features
 */
export async function numbersSource(name: string, files?: readonly string[]): Promise<Source> {
  const paths = files === undefined ? [name] : files.map((file) => join(name, file));
  const parts = await Promise.all(paths.map(async (path) => ({ path, file: await readFile(path) })));
  for (const { path, file } of parts) refuseIfMostIsLost(path, file);
  const [head] = parts;
  const sparse = parts.every(({ file }) => file.sparse);
  const features = sparse
    ? parts.reduce((most, { file }) => (file.features.length > most.length ? file.features : most), head!.file.features)
    : head!.file.features;
  const values = sharedFloats(parts.reduce((total, { file }) => total + file.lines.length, 0) * features.length);
  let at = 0;
  for (const { path, file } of parts) {
    alignFeatures(file, features, path, values.subarray(at));
    at += file.lines.length * features.length;
  }
  const placed = parts.flatMap(({ path, file }) => {
    const own = files === undefined ? undefined : splitOfFile(basename(path));
    return file.names.map((label, i) => ({
      path: rowName(path, file.lines[i]!),
      name: label,
      split: file.splits?.[i] ?? own,
    }));
  });
  const classes = classesOf(name, placed);
  refuseNoClasses(name, classes, placed.length);
  const labelOf = new Map(classes.map((one, label) => [one, label]));
  const hasGroups = parts.every(({ file }) => file.groups !== undefined);
  return {
    kind: "numbers",
    name,
    classes,
    paths: placed.map(({ path }) => path),
    labels: Int32Array.from(placed, ({ name: own }) => labelOf.get(own)!),
    declared: placed.map(({ split }) => split),
    ...(hasGroups
      ? {
          groups: parts.flatMap(({ path, file }) => file.groups!.map((one, i) => one || rowName(path, file.lines[i]!))),
        }
      : {}),
    skipped: parts.flatMap(({ path, file }) => file.lost.map((row) => skippedRow(path, row))),
    notes: [...new Set(parts.flatMap(({ file }) => file.notes))],
    numbers: { values, features, sparse },
    read: () => Promise.reject(new UsageError(name, "it holds numbers, and no pictures", "give pictures")),
  };
}

const rowName = (path: string, line: number) => `${basename(path)}#${line}`;
const skippedRow = (path: string, { line, reason }: LostRow): Skipped => ({ path: rowName(path, line), reason });

/** Rows of numbers to be classified: a label need not be there, and is passed over. */
export async function unlabelledRows(
  path: string,
  features: readonly string[],
): Promise<{ readonly paths: string[]; readonly values: Float32Array; readonly skipped: readonly Skipped[] }> {
  const file = await readFile(path, features);
  const values = new Float32Array(file.lines.length * features.length);
  alignFeatures(file, features, path, values);
  return {
    paths: file.lines.map((line) => rowName(path, line)),
    values,
    skipped: file.lost.map((row) => skippedRow(path, row)),
  };
}

/**
 * Rows in the order of the features that are wanted: by their names; by their places, where one side has no names; and what a
 * sparse file does not name is 0.
 * @param into [rows, wanted]
 * @throws UsageError (exit code 1) where features are missing
 */
export function alignFeatures(
  rows: Pick<NumberRows, "features" | "values" | "sparse">,
  wanted: readonly string[],
  where: string,
  into: Float32Array,
): void {
  const { features, values, sparse } = rows;
  const width = features.length;
  const count = width === 0 ? 0 : values.length / width;
  const unnamed = [features, wanted].some((names) => names.every((one) => /^x\d+$/.test(one)));
  const byName = wanted.map((one) => features.indexOf(one));
  const lacking = wanted.filter((_, k) => byName[k]! < 0);
  const foreign = features.filter((one) => !wanted.includes(one));
  let places = byName;
  if (lacking.length > 0 && !(sparse && foreign.length === 0)) {
    if (!unnamed || width !== wanted.length) {
      const named = `${lacking.slice(0, 4).join(", ")}${lacking.length > 4 ? ", …" : ""}`;
      const what = `it has ${width} features instead of ${wanted.length}; it lacks ${named}`;
      throw new UsageError(where, what, "give the columns of the training data", 1);
    }
    places = wanted.map((_, k) => k);
  } else if (sparse && foreign.length > 0) {
    const what = `it has features up to ${foreign.at(-1)}, of which only ${wanted.length} are known`;
    throw new UsageError(where, what, "give the features of the training data", 1);
  }
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < wanted.length; k++) {
      const from = places[k]!;
      into[row * wanted.length + k] = from < 0 ? 0 : values[row * width + from]!;
    }
  }
}

function refuseIfMostIsLost(path: string, { lost, names }: NumberFile): void {
  if (names.length === 0 && lost.length === 0) throw new UsageError(path, "it has no row", "give rows of numbers", 1);
  const fix = "mend these lines, or take them out";
  const reasons = (rows: readonly LostRow[]) =>
    `${rows
      .slice(0, 3)
      .map(({ line, reason }) => `line ${line}: ${reason}`)
      .join("; ")}${rows.length > 3 ? "; …" : ""}`;
  const total = names.length + lost.length;
  if (2 * lost.length > total) {
    throw new UsageError(path, `${lost.length} of ${total} rows cannot be used (${reasons(lost)})`, fix, 1);
  }
  const kept = new Set(names);
  const gone = lost.find(({ name }) => name !== undefined && !kept.has(name))?.name;
  if (gone === undefined) return;
  const own = lost.filter(({ name }) => name === gone);
  const what = `none of the ${own.length} rows of class ${gone} can be used (${reasons(own)})`;
  throw new UsageError(path, what, fix, 1);
}

/** Rows up to which many classes are no proof of anything. */
const FEW_ROWS = 10;

function refuseNoClasses(name: string, classes: readonly string[], rows: number): void {
  if (classes.length < 2) {
    const what = `all ${rows} rows are of one class, ${classes[0]}`;
    const fix = "a classifier tells two classes apart; name the column of the class label in a first line";
    throw new UsageError(name, what, fix, 1);
  }
  if (rows <= FEW_ROWS || 2 * classes.length <= rows) return;
  const some = classes.slice(0, 3).join(", ");
  const what = `${rows} rows have ${classes.length} different labels (${some}, …), so they name no classes`;
  throw new UsageError(name, what, "name the column of the class label in a first line", 1);
}
