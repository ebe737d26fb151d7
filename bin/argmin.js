#!/usr/bin/env node
// The command. In a clone it first builds dist/ if that is missing or stale; in an installed package there is no src/.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`argmin needs Node 20.19 or newer; this is ${process.version}.`);
  process.exit(1);
}
const root = dirname(dirname(fileURLToPath(import.meta.url)));
if (existsSync(join(root, "src"))) {
  const { build } = await import("./build.js");
  try {
    build();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
const { main } = await import("../dist/cli/index.js");
process.exitCode = await main(process.argv.slice(2));
