import { existsSync, readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../../core/index.ts";
import { webRuntime } from "../../runtime/node/index.ts";
import type { PageFiles } from "../pages.ts";

/** `studio/dist` of this package, seen from the sources, the compiled files and the bundle alike. */
export function pageFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return join(folder, "studio", "dist");
    if (folder === dirname(folder)) throw new UsageError("argmin", "its own folder is incomplete", "install it again");
  }
}

/**
 * The built page. Only names that the build has made are served, so no name leads anywhere else. An update of the package while the
 * Studio is open gives its files other names; they are looked up again when the first page has changed.
 * @throws UsageError where it was not built
 */
export function openPageFiles(folder = pageFolder()): PageFiles {
  const first = join(folder, "index.html");
  if (!existsSync(first)) {
    throw new UsageError(folder, "the Studio's page is not there", "build it: node bin/build-studio.js", 1);
  }
  const stampOf = () => statSync(first, { throwIfNoEntry: false })?.mtimeMs;
  let [files, stamp] = [namesIn(folder), stampOf()];
  return {
    read: async (name) => {
      const now = stampOf();
      if (!files.has(name) && now !== stamp) [files, stamp] = [namesIn(folder), now];
      const path = files.get(name);
      const bytes = path === undefined ? undefined : await readFile(path).catch(() => undefined);
      return bytes && new Uint8Array(bytes);
    },
  };
}

/** The path of each file, by the name that the page has for it. */
function namesIn(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = new Map(
    entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1).replaceAll(sep, "/"), path]),
  );
  // What trains in the page loads ONNX Runtime from beside it; the build leaves it where npm put it, since it is large.
  for (const path of webRuntime({ webgpu: true }).files) files.set(`ort/${basename(path)}`, path);
  return files;
}
