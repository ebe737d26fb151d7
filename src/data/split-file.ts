/**
 * `split.json`: a split written by path, so that a person can read it and a resumed run finds the same pictures even
 * when files were added in the meantime and every index has moved.
 *
 *     { "seed": 7,
 *       "counts": { "train": { "all": 80, "cats": 40, "dogs": 40 }, "validation": …, "test": … },
 *       "train": ["cats/1.jpg", …], "validation": […], "test": […] }
 */
import { UsageError } from "../core/index.ts";
import { splitNames } from "./split.ts";
import type { Split, SplitName } from "./types.ts";

export interface SplitFile {
  readonly seed: number;
  readonly counts: Readonly<Record<SplitName, Readonly<Record<string, number>>>>;
  readonly train: readonly string[];
  readonly validation: readonly string[];
  readonly test: readonly string[];
}

export function splitToJson(
  split: Split,
  pictures: { readonly paths: readonly string[]; readonly labels: Int32Array },
  classes: readonly string[],
  seed: number,
): string {
  const countsOf = (indices: Int32Array) => {
    const counts = new Array<number>(classes.length).fill(0);
    for (const i of indices) counts[pictures.labels[i]!]!++;
    return Object.fromEntries([["all", indices.length], ...classes.map((name, label) => [name, counts[label]!])]);
  };
  const pathsOf = (indices: Int32Array) => Array.from(indices, (i) => pictures.paths[i]!);
  const each = <T>(of: (indices: Int32Array) => T) =>
    Object.fromEntries(splitNames.map((name) => [name, of(split[name])])) as Record<SplitName, T>;
  const file: SplitFile = { seed, counts: each(countsOf), ...each(pathsOf) };
  return `${JSON.stringify(file, undefined, 1)}\n`;
}

/**
 * The split of a file, as indices into `paths`; pictures that the file does not name belong to no split.
 * @param unreadable pictures that the data has but that cannot be read: a file may name them
 * @throws UsageError when the text is no split file, or names a picture that is gone, or one picture twice
 */
export function splitFromJson(
  text: string,
  paths: readonly string[],
  where = "split.json",
  unreadable: ReadonlySet<string> = new Set(),
): Split {
  const file = parse(text, where);
  const indexOf = new Map(paths.map((path, i) => [path, i]));
  const taken = new Map<string, SplitName>();
  const missing: string[] = [];
  const indicesOf = (name: SplitName) => {
    const indices: number[] = [];
    for (const path of file[name]) {
      const other = taken.get(path);
      if (other) throw new UsageError(where, `${path} is in ${other} and again in ${name}`, "name it once", 1);
      taken.set(path, name);
      const index = indexOf.get(path);
      if (index !== undefined) indices.push(index);
      else if (!unreadable.has(path)) missing.push(path);
    }
    return Int32Array.from(indices).sort();
  };
  const split = { train: indicesOf("train"), validation: indicesOf("validation"), test: indicesOf("test") };
  if (missing.length > 0) {
    const named = `${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ", …" : ""}`;
    throw new UsageError(
      where,
      `it names ${taken.size} pictures, of which the data lacks ${missing.length} (${named})`,
      "put the pictures back, correct the paths (they are relative to the data), or leave the split to the seed",
      1,
    );
  }
  return split;
}

const RESTORE = "restore it, or write it as the split.json of a run is written";

function parse(text: string, where: string): SplitFile {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw new UsageError(where, `it is not JSON (${(error as Error).message})`, RESTORE, 1);
  }
  const record = file as Partial<Record<string, unknown>> | null;
  for (const name of splitNames) {
    const list = typeof record === "object" ? record?.[name] : undefined;
    if (!Array.isArray(list) || !list.every((path) => typeof path === "string")) {
      throw new UsageError(where, `"${name}" is not a list of paths`, RESTORE, 1);
    }
  }
  return file as SplitFile;
}
