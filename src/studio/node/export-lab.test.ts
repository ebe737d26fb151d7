import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exportLab } from "./export-lab.ts";

let folder: string;
let built: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "argmin-lab-"));
  built = join(folder, "built");
  mkdirSync(join(built, "assets"), { recursive: true });
  const files = {
    "lab.html": '<html lang="en"><script src="./assets/lab-a1.js"></script></html>',
    "index.html": '<html><script src="./assets/runs-b2.js"></script></html>',
    "assets/lab-a1.js": 'load("./lesson-c3.js")',
    "assets/lesson-c3.js": '"./lesson-d4.css"',
    "assets/lesson-d4.css": "url(./font-e5.woff2)",
    "assets/font-e5.woff2": "a font that says runs-b2.js",
    "assets/runs-b2.js": "the rest of the Studio",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(built, name), text);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("holds the page, what it loads however indirectly, ONNX Runtime, and nothing of the rest", async () => {
  const to = join(folder, "lab");
  const { files, bytes } = await exportLab(to, built);
  const assets = readdirSync(join(to, "assets"));
  expect(assets.sort()).toEqual(["font-e5.woff2", "lab-a1.js", "lesson-c3.js", "lesson-d4.css"]);
  const runtime = readdirSync(join(to, "ort"));
  expect(runtime.some((name) => name.endsWith(".wasm"))).toBe(true);
  expect(files).toBe(1 + assets.length + runtime.length);
  expect(bytes).toBeGreaterThan(5_000_000);
  // The page knows that no Studio stands behind it.
  expect(readFileSync(join(to, "index.html"), "utf8")).toContain("<html data-alone ");
});

test("goes again into its own folder, and into none that holds something else", async () => {
  const to = join(folder, "lab");
  await exportLab(to, built);
  await exportLab(to, built);
  const other = join(folder, "other");
  mkdirSync(other);
  writeFileSync(join(other, "thesis.tex"), "");
  await expect(exportLab(other, built)).rejects.toThrow("is not empty");
  expect(readdirSync(other)).toEqual(["thesis.tex"]);
});

test("says how the page is built where it is missing", async () => {
  await expect(exportLab(join(folder, "lab"), join(folder, "nothing"))).rejects.toThrow("node bin/build-studio.js");
});
