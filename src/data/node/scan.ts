/**
 * Walks a folder and lists its pictures by name, opening none: paths relative to the root with "/" between segments, in
 * code-unit order, so that the list is the same on every machine.
 *
 * Links are followed as long as they stay inside the root; what leads outside, or nowhere, is reported. What operating
 * systems leave behind (hidden files, `__MACOSX`, `Thumbs.db`, `desktop.ini`) is passed over in silence.
 */
import { readdir, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { UsageError } from "../../core/index.ts";
import { compareCodeUnits } from "../natural-order.ts";
import type { Skipped } from "../types.ts";
import { decodableFormats, extensionOf, promisedFormat } from "./file-format.ts";

export interface Scan {
  /** Files whose extension promises a picture that can be decoded. */
  readonly pictures: readonly string[];
  /** Files whose extension promises a picture that cannot, and links that lead nowhere. */
  readonly skipped: readonly Skipped[];
  /** How many files of each other extension there are ("" for none). */
  readonly others: ReadonlyMap<string, number>;
  /** Folders that hold nothing at all. */
  readonly emptyFolders: readonly string[];
}

const isLeftover = (name: string) => name.startsWith(".") || /^(__MACOSX|Thumbs\.db|desktop\.ini)$/i.test(name);

export async function scanFolder(root: string): Promise<Scan> {
  const pictures: string[] = [];
  const skipped: Skipped[] = [];
  const others = new Map<string, number>();
  const emptyFolders: string[] = [];
  const realRoot = await realpath(root);

  function addFile(name: string, path: string): void {
    const format = promisedFormat(name);
    if (format === undefined) {
      const extension = extensionOf(name);
      others.set(extension, (others.get(extension) ?? 0) + 1);
    } else if (decodableFormats.has(format)) {
      pictures.push(path);
    } else {
      skipped.push({ path, reason: `${format}, which cannot be decoded here` });
    }
  }

  /** A pipe, a socket, a device: opening one may wait for ever. */
  function addOther(name: string, path: string): void {
    if (promisedFormat(name) !== undefined) skipped.push({ path, reason: "a pipe, socket or device, not a picture" });
  }

  async function addLink(name: string, path: string, ancestors: readonly string[]): Promise<void> {
    const target = await realpath(join(root, path)).catch((error: NodeJS.ErrnoException) => error);
    if (typeof target !== "string") {
      skipped.push({ path, reason: target.code === "ELOOP" ? "a link that leads in a circle" : "a link to nothing" });
      return;
    }
    const within = relative(realRoot, target);
    if (within === ".." || within.startsWith(`..${sep}`)) skipped.push({ path, reason: "a link out of the folder" });
    else if (!(await stat(target)).isDirectory()) {
      if ((await stat(target)).isFile()) addFile(name, path);
      else addOther(name, path);
    } else if (ancestors.includes(target)) skipped.push({ path, reason: "a link to a folder that holds it" });
    else await walk(path, [...ancestors, target]);
  }

  async function walk(folder: string, ancestors: readonly string[]): Promise<void> {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(join(root, folder), `the folder cannot be read (${error.code})`, "grant access to it", 1);
    });
    const visible = entries.filter((entry) => !isLeftover(entry.name));
    if (visible.length === 0 && folder !== "") emptyFolders.push(folder);
    for (const entry of visible) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isSymbolicLink()) await addLink(entry.name, path, ancestors);
      else if (entry.isDirectory()) await walk(path, [...ancestors, join(ancestors.at(-1)!, entry.name)]);
      else if (entry.isFile()) addFile(entry.name, path);
      else addOther(entry.name, path);
    }
  }

  await walk("", [realRoot]);
  pictures.sort(compareCodeUnits);
  emptyFolders.sort(compareCodeUnits);
  skipped.sort((a, b) => compareCodeUnits(a.path, b.path));
  return { pictures, skipped, others, emptyFolders };
}
