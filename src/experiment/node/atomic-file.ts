import { mkdir, open, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "../../core/index.ts";

/**
 * Writes a file so that it is either the old one or the whole new one, whatever happens in between: beside it, flushed to
 * the disk, then renamed.
 * @throws UsageError when the disk is full or the folder cannot be written
 */
export async function writeAtomic(path: string, content: string | Uint8Array | readonly Uint8Array[]): Promise<void> {
  const aside = `${path}.part`;
  const pieces = typeof content === "string" || content instanceof Uint8Array ? [content] : content;
  try {
    const file = await open(aside, "w");
    try {
      for (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => {});
    throw explainWrite(path, error);
  }
}

/**
 * Makes a folder and those around it.
 * @returns the outermost that was made; undefined where all were there
 * @throws UsageError when it cannot be made
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  try {
    // A relative one in a working folder that was deleted Node 20 would try to make for ever.
    return await mkdir(resolve(path), { recursive: true });
  } catch (error) {
    throw explainWrite(path, error);
  }
}

/** Makes an error of the file system one that says how to mend it. */
export function explainWrite(path: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new UsageError(
      path,
      `the disk is full (${code})`,
      "free some space, or choose another folder with --runs; what was written before is kept",
      1,
    );
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new UsageError(path, `cannot be written (${code})`, "choose a folder that you may write to with --runs", 1);
  }
  return code === undefined ? error : new UsageError(path, message, "look at the path", 1);
}
