/**
 * The package as a user gets it: packed, installed into an empty folder without lifecycle scripts, and used by itself, as
 * a command and as a library. First on native code, then with the native package taken away.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const clone = fileURLToPath(new URL("../../", import.meta.url));
const MEND = "npm install --ignore-scripts onnxruntime-node";
const NOTE = "Native ONNX Runtime is not installed, so this runs on WebAssembly, several times slower.";
/** Linear and short: the same on both runtimes, but for rounding. */
const TRAIN = ["train", "builtin:shapes", "--model", "linear", "--epochs", "1", "--json"];

let home: string;
let app: string;
let packed: { readonly path: string; readonly size: number }[];
/** The mean loss of the one epoch, on native code. */
let nativeLoss: number;

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[], cwd = app): Finished {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8" });
  return { status, stdout, stderr };
}

/** Runs and expects success. */
function done(program: string, args: readonly string[], cwd = app): Finished {
  const finished = run(program, args, cwd);
  expect(finished.status, `${program} ${args.join(" ")}\n${finished.stdout}${finished.stderr}`).toBe(0);
  return finished;
}

const argmin = (...args: string[]) => done(join(app, "node_modules", ".bin", "argmin"), args);

/** The lines of stdout, each of which has to be a JSON object. */
const eventsOf = ({ stdout }: Finished): Record<string, unknown>[] =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const eventOf = (finished: Finished, name: string) => eventsOf(finished).find(({ event }) => event === name)!;
const times = (text: string, part: string) => text.split(part).length - 1;

/** The note is told once, to people; a program finds it in its events. */
function expectOneNote({ stdout, stderr }: Finished): void {
  expect(times(stderr, NOTE)).toBe(1);
  expect(times(stderr, MEND)).toBe(1);
  expect(stdout.split("\n").filter((line) => line.startsWith(NOTE))).toEqual([]);
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "argmin-package-"));
  app = join(home, "app");
  mkdirSync(app);
  for (const build of ["bin/build.js", "bin/build-studio.js"]) done(process.execPath, [build], clone);
  const report = done("npm", ["pack", "--json", "--pack-destination", home], clone);
  // One object in a list, or by name: npm has printed both.
  const [entry] = Object.values(JSON.parse(report.stdout)) as { files: typeof packed; filename: string }[];
  packed = entry.files;
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  done("npm", [
    "install",
    "--ignore-scripts",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    join(home, entry.filename),
  ]);
  const grey = { create: { width: 40, height: 30, channels: 3 as const, background: "#777" } };
  await sharp(grey).png().toFile(join(app, "grey.png"));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

test("the tarball holds the program and nothing else", () => {
  const outside = packed.map(({ path }) => path).filter((path) => !/^(dist|studio\/dist)\//.test(path));
  expect(outside.sort()).toEqual(["LICENSE", "README.md", "bin/argmin.js", "package.json"]);
  const kinds = /^dist\/(bundle\/[^/]+\.js|bundle\/help\.json|.+(?<!\.test)\.d\.ts)$/;
  const strange = packed.filter(({ path }) => path.startsWith("dist/") && !kinds.test(path));
  expect(strange).toEqual([]);
  const bytes = (folder: string) =>
    packed.filter(({ path }) => path.startsWith(folder)).reduce((total, { size }) => total + size, 0);
  expect(bytes("dist/")).toBeLessThan(2_500_000);
  // Pages that run without a network: the Studio, the Lab with the engine for it, figures, and the letters of formulas.
  const pages = packed.filter(({ path }) => path.startsWith("studio/")).map(({ path }) => path);
  expect(pages).toContain("studio/dist/index.html");
  expect(pages.filter((path) => !/\/(\w+\.html|assets\/[^/]+\.(js|css|woff2))$/.test(path))).toEqual([]);
  expect(bytes("studio/")).toBeLessThan(3_000_000);
});

describe("on native code", () => {
  test("npx finds the command, and doctor finds everything", () => {
    const doctor = done("npx", ["--no", "argmin", "doctor", "--json"]);
    const findings = eventsOf(doctor).filter(({ event }) => event === "finding");
    const needed = findings.filter(({ name }) => name !== "webgpu");
    expect(needed.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "Node ok",
      "machine ok",
      "cpu ok",
      "wasm ok",
      "pictures ok",
      "cache ok",
    ]);
    expect(eventOf(doctor, "done").usable).toBe(true);
  });

  test("trains on the native CPU, evaluates and predicts", () => {
    const trained = argmin(...TRAIN, "--name", "native");
    expect(eventOf(trained, "start").device).toMatch(/^ONNX Runtime [\d.]+, native CPU, \d+ threads?$/);
    expect(eventOf(trained, "start").notes).toEqual([]);
    nativeLoss = eventOf(trained, "epoch").trainLoss as number;
    const { accuracy, images } = eventOf(argmin("evaluate", "runs/native", "builtin:shapes", "--json"), "done");
    expect(images).toBe(2000);
    expect(accuracy).toBeGreaterThan(0.3);
    const [guess] = eventsOf(argmin("predict", "runs/native", "grey.png", "--json"));
    expect(guess).toMatchObject({ path: "grey.png", label: expect.any(String), top: expect.any(Array) });
  });

  test("trains on WebAssembly when asked to, to the same loss and without a note", () => {
    const trained = argmin(...TRAIN, "--name", "asked", "--device", "wasm", "--threads", "1");
    expect(eventOf(trained, "start").device).toMatch(/^ONNX Runtime [\d.]+, WebAssembly, 1 thread$/);
    expect(trained.stderr).not.toContain("Native ONNX Runtime");
    expect(Math.abs((eventOf(trained, "epoch").trainLoss as number) - nativeLoss)).toBeLessThan(1e-3);
  });

  test("is a library with types: what is right compiles and runs, what is wrong does not compile", () => {
    writeFileSync(join(app, "right.ts"), RIGHT);
    writeFileSync(join(app, "wrong.ts"), WRONG);
    // No types of Node and no skipped declarations: a user's own settings must not matter.
    const compilerOptions = { module: "nodenext", target: "es2023", lib: ["es2023", "dom"], types: [], strict: true };
    const config = { compilerOptions: { ...compilerOptions, skipLibCheck: false }, files: ["right.ts", "wrong.ts"] };
    writeFileSync(join(app, "tsconfig.json"), JSON.stringify(config));
    done(process.execPath, [join(clone, "node_modules", "typescript", "bin", "tsc"), "-p", app]);
    const [device, gradient] = done(process.execPath, ["right.js"]).stdout.trim().split("\n");
    expect(device).toContain("native CPU");
    expect(gradient).toBe("6");
  });
});

describe("without the native package", () => {
  beforeAll(() => renameSync(join(app, "node_modules", "onnxruntime-node"), join(home, "taken-away")));

  test("doctor says what is missing and how to mend it", () => {
    const doctor = argmin("doctor", "--json");
    const native = eventsOf(doctor).find(({ name }) => name === "cpu")!;
    expect(native.state).toBe("warning");
    expect(native.text).toContain(MEND);
    expect(times(doctor.stderr, MEND)).toBe(1);
    expect(eventOf(doctor, "done").usable).toBe(true);
  });

  test("trains on WebAssembly, to the same loss, with one honest line", () => {
    const trained = argmin(...TRAIN, "--name", "fallback");
    expect(eventOf(trained, "start").device).toContain("WebAssembly");
    expect(eventOf(trained, "start").notes).toEqual([`${NOTE} To mend it: ${MEND}`]);
    expectOneNote(trained);
    expect(Math.abs((eventOf(trained, "epoch").trainLoss as number) - nativeLoss)).toBeLessThan(1e-3);
  });

  test("evaluates and predicts with the same line, and a CSV stays a CSV", () => {
    const evaluated = argmin("evaluate", "runs/native", "builtin:shapes", "--json");
    expect(eventOf(evaluated, "done").images).toBe(2000);
    expectOneNote(evaluated);
    const json = argmin("predict", "runs/native", "grey.png", "--json");
    expect(eventsOf(json)).toHaveLength(1);
    expectOneNote(json);
    const csv = argmin("predict", "runs/native", "grey.png", "--format", "csv");
    expect(csv.stdout).toMatch(/^path,label,probability,error\ngrey\.png,\w+,[\d.]+,\n$/);
    expectOneNote(csv);
  });

  test("refuses --device cpu and says how to mend it", () => {
    const refused = run(join(app, "node_modules", ".bin", "argmin"), [
      ...TRAIN,
      "--device",
      "cpu",
      "--name",
      "refused",
    ]);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("--device cpu: native ONNX Runtime cannot be loaded");
    expect(refused.stderr).toContain(MEND);
    expect(readdirSync(join(app, "runs"))).toContain("native");
  });
});

const RIGHT = `
import { type EpochRow, cosine, hinge, l2, linear, momentum, type Run, shapes, train } from "argmin";
import { compile, gradients, square } from "argmin/graph";

let device = "";
const run: Run = await train({
  data: shapes({ train: 200, validation: 50, test: 50 }),
  model: linear(),
  loss: hinge({ margin: 2 }),
  regularizer: l2(1e-4),
  optimizer: momentum({ learningRate: cosine(0.01) }),
  epochs: 1,
  onEvent: (event) => {
    if (event.type === "start") device = event.device;
  },
});
const history: readonly EpochRow[] = run.history;
if (history.length !== 1 || run.test === null) throw new Error("the run is not what it should be");
console.log(device);

const slope = compile(({ x }) => gradients(square(x), { x }));
console.log((await slope({ x: 3 })).x.value);
`;

const WRONG = `
import { adam, crossEntropy, l2, linear, mlp, shapes, train } from "argmin";
import { compile, square } from "argmin/graph";

export const options = [
  // @ts-expect-error a loss is no optimizer
  () => train({ data: shapes(), optimizer: crossEntropy() }),
  // @ts-expect-error an option that Adam does not have
  () => adam({ momentum: 0.9 }),
  // @ts-expect-error a misspelt option
  () => train({ data: shapes(), epoch: 3 }),
  // @ts-expect-error an activation that there is not
  () => mlp({ activation: "softmux" }),
  // @ts-expect-error a strength is a number
  () => l2("strong"),
  // @ts-expect-error the linear model has no options
  () => linear({ hidden: [3] }),
  // @ts-expect-error a device that there is not
  () => compile(({ x }) => ({ y: square(x) }), { device: "gpu" }),
];
`;
