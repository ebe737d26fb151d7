/**
 * Builds dist/ from src/ when it is missing or stale, with the TypeScript compiler of this clone. Staleness is judged by
 * the names, sizes and times of the sources; two processes that build at once each do so aside, and the last rename wins.
 *
 * The compiler's files are put together into a few in dist/bundle/, which is what runs: the start of a command is mostly the
 * reading of modules, and takes half as long with a tenth of them. Dependencies stay outside, as npm installed them.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stampOf } from "./stamp.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const stampFile = join(dist, ".stamp");

const sources = ["src", "tsconfig.json", "package-lock.json", "bin/build.js"];

/** What is said of a function is read in the types beside it; without that the bundle is a fifth smaller. */
const comments = { jsdoc: false };

/**
 * All chunks and all entries lie side by side, so that `new URL("./x-worker.js", import.meta.url)` finds a worker from
 * whichever chunk asks.
 */
async function bundle(folder) {
  const { rolldown } = await import("rolldown");
  const compiled = readdirSync(folder, { recursive: true }).map(String);
  const workers = compiled.filter((file) => file.endsWith("-worker.js"));
  const input = { command: "cli/index.js", index: "index.js", graph: "graph.js" };
  for (const file of workers) input[basename(file, ".js")] = file;
  for (const [name, file] of Object.entries(input)) input[name] = join(folder, file);
  const bundled = await rolldown({ input, platform: "node", external: /^[^./]/ });
  await bundled.write({ dir: join(folder, "bundle"), chunkFileNames: "[name]-[hash].js", comments });
  await bundled.close();
  // What a page loads is one file that needs nothing beside it but ONNX Runtime, whose address it is told.
  const forPages = await rolldown({ input: join(folder, "web.js"), platform: "browser" });
  await forPages.write({ file: join(folder, "bundle", "web.js"), comments });
  await forPages.close();
}

/** What --help prints, so that the launcher need not load the program for it. */
function writeHelp(folder, spawnSync) {
  const command = pathToFileURL(join(folder, "bundle", "command.js")).href;
  const program = `process.stdout.write(JSON.stringify((await import("${command}")).helpTexts()))`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the build failed:\n${stderr}`);
  writeFileSync(join(folder, "bundle", "help.json"), stdout);
}

/** @returns whether anything had to be built */
export async function build() {
  const stamp = stampOf(root, sources);
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return false;
  // Only now: a command that finds all built is to start quickly.
  const { spawnSync } = await import("node:child_process");
  const { createRequire } = await import("node:module");
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
  await bundle(aside);
  writeHelp(aside, spawnSync);
  writeFileSync(join(aside, ".stamp"), stamp);
  const old = join(root, `dist.old.${process.pid}`);
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(aside, dist);
  rmSync(old, { recursive: true, force: true });
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await build();
