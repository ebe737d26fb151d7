/**
 * Builds studio/dist, the pages of the Studio, when it is missing or stale. They hold code of src/ as well, so they are stale
 * when that has changed. Aside first and then renamed, as bin/build.js does it.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stampOf } from "./stamp.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "studio", "dist");
const stampFile = join(dist, ".stamp");
const sources = ["studio", "src", "vite.config.ts", "package-lock.json", "bin/build-studio.js"];

/** @returns whether anything had to be built */
export async function buildStudio() {
  const stamp = stampOf(root, sources, (path) => /^dist\b|\.test\.ts$/.test(path.split("/").at(-1)));
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return false;
  const { build } = await import("vite");
  const aside = join(root, "studio", `dist.${process.pid}`);
  try {
    await build({ configFile: join(root, "vite.config.ts"), logLevel: "warn", build: { outDir: aside } });
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw new Error(`the pages of the Studio cannot be built:\n${error.message}`);
  }
  writeFileSync(join(aside, ".stamp"), stamp);
  const old = join(root, "studio", `dist.old.${process.pid}`);
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(aside, dist);
  rmSync(old, { recursive: true, force: true });
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await buildStudio();
