import { realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { Problem } from "../problem.ts";

/** Parts of a name that could lead elsewhere, or to what is ours: the trash and other hidden files. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a path ends at a zero byte, and no name needs the others
const refused = /^$|^\.|[\\/:\u0000-\u001f]/;

/** Whether a folder of that name can be made, and named in a request. */
export const isName = (name: string): boolean => !refused.test(name) && name.length <= 200 && name === name.trim();

/**
 * The path of what a request names below a folder, after all links were followed.
 * @param name parts between slashes, decoded once
 * @throws Problem 404 for what is not there, leads out of the folder, or is hidden
 */
export async function inside(folder: string, name: string): Promise<string> {
  const absent = new Problem(404, `there is no ${JSON.stringify(name)}`, "look at the list; it may have been moved");
  const parts = name.split("/");
  if (parts.some((part) => refused.test(part))) throw absent;
  try {
    const [root, path] = await Promise.all([realpath(folder), realpath(join(folder, ...parts))]);
    if (path.startsWith(root + sep)) return path;
  } catch {
    throw absent;
  }
  throw absent;
}
