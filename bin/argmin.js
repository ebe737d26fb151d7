#!/usr/bin/env node
// The command. In a clone it first builds dist/ if that is missing or stale; in an installed package there is no src/.
import { existsSync, readFileSync } from "node:fs";
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
    await build();
    // The pages take seconds, so only the command that shows them waits for them.
    if (process.argv[2] === "studio" && !asksForHelpAlone(process.argv.slice(2))) {
      await (await import("./build-studio.js")).buildStudio();
    }
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
const helpText = asksForHelpAlone(process.argv.slice(2));
if (helpText) process.stdout.write(helpText);
else {
  const { main } = await import("../dist/bundle/command.js");
  process.exitCode = await main(process.argv.slice(2));
}

/**
 * The text, if it was written when the program was built: a third of the time that the program takes to make it. A narrow
 * terminal gets its own.
 */
function asksForHelpAlone(words) {
  const [flag, command = ""] = words.toReversed();
  if (words.length > 2 || !["--help", "-h"].includes(flag) || process.stdout.columns < 80) return undefined;
  const texts = JSON.parse(readFileSync(join(root, "dist", "bundle", "help.json"), "utf8"));
  return Object.hasOwn(texts, command) ? texts[command] : undefined;
}
