/**
 * The rules of the house, enforced by reading the sources as text. Each rule is a function from sources to problems
 * (which file, what, and how to mend it); below the rules stands, for each, a made-up source that breaks it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";

/** A room may import only rooms with a smaller number, types included; the faces stand above all but the command line. */
const floors: Record<string, number> = {
  core: 0,
  space: 1,
  ir: 1,
  data: 2,
  ops: 2,
  tune: 2,
  autodiff: 3,
  reference: 3,
  onnx: 3,
  store: 3,
  nn: 4,
  losses: 4,
  regularizers: 4,
  schedules: 4,
  optimizers: 4,
  metrics: 4,
  runtime: 4,
  models: 5,
  preprocess: 5,
  solvers: 5,
  gradcheck: 5,
  train: 6,
  report: 6,
  explain: 6,
  descent: 6,
  check: 7,
  experiment: 7,
  serve: 8,
  studio: 8,
  "index.ts": 8,
  "graph.ts": 8,
  "web.ts": 8,
  cli: 9,
  page: 10,
};

/** Packages that only one place may import. */
const owners: [RegExp, string][] = [
  [/^onnxruntime-/, "runtime/"],
  [/^sharp$/, "data/node/"],
  [/^(libsql|better-sqlite3|pg|pg-boss|kysely)$/, "store/"],
];

/** Rooms with a catalogue, and what the name of a unit ends with there. */
const catalogues: Record<string, string> = {
  ops: "Op",
  "data/augment": "Augmentation",
  "tune/samplers": "Sampler",
  "tune/pruners": "Pruner",
  losses: "Loss",
  optimizers: "Optimizer",
  regularizers: "Regularizer",
  schedules: "Schedule",
  models: "Model",
  solvers: "Solver",
};

const longest = 400;

/** A file: its path below src (or `test/…`) and its text. */
interface Source {
  readonly path: string;
  readonly text: string;
}
type Rule = (sources: readonly Source[]) => string[];

/** The Studio's page lies beside src, on top of the house: it is the room `page`. */
const PAGE = "../studio/src/";
const roomOf = (path: string) => (path.startsWith(PAGE) ? "page" : path.split("/")[0]);
const isTest = (path: string) => path.endsWith(".test.ts") || path.startsWith("test/");
const mayUseNode = (path: string) =>
  /(^|\/)node\//.test(path) || ["cli", "index.ts", "graph.ts"].includes(roomOf(path));

const strings = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/;
const comments = /\/\/[^\n]*|\/\*[\s\S]*?\*\//;
const tokens = new RegExp(`(${strings.source})|${comments.source}`, "g");

/** The code without its comments; strings stay. */
const codeOf = (text: string) => text.replace(tokens, (_, string?: string) => string ?? " ");
/** The code without comments and strings. */
const bareOf = (text: string) => text.replace(tokens, (_, string?: string) => (string ? '""' : " "));

interface Import {
  readonly specifier: string;
  /** Run later: it makes no cycle between modules that are being loaded. Types count: they tie two files as much as values. */
  readonly deferred: boolean;
}

function importsOf({ text }: Source): Import[] {
  const code = codeOf(text);
  const statements = code.matchAll(/(?:^|[;}\s])(?:import|export)\s(?:[^"'`;=()]*?\bfrom\s*)?["']([^"']+)["']/g);
  const calls = code.matchAll(/\b(?:import|require|require\.resolve)\s*\(\s*["']([^"']+)["']/g);
  return [
    ...[...statements].map(([, specifier]) => ({ specifier, deferred: false })),
    ...[...calls].map(([, specifier]) => ({ specifier, deferred: true })),
  ];
}

const isRelative = (specifier: string) => specifier.startsWith(".");
const resolve = (from: string, specifier: string) =>
  posix.join(posix.dirname(from), specifier).replace(/^\.\.\/src\//, "");

/** Relative imports of the product's own files, resolved. */
function insideOf(source: Source): (Import & { readonly target: string })[] {
  return importsOf(source)
    .filter(({ specifier }) => isRelative(specifier))
    .map((item) => ({ ...item, target: resolve(source.path, item.specifier) }));
}

const product = (sources: readonly Source[]) => sources.filter(({ path }) => !isTest(path));

const rules: Record<string, Rule> = {
  floors: (sources) =>
    product(sources).flatMap((source) => {
      const own = roomOf(source.path);
      if (floors[own] === undefined) return `${source.path}: "${own}" has no floor; give it one in this test`;
      return insideOf(source).flatMap(({ target }) => {
        const other = roomOf(target);
        if (other === own || floors[other] < floors[own]) return [];
        const why =
          floors[other] === undefined ? "which is no room" : `floor ${floors[other]} from floor ${floors[own]}`;
        return `${source.path}: imports ${target}, ${why}; move what is shared to a lower floor, or hand it in as a value`;
      });
    }),

  cycles: (sources) => {
    const edges = new Map(
      product(sources).map((source) => [
        source.path,
        insideOf(source).flatMap(({ target, deferred }) => (deferred ? [] : [target])),
      ]),
    );
    const done = new Set<string>();
    const problems: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      const seen = trail.indexOf(path);
      if (seen >= 0)
        problems.push(`${[...trail.slice(seen), path].join(" → ")}: a cycle; move what both need to a file of its own`);
      if (seen >= 0 || done.has(path)) return;
      for (const target of edges.get(path) ?? []) visit(target, [...trail, path]);
      done.add(path);
    };
    for (const path of edges.keys()) visit(path, []);
    return problems;
  },

  packages: (sources) =>
    product(sources).flatMap((source) =>
      importsOf(source).flatMap(({ specifier }) => {
        const owner = owners.find(([pattern]) => pattern.test(specifier.split("/")[0]))?.[1];
        if (owner === undefined || source.path.startsWith(owner)) return [];
        return `${source.path}: imports ${specifier}, which only ${owner} may; use that room's interface`;
      }),
    ),

  node: (sources) =>
    product(sources).flatMap((source) => {
      if (mayUseNode(source.path)) return [];
      const imports = importsOf(source).flatMap(({ specifier }) => {
        const builtin = specifier.startsWith("node:") || builtinModules.includes(specifier);
        const room = isRelative(specifier) && /(^|\/)node\//.test(resolve(source.path, specifier));
        return builtin || room ? [`imports ${specifier}`] : [];
      });
      const globals = [...bareOf(source.text).matchAll(/(?<![.\w])(process|Buffer)\b\s*\./g)].map(
        ([, name]) => `uses ${name}`,
      );
      return [...imports, ...globals].map(
        (what) => `${source.path}: ${what} but must load in a browser; move it to a node/ folder of its room`,
      );
    }),

  printing: (sources) =>
    product(sources).flatMap((source) => {
      if (roomOf(source.path) === "cli") return [];
      const found = [...bareOf(source.text).matchAll(/(?<![.\w])(console|process\s*\.\s*(?:stdout|stderr))\s*\./g)];
      return found.map(
        ([, what]) => `${source.path}: prints with ${what}; only cli prints: return it or report an event`,
      );
    }),

  catalogues: (sources) =>
    Object.entries(catalogues).flatMap(([room, ending]) => {
      const inRoom = product(sources).filter(({ path }) => path.startsWith(`${room}/`));
      const index = inRoom.find(({ path }) => path === `${room}/index.ts`)?.text ?? "";
      const listed = codeOf(index).split("Object.freeze(")[1] ?? "";
      return inRoom.flatMap(({ path, text }) => {
        const units = codeOf(text).matchAll(new RegExp(`^export const (\\w+${ending})\\b[^;]*?=`, "gm"));
        return [...units].flatMap(([, unit]) =>
          new RegExp(`\\b${unit}\\b`).test(listed)
            ? []
            : `${path}: ${unit} is not in the catalogue; list it in ${room}/index.ts`,
        );
      });
    }),

  length: (sources) =>
    sources.flatMap(({ path, text }) => {
      const lines = text.trimEnd().split("\n");
      const excused = /^\/[/*].*\b(lines|long)\b/i.test(lines[0]);
      if (lines.length <= longest || excused) return [];
      return `${path}: ${lines.length} lines, more than ${longest}; split it, or say in its first line why it is long`;
    }),

  extensions: (sources) =>
    sources
      // Tests also run what is built, under the names that it has there.
      .filter(({ path }) => !path.startsWith("test/"))
      .flatMap((source) =>
        importsOf(source)
          .filter(({ specifier }) => isRelative(specifier) && !specifier.endsWith(".ts"))
          // Vite knows what to do with these.
          .filter(({ specifier }) => roomOf(source.path) !== "page" || !/\.(svelte|css)$/.test(specifier))
          .map(({ specifier }) => `${source.path}: imports ${specifier}; write the file's own name, ending in .ts`),
      ),
};

/** Of a view the scripts, each in its line; what else it holds is no program. */
const scriptsOf = (text: string) =>
  text
    .split(/(?<=<script[^>]*>)|(?=<\/script>)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replaceAll(/[^\n]+/g, "")))
    .join("");

function read(folder: string, prefix: string): Source[] {
  const root = new URL(`../${folder}/`, import.meta.url);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(ts|svelte)$/.test(path))
    .map((path) => {
      const text = readFileSync(new URL(path, root), "utf8");
      return { path: posix.join(prefix, path), text: path.endsWith(".svelte") ? scriptsOf(text) : text };
    });
}

describe("the house keeps its rules", () => {
  const sources = [...read("src", ""), ...read("test", "test"), ...read("studio/src", PAGE)];
  test("there is something to check", () => expect(sources.length).toBeGreaterThan(100));
  test.each(Object.entries(rules))("%s", (_, rule) => expect(rule(sources)).toEqual([]));
});

/** Made-up sources, and what each rule says of them: nothing about the first list, one thing about each of the second. */
const examples: Record<keyof typeof rules, { clean: [string, string][]; broken: [string, string, string][] }> = {
  floors: {
    clean: [
      ["ops/add.ts", 'import { bind } from "../ir/index.ts";\nimport { relu } from "./relu.ts";'],
      ["ops/doc.ts", '// import { train } from "../train/index.ts";\n/** from "../train/index.ts" */'],
      ["ops/add.test.ts", 'import { train } from "../train/index.ts";'],
      ["index.ts", 'export { train } from "./experiment/index.ts";'],
      ["cli/main.ts", 'import { train } from "../index.ts";'],
      [
        "../studio/src/lab/a.svelte",
        'import { plot } from "../charts/b.ts";\nimport { train } from "../../../src/web.ts";',
      ],
    ],
    broken: [
      [
        "cli/main.ts",
        'import { t } from "../../studio/src/a.ts";',
        "imports ../studio/src/a.ts, floor 10 from floor 9",
      ],
      ["ops/add.ts", 'import { train } from "../train/index.ts";', "train/index.ts, floor 6 from floor 2; move"],
      ["ops/add.ts", 'import type { Run } from "../train/index.ts";', "train/index.ts, floor 6 from floor 2"],
      ["ops/add.ts", 'export * from "../data/index.ts";', "data/index.ts, floor 2 from floor 2"],
      ["ops/add.ts", 'const later = import("../cli/main.ts");', "cli/main.ts, floor 9 from floor 2"],
      ["ops/add.ts", 'import "../attic/index.ts";', "attic/index.ts, which is no room"],
      ["experiment/run.ts", 'import { train } from "../index.ts";', "index.ts, floor 8 from floor 7"],
      ["helpers/math.ts", "", '"helpers" has no floor'],
    ],
  },
  cycles: {
    clean: [
      ["ir/a.ts", 'import { b } from "./b.ts";'],
      ["ir/b.ts", 'const c = await import("./c.ts");'],
      ["ir/c.ts", 'import { a } from "./a.ts";'],
    ],
    broken: [
      ["ir/a.ts", 'import type { A } from "./a.ts";', "ir/a.ts → ir/a.ts: a cycle"],
      ["ir/a.ts", 'import {\n  type A,\n  a,\n} from "./a.ts";', "ir/a.ts → ir/a.ts: a cycle"],
    ],
  },
  packages: {
    clean: [
      ["runtime/node/native.ts", 'const ort = require("onnxruntime-node/package.json");'],
      ["data/node/decode.ts", 'import sharp from "sharp";'],
      ["store/postgres.ts", 'import pg from "pg";'],
      ["ops/add.ts", 'import { z } from "zod";'],
    ],
    broken: [
      ["train/loop.ts", 'import * as ort from "onnxruntime-web";', "onnxruntime-web, which only runtime/ may"],
      ["train/loop.ts", 'type Ort = typeof import("onnxruntime-common");', "onnxruntime-common, which only runtime/"],
      ["data/load.ts", 'import sharp from "sharp";', "sharp, which only data/node/ may"],
      ["tune/study.ts", 'import { Kysely } from "kysely";', "kysely, which only store/ may"],
    ],
  },
  node: {
    clean: [
      ["data/node/scan.ts", 'import { readdir } from "node:fs/promises";\nconst here = process.cwd();'],
      ["cli/main.ts", 'import { open } from "../runtime/node/index.ts";'],
      ["graph.ts", 'export { open } from "./runtime/node/index.ts";'],
      ["train/loop.ts", "const next = this.process.step;\nconst text = 'process.env';"],
    ],
    broken: [
      ["data/load.ts", 'import { readFile } from "node:fs/promises";', "imports node:fs/promises but must load"],
      ["data/load.ts", 'import { join } from "path";', "imports path but must load"],
      ["data/load.ts", 'import { scan } from "./node/index.ts";', "imports ./node/index.ts but must load"],
      ["train/loop.ts", 'import { open } from "../runtime/node/index.ts";', "imports ../runtime/node/index.ts but"],
      ["core/version.ts", "export const home = process.env.HOME;", "uses process but must load"],
      [
        "../studio/src/a.svelte",
        'import { serve } from "../../src/serve/node/index.ts";',
        "imports ../../src/serve/node",
      ],
    ],
  },
  printing: {
    clean: [
      ["cli/main.ts", "console.log(1);\nprocess.stdout.write('a');"],
      ["train/loop.ts", '/** console.log(run.loss) */\nconst text = "console.log(1)"; // process.stdout.write'],
    ],
    broken: [
      ["train/loop.ts", "  console.log(loss);", "prints with console; only cli"],
      ["train/node/worker.ts", "process.stderr.write('a');", "prints with process.stderr; only cli"],
    ],
  },
  catalogues: {
    clean: [
      ["ops/index.ts", 'import { addOp } from "./add.ts";\nexport const ops = Object.freeze({ addOp });'],
      ["ops/add.ts", "export const addOp = binary({});\nexport const add = (a) => addOp;"],
      ["losses/loss.ts", "export interface Loss {}"],
    ],
    broken: [
      ["ops/sub.ts", "export const subOp: Op<A> = defineOp({});", "subOp is not in the catalogue; list it in ops/"],
      ["losses/focal.ts", "export const focalLoss = frozen<Loss>({});", "focalLoss is not in the catalogue"],
      ["models/vgg.ts", "export const vggModel = frozen<Model>({});", "vggModel is not in the catalogue"],
    ],
  },
  length: {
    clean: [
      ["ops/a.ts", "const a = 1;\n".repeat(400)],
      ["ops/b.ts", `// Long: one table of every operator.\n${"const a = 1;\n".repeat(400)}`],
    ],
    broken: [["ops/a.ts", "const a = 1;\n".repeat(401), "401 lines, more than 400; split it"]],
  },
  extensions: {
    clean: [
      ["ops/a.ts", 'import { z } from "zod";\nimport { b } from "./b.ts";'],
      ["../studio/src/a.ts", 'import B from "./B.svelte";\nimport "./c.css";'],
    ],
    broken: [
      ["../studio/src/a.ts", 'import B from "./b.js";', "imports ./b.js; write"],
      ["ops/a.ts", 'import { b } from "./b";', "imports ./b; write the file's own name"],
      ["ops/a.test.ts", 'export * from "../ir/index.js";', "imports ../ir/index.js; write"],
    ],
  },
};

describe.each(Object.entries(rules))("the rule of %s", (name, rule) => {
  const { clean, broken } = examples[name];
  test("lets pass what is in order", () => {
    expect(rule(clean.map(([path, text]) => ({ path, text })))).toEqual([]);
  });
  test.each(broken.map(([path, text, says]) => ({ path, text, says })))(
    "catches $path: $says",
    ({ path, text, says }) => {
      const problems = rule([{ path, text }]);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain(path);
      expect(problems[0]).toContain(says);
    },
  );
});

test("a cycle of three files is told once, with its way", () => {
  const sources = ["a", "b", "c"].map((name, i) => ({ path: `ir/${name}.ts`, text: `import "./${"bca"[i]}.ts";` }));
  expect(rules.cycles(sources)).toEqual([
    "ir/a.ts → ir/b.ts → ir/c.ts → ir/a.ts: a cycle; move what both need to a file of its own",
  ]);
});

test("a unit that is imported but not listed is caught", () => {
  const index = 'import { addOp } from "./add.ts";\nexport { addOp };\nexport const ops = Object.freeze({});';
  const sources = [
    { path: "ops/index.ts", text: index },
    { path: "ops/add.ts", text: "export const addOp = binary({});" },
  ];
  expect(rules.catalogues(sources)).toHaveLength(1);
});
