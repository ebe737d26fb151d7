import { existsSync, readdirSync } from "node:fs";
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
 * The built page. Only names that were there at the start are served, so no name leads anywhere else.
 * @throws UsageError where it was not built
 */
export function openPageFiles(folder = pageFolder()): PageFiles {
  if (!existsSync(join(folder, "index.html"))) {
    throw new UsageError(folder, "the Studio's page is not there", "build it: node bin/build-studio.js", 1);
  }
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = new Map(
    entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1).replaceAll(sep, "/"), path]),
  );
  // What trains in the page loads ONNX Runtime from beside it; the build leaves it where npm put it, since it is large.
  for (const path of webRuntime({ webgpu: true }).files) files.set(`ort/${basename(path)}`, path);
  return {
    read: async (name) => {
      const path = files.get(name);
      return path === undefined ? undefined : new Uint8Array(await readFile(path));
    },
  };
}
