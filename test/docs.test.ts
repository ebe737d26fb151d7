/** The documents tell the truth: every path exists, every command and option is there, every printed graph is what is printed. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { main } from "../src/cli/index.ts";
import { print } from "../src/ir/index.ts";
import { crossEntropy } from "../src/losses/index.ts";
import { linear } from "../src/models/index.ts";
import { momentum } from "../src/optimizers/index.ts";
import type { Recipe } from "../src/train/recipe.ts";
import { stepGraph } from "../src/train/step-graph.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const rooms = readdirSync(join(root, "src"), { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
const documents = [
  "README.md",
  "examples/README.md",
  ...readdirSync(join(root, "docs")).flatMap((name) => (name.endsWith(".md") ? [`docs/${name}`] : [])),
  ...rooms.map((room) => `src/${room}/README.md`),
];

/** A document without its fenced blocks, and the lines of the blocks in one language. */
const proseOf = (text: string) => text.replaceAll(/^```[\s\S]*?^```$/gm, "");
const blocksOf = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, body]) => body!);

test("every room has a README", () => {
  expect(rooms.filter((room) => !existsSync(join(root, "src", room, "README.md")))).toEqual([]);
});

describe.each(documents)("%s", (path) => {
  const text = read(path);

  test("links to what exists", () => {
    const targets = [...proseOf(text).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!);
    const local = targets.filter((target) => !/^https?:/.test(target));
    expect(local.filter((target) => !existsSync(join(root, dirname(path), target)))).toEqual([]);
  });

  test("names files that exist", () => {
    const named = [...proseOf(text).matchAll(/`((?:src|docs|test|bench|examples|bin)\/[\w./-]*)`/g)];
    expect(named.map(([, file]) => file!).filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});

describe("a room's README", () => {
  test.each(rooms)("%s: names files of the room by their bare names", (room) => {
    const files = readdirSync(join(root, "src", room), { recursive: true, encoding: "utf8" });
    const names = files.map((file) => file.split("/").at(-1)!);
    const named = [...read(`src/${room}/README.md`).matchAll(/`(?:[\w-]+\/)*([\w-]+\.ts)`/g)].map(([, file]) => file!);
    expect(named.filter((name) => !names.includes(name))).toEqual([]);
  });

  test.each(rooms)("%s: says its floor and what it uses", (room) => {
    const text = read(`src/${room}/README.md`);
    const sources = readdirSync(join(root, "src", room), { recursive: true, encoding: "utf8" });
    const imports = sources
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .flatMap((file) => [...read(join("src", room, file)).matchAll(/from "(?:\.\.\/)+([a-z]+)\//g)])
      .map(([, other]) => other!)
      .filter((other) => rooms.includes(other) && other !== room);
    const [, floor, used] = /^Floor (\d)\. It uses ([^.]+)\.$/m.exec(text)!;
    expect(read("test/architecture.test.ts")).toContain(`\n  ${room}: ${floor},\n`);
    const said = used === "nothing" ? [] : used!.split(/, | and /);
    expect(said.sort()).toEqual([...new Set(imports)].sort());
  });
});

/** What `argmin … --help` prints. */
async function helpOf(...words: string[]): Promise<string> {
  const lines: string[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  try {
    expect(await main([...words, "--help"])).toBe(0);
  } finally {
    spy.mockRestore();
  }
  return lines.join("");
}

describe("the commands in the documents", () => {
  const lines = documents.flatMap((path) => {
    const text = read(path);
    const inline = [...proseOf(text).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
    return [...blocksOf(text, "sh").flatMap((body) => body.split("\n")), ...inline]
      .flatMap((line) => line.replace(/\s#.*$/, "").split("&&"))
      .map((command) => ({ path, command: command.trim() }));
  });
  const ofArgmin = lines.filter(({ command }) => /^(npx )?argmin /.test(command));

  test("there are some", () => expect(ofArgmin.length).toBeGreaterThan(8));

  test.each(ofArgmin)("$path: $command", async ({ command }) => {
    const [name, ...words] = command.replace(/^npx /, "").split(/\s+/).slice(1);
    const help = name!.startsWith("-") ? await helpOf() : await helpOf(name!);
    if (!name!.startsWith("-")) expect(help).toContain(`Usage: argmin ${name}`);
    const options = words.filter((word) => word.startsWith("--")).map((word) => word.split("=")[0]!);
    expect(options.filter((option) => !new RegExp(`${option}\\b`).test(help))).toEqual([]);
  });

  test("of npm and Node are there, too", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const wrong = lines.filter(({ command }) => {
      const [, script] = /^npm (?:run )?([\w:]+)/.exec(command) ?? [];
      if (script !== undefined) return !["ci", "install", "pack"].includes(script) && scripts[script] === undefined;
      const [, program, name] = /^node (\S+\.js)(?: ([\w-]+))?/.exec(command) ?? [];
      if (program === undefined) return false;
      const example = program === "examples/run.js" && name !== undefined;
      return !existsSync(join(root, program)) || (example && !existsSync(join(root, "examples", `${name}.ts`)));
    });
    expect(wrong).toEqual([]);
    expect(read(".ci/run")).toContain("npm ci && npm test");
    expect(read("README.md")).toContain("npm ci && npm test");
  });
});

test("the graphs in tour.md are what is printed", () => {
  const recipe: Recipe = {
    model: linear(),
    loss: crossEntropy(),
    regularizers: [],
    optimizer: momentum(),
    normalization: { mean: [0.5], deviation: [0.25] },
    height: 4,
    width: 4,
    channels: 1,
    classes: 3,
  };
  // A node more or less elsewhere gives other numbers, which is no reason to rewrite the page.
  const unnumbered = (line: string) => line.replaceAll(/%\d+/g, "%");
  const printed = print(stepGraph(recipe, 2)).split("\n").map(unnumbered);
  const shown = blocksOf(read("docs/tour.md"), "ir").flatMap((body) => body.trimEnd().split("\n"));
  expect(shown.length).toBeGreaterThan(15);
  expect(shown.filter((line) => !printed.includes(unnumbered(line)))).toEqual([]);
});
