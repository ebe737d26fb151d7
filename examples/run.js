/**
 * Runs an example as a program: `node examples/run.js own-step`. It builds the library where that is missing or stale,
 * compiles the examples against it and starts the one that was named. Node 22.18 and newer can run the .ts file itself.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../bin/build.js";

const here = dirname(fileURLToPath(import.meta.url));
const [name, ...rest] = process.argv.slice(2);
if (name === undefined || !existsSync(join(here, `${name}.ts`))) {
  const names = readdirSync(here).flatMap((file) => (file.endsWith(".ts") ? [file.slice(0, -3)] : []));
  console.error(`There is ${name ? `no example "${name}"` : "a name missing"}; choose one of ${names.join(", ")}.`);
  process.exit(2);
}
build();
const compiler = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
const compiled = spawnSync(process.execPath, [join(compiler, "bin", "tsc"), "-p", here], { stdio: "inherit" });
if (compiled.status !== 0) process.exit(1);
const program = join(here, "..", ".scratch", "examples", `${name}.js`);
process.exitCode = spawnSync(process.execPath, [program, ...rest], { stdio: "inherit" }).status ?? 1;
