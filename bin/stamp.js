import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Names, times and sizes of files, as a text that changes when any of them does.
 * @param paths files and folders, relative to `root`
 * @param isOther of a path says that it does not count
 */
export function stampOf(root, paths, isOther = () => false) {
  let stamp = "";
  const add = (path) => {
    if (isOther(path)) return;
    const full = join(root, path);
    const { mtimeMs, size } = statSync(full);
    stamp += `/${path} ${mtimeMs} ${size}\n`;
  };
  const visit = (path, isFolder) => {
    if (!isFolder) return add(path);
    if (isOther(path)) return;
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      visit(`${path}/${entry.name}`, entry.isDirectory());
    }
  };
  for (const path of paths) visit(path, statSync(join(root, path)).isDirectory());
  return stamp;
}
