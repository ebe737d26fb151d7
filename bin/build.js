/**
 * Builds dist/ from src/ when it is missing or stale, with the TypeScript compiler of this clone. Staleness is judged by
 * the names, sizes and times of the sources; two processes that build at once each do so aside, and the last rename wins.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const stampFile = join(dist, ".stamp");

function stampOf() {
  const hash = createHash("sha256");
  const files = readdirSync(join(root, "src"), { recursive: true }).map(String).sort();
  for (const file of [...files.map((name) => join("src", name)), "tsconfig.json", "package-lock.json"]) {
    const found = statSync(join(root, file));
    if (found.isFile()) hash.update(`${file} ${found.mtimeMs} ${found.size}\n`);
  }
  return hash.digest("hex");
}

/** @returns whether anything had to be built */
export function build() {
  const stamp = stampOf();
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return false;
  const aside = join(root, `dist.${process.pid}`);
  const compiler = createRequire(import.meta.url).resolve("typescript/package.json");
  const tsc = join(dirname(compiler), "bin", "tsc");
  mkdirSync(aside, { recursive: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", root, "--outDir", aside], {
    encoding: "utf8",
  });
  if (status !== 0) {
    rmSync(aside, { recursive: true, force: true });
    throw new Error(`the build failed:\n${stdout}${stderr}`);
  }
  writeFileSync(join(aside, ".stamp"), stamp);
  const old = join(root, `dist.old.${process.pid}`);
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(aside, dist);
  rmSync(old, { recursive: true, force: true });
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) build();
