/** `<data>` as a user writes it, a path or `builtin:shapes`, to a source. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { choose, nearest, UsageError } from "../../core/index.ts";
import { shapesSource } from "../shapes.ts";
import type { Source } from "../types.ts";
import { cifarSource, isCifarFolder } from "./cifar.ts";
import { folderSource } from "./folder.ts";
import { idxSource, isIdxFolder } from "./idx.ts";
import { isManifest, manifestSource } from "./manifest.ts";
import { numberFilesIn, numbersFormat, numbersSource } from "./numbers.ts";

const BUILTIN = "builtin:";

/** Sets that are made, not read. */
const builtin: Readonly<Record<string, (options: { readonly seed?: number }) => Source>> = Object.freeze({
  "builtin:shapes": shapesSource,
});

export interface OpenOptions {
  /** Of a built-in set; left out, the set is the same for every run. */
  readonly seed?: number;
  /** How many folders name a class, 1 or more; all of them unless said. It holds for folders of pictures only. */
  readonly depth?: number | undefined;
}

/** @throws UsageError: exit code 2 when the name leads nowhere, 1 when what lies there cannot be used */
export async function openSource(name: string, options: OpenOptions = {}): Promise<Source> {
  const { seed, depth } = options;
  const found = name.startsWith(BUILTIN) ? undefined : await stat(name).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) throw await cannotOpen(name, found);
  if (found?.isDirectory()) {
    const names = await readdir(name).catch(async (error: NodeJS.ErrnoException) => {
      throw await cannotOpen(name, error);
    });
    const numberFiles = await numberFilesIn(name, names);
    if (numberFiles.length > 0) {
      refuseDepth(name, depth);
      return numbersSource(name, numberFiles);
    }
    if (!isIdxFolder(names) && !isCifarFolder(names)) return folderSource(name, depth === undefined ? {} : { depth });
    refuseDepth(name, depth);
    return isIdxFolder(names) ? idxSource(name) : cifarSource(name);
  }
  refuseDepth(name, depth);
  if (found === undefined) return choose("data", builtin, name)(seed === undefined ? {} : { seed });
  if ((await numbersFormat(name)) !== undefined) return numbersSource(name);
  if (isManifest(name)) return manifestSource(name);
  throw new UsageError(
    name,
    "it is a file, not a folder",
    "give the folder that holds the class folders or the IDX files, a list of pictures (.csv, .tsv), or numbers (CSV, LIBSVM)",
  );
}

function refuseDepth(name: string, depth: number | undefined): void {
  if (depth === undefined) return;
  throw new UsageError("depth", `is ${depth}, but ${name} has no class folders`, "leave it out");
}

async function cannotOpen(name: string, error: NodeJS.ErrnoException): Promise<UsageError> {
  if (error.code === "EACCES")
    return new UsageError(name, "there is no permission to read it", "grant access to it", 1);
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR")
    return new UsageError(name, error.message, "mend the path", 1);
  const path = resolve(name);
  const parent = dirname(path);
  const siblings = await readdir(parent).catch(() => undefined);
  if (!siblings) return new UsageError(name, `it does not exist, nor does ${parent}`, "correct the path");
  const near = nearest(basename(path), [...siblings.filter((sibling) => !sibling.startsWith(".")), ...shortNames()]);
  if (near === undefined) return new UsageError(name, "it does not exist", "correct the path, or try builtin:shapes");
  const meant = shortNames().includes(near) ? BUILTIN + near : join(dirname(name), near);
  return new UsageError(name, "it does not exist", `did you mean "${meant}"?`);
}

const shortNames = () => Object.keys(builtin).map((full) => full.slice(BUILTIN.length));
