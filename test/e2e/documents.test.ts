/** The programs in the documents are compiled and run: what a reader copies must work. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");

/** The fenced blocks of a document in one of some languages, as lines. */
function blocks(document: string, ...languages: string[]): { readonly language: string; readonly lines: string[] }[] {
  const fences = read(document).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...fences].flatMap(([, language, body]) =>
    languages.includes(language!) ? [{ language: language!, lines: body!.trimEnd().split("\n") }] : [],
  );
}

/** An empty folder inside the clone, where the name "argmin" leads to the clone itself. */
function scratch(name: string): string {
  const folder = join(root, ".scratch", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** What a program of Node's printed; it has to end well. */
function printed(args: readonly string[], cwd = root): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  expect(status, stdout + stderr).toBe(0);
  return stdout;
}

test("the programs in README.md compile, and print what they should", () => {
  const programs = blocks("README.md", "ts");
  expect(programs).toHaveLength(2);
  const folder = scratch("readme");
  for (const [i, { lines }] of programs.entries()) writeFileSync(join(folder, `program-${i}.ts`), lines.join("\n"));
  const config = { extends: "../../examples/tsconfig.json", compilerOptions: { rootDir: ".", outDir: "." } };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...config, include: ["*.ts"] }));
  printed([tsc, "-p", folder]);
  const [accuracy, bytes] = printed([join(folder, "program-0.js")])
    .split(" ")
    .map(Number);
  expect(accuracy).toBeGreaterThan(0.75);
  expect(bytes).toBeGreaterThan(40_000);
  const [loss, slope] = printed([join(folder, "program-1.js")])
    .split(" ")
    .map(Number);
  // The residual is −1 at x = 3 alone: loss 1/3, slope 2 · 3 · (−1) / 3.
  expect(loss).toBeCloseTo(1 / 3, 5);
  expect(slope).toBeCloseTo(-2, 5);
});

/** Changes a file as a hunk says: lines behind the line of context before them, or at the head where there is none. */
function patched(text: string, hunk: readonly string[]): string {
  const lines = text.split("\n");
  let at = 0;
  for (const line of hunk) {
    const content = line.slice(1);
    if (line.startsWith("+")) {
      lines.splice(at++, 0, content);
      continue;
    }
    const found = lines.indexOf(content, at);
    expect(found, `"${content}" is no longer in the file`).toBeGreaterThanOrEqual(0);
    if (line.startsWith("-")) lines.splice(found, 1);
    at = line.startsWith("-") ? found : found + 1;
  }
  return lines.join("\n");
}

test("the units of adding-a-unit.md take two files each, compile and train", () => {
  const folder = scratch("adding-a-unit");
  cpSync(join(root, "src"), join(folder, "src"), { recursive: true });
  for (const { language, lines } of blocks("docs/adding-a-unit.md", "ts", "diff")) {
    const [, path] = /\/\/ (src\/[\w/-]+\/[\w-]+\.ts)$/.exec(lines[0]!)!;
    const file = join(folder, path!);
    const rest = lines.slice(1);
    writeFileSync(file, language === "ts" ? rest.join("\n") : patched(readFileSync(file, "utf8"), rest));
  }
  cpSync(join(root, "tsconfig.json"), join(folder, "tsconfig.json"));
  printed([tsc, "-p", folder]);
  const program = `const { main } = await import("./dist/cli/index.js");
    process.exitCode = await main(["train", "builtin:shapes", "--model", "linear", "--loss", "exponential", "--epochs", "1"]);`;
  const text = printed(["--input-type=module", "--eval", program], folder);
  const [, first, expected] = /first loss ([\d.]+), expected 10 = ([\d.]+)/.exec(text)!;
  expect(Math.abs(Number(first) - Number(expected))).toBeLessThan(0.5);
});
