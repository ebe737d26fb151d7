/** What the end-to-end tests share: the real command as a child process, folders that go away again, small data sets. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, expect } from "vitest";
import type { TensorBlock } from "../../src/train/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const command = join(root, "bin", "argmin.js");
/** Real pictures that are not part of the repository; a test that needs them is skipped where they are absent. */
export const shared = join(root, "..", "shared");

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "argmin-"));
  folders.push(folder);
  return folder;
}

export interface Result {
  /** As a shell sees it: death by signal n is 128 + n. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface Options {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Run inside another program, such as ["unshare", "-n"]. */
  readonly within?: readonly string[];
}

/** The environment without what Vitest, npm and CI add, which would change how the command looks and behaves. */
export function usersEnvironment(): NodeJS.ProcessEnv {
  const added = /^(NODE_OPTIONS|FORCE_COLOR|CI|ORT_.*|npm_.*|VITEST.*|NODE_ENV|TEST)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !added.test(name)));
}

/** A command that is running. */
export class Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Result>;
  stdout = "";
  stderr = "";
  #watchers: (() => void)[] = [];

  constructor(args: readonly string[], { cwd, env = {}, within = [] }: Options) {
    const started = performance.now();
    const [program, ...rest] = [...within, process.execPath, command, ...args];
    this.child = spawn(program!, rest, { cwd, env: { ...usersEnvironment(), NO_COLOR: "1", ...env } });
    for (const stream of ["stdout", "stderr"] as const) {
      this.child[stream].setEncoding("utf8").on("data", (text: string) => {
        this[stream] += text;
        for (const watcher of this.#watchers) watcher();
      });
    }
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", reject);
      this.child.on("close", (code, signal) => {
        const { stdout, stderr } = this;
        const seconds = (performance.now() - started) / 1000;
        resolve({ code: code ?? 128 + constants.signals[signal!], stdout, stderr, seconds });
        for (const watcher of this.#watchers) watcher();
      });
    });
  }

  /** Resolves when `text` was written to stdout or stderr; fails when the command ends without it. */
  async until(text: string): Promise<void> {
    const found = () => this.stdout.includes(text) || this.stderr.includes(text);
    await Promise.race([
      new Promise<void>((resolve) => {
        const look = () => {
          if (found()) resolve();
        };
        this.#watchers.push(look);
        look();
      }),
      this.ended.then(({ code, stdout, stderr }) => {
        if (!found()) throw new Error(`ended with ${code} before it wrote "${text}":\n${stdout}\n${stderr}`);
      }),
    ]);
  }
}

/** The result of a command, with its largest resident size in KiB; 0 where there is no /proc. */
export async function withPeak(running: Running): Promise<Result & { readonly peak: number }> {
  let peak = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${running.child.pid}/status`, "utf8");
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has just ended.
    }
  }, 50);
  const result = await running.ended;
  clearInterval(watch);
  return { ...result, peak };
}

/** Runs the command to its end in a process of its own. */
export const argminProcess = (args: readonly string[], options: Options): Promise<Result> =>
  new Running(args, options).ended;

type Main = (argv: readonly string[]) => Promise<number>;
let main: Main | undefined;
let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs the command to its end: the built program as it is, but within this process, one after the other, since a fresh process takes
 * longer to load it than most commands take. What is about processes (signals, memory, two at once) uses `Running`.
 */
export function argmin(args: readonly string[], options: Options): Promise<Result> {
  if (options.within !== undefined && options.within.length > 0) return argminProcess(args, options);
  const result = turn.then(() => here(args, options));
  turn = result.catch(() => {});
  return result;
}

async function here(args: readonly string[], { cwd, env = {} }: Options): Promise<Result> {
  // By require, which is Node's own: an import would be Vite's, which rewrites each of these files.
  main ??= (createRequire(import.meta.url)(join(root, "dist", "cli", "index.js")) as { readonly main: Main }).main;
  const run = main;
  const told = { stdout: "", stderr: "" };
  const before = { cwd: process.cwd(), env: { ...process.env }, argv: process.argv };
  const writes = { stdout: process.stdout.write, stderr: process.stderr.write };
  const capture = (stream: "stdout" | "stderr") => {
    // Every run adds a listener of its own, as it may in a process of its own.
    process[stream].setMaxListeners(0);
    process[stream].write = ((text: string | Uint8Array, ...rest: unknown[]) => {
      told[stream] += typeof text === "string" ? text : Buffer.from(text).toString("utf8");
      const done = rest.find((one) => typeof one === "function") as (() => void) | undefined;
      done?.();
      return true;
    }) as typeof process.stdout.write;
  };
  const setEnvironment = (wanted: NodeJS.ProcessEnv) => {
    for (const name of Object.keys(process.env)) if (!(name in wanted)) delete process.env[name];
    Object.assign(process.env, wanted);
  };
  const started = performance.now();
  try {
    process.chdir(cwd);
    process.argv = [process.execPath, command, ...args];
    setEnvironment({ ...usersEnvironment(), NO_COLOR: "1", ...env });
    capture("stdout");
    capture("stderr");
    const code = await run(args);
    return { code, ...told, seconds: (performance.now() - started) / 1000 };
  } finally {
    Object.assign(process.stdout, { write: writes.stdout });
    Object.assign(process.stderr, { write: writes.stderr });
    setEnvironment(before.env);
    process.argv = before.argv;
    process.chdir(before.cwd);
  }
}

export interface Line {
  readonly event?: string;
  // biome-ignore lint/suspicious/noExplicitAny: lines of JSON have many forms, and the tests look at what they expect
  readonly [field: string]: any;
}

/** Lines of JSON, and nothing else. */
export function jsonLines(text: string): Line[] {
  expect(text === "" || text.endsWith("\n")).toBe(true);
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** The `done` line, which is the last one. */
export function doneLine({ code, stdout, stderr }: Result): Line {
  expect(code, stderr).toBe(0);
  const last = jsonLines(stdout).at(-1)!;
  expect(last.event).toBe("done");
  return last;
}

/** Lines wider than a terminal. */
export const tooWide = (text: string) => text.split("\n").filter((line) => [...line].length > 80);

/** Rows of a CSV file without quoted fields, by column. */
export function csvRows(path: string): Record<string, string>[] {
  const [header, ...rows] = readFileSync(path, "utf8").trimEnd().split("\n");
  const columns = header!.split(",");
  return rows.map((row) => Object.fromEntries(row.split(",").map((cell, i) => [columns[i]!, cell])));
}

/** Every file below a folder with its bytes, to see that nothing has changed. */
export function contents(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, "base64")]));
}

export function write(path: string, bytes: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** A colour with some structure, different for each class: [height, width, 3]. */
export function paint(label: number, seed: number, height: number, width: number): Buffer {
  const pixels = Buffer.alloc(3 * height * width);
  for (let i = 0; i < pixels.length; i++) {
    const base = i % 3 === label % 3 ? 190 : 60;
    const stripe = label >= 3 && Math.floor(i / 3 / width) % 4 < 2 ? 40 : 0;
    pixels[i] = base + stripe + ((i * 7919 + seed * 104729) % 23);
  }
  return pixels;
}

/** Three clouds that overlap, so that settings matter: 240 rows of five numbers, as a CSV file. */
export function clouds(): string {
  const lines = Array.from({ length: 240 }, (_, n) => {
    const label = n % 3;
    const noise = (k: number) => ((n * 7919 + k * 104_729 + ((n * n) % 101) * 31) % 1000) / 1000 - 0.5;
    const cells = Array.from({ length: 5 }, (_, k) => (k % 3 === label ? 0.6 : 0) + 1.6 * noise(k));
    return [...cells.map((cell) => cell.toFixed(4)), ["low", "mid", "high"][label]].join(",");
  });
  return `a,b,c,d,e,label\n${lines.join("\n")}\n`;
}

export interface Photos {
  readonly classes: readonly string[];
  /** Pictures in each class. */
  readonly count: number;
  /** Height and width of the n-th one. */
  readonly size?: (n: number) => readonly [number, number];
}

/** A folder of class folders of small PNG files. */
export async function writePhotos(folder: string, { classes, count, size }: Photos): Promise<string> {
  for (const [label, name] of classes.entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let n = 0; n < count; n++) {
      const [height, width] = size?.(n) ?? [14 + (n % 5), 12 + (n % 7)];
      const raw = { width, height, channels: 3 as const };
      await sharp(paint(label, n, height, width), { raw })
        .png()
        .toFile(join(folder, name, `${n}.png`));
    }
  }
  return folder;
}

/** The bytes of an IDX file of unsigned bytes. */
export function idx(shape: readonly number[], elements: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((size, axis) => {
    header.writeUInt32BE(size, 4 + 4 * axis);
  });
  return Buffer.concat([header, elements]);
}

/** A folder of IDX files of grey 8×8 pictures in three classes, the test files gzipped. */
export function writeIdxFolder(folder: string, { train, test }: { train: number; test: number }): string {
  const parts = { train, t10k: test };
  for (const [name, count] of Object.entries(parts)) {
    if (count === 0) continue;
    const pack = name === "t10k" ? gzipSync : (bytes: Buffer) => bytes;
    const end = name === "t10k" ? ".gz" : "";
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
    const pixels = Uint8Array.from({ length: 64 * count }, (_, i) => {
      const lit = Math.floor((i % 64) / 24) === labels[Math.floor(i / 64)];
      return (lit ? 180 : 30) + ((i * 7919) % 41);
    });
    write(join(folder, `${name}-images-idx3-ubyte${end}`), pack(idx([count, 8, 8], pixels)));
    write(join(folder, `${name}-labels-idx1-ubyte${end}`), pack(idx([count], labels)));
  }
  return folder;
}

/** The hash that a run reports of its weights, from the parameters of a checkpoint. */
export function weightsHashOf({ tensors }: { readonly tensors: Readonly<Record<string, TensorBlock>> }): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(tensors).sort()) {
    if (name.includes(" of ") || name.startsWith("best ")) continue; // an optimizer's slot; the best epoch's weights
    const { buffer, byteOffset, byteLength } = tensors[name]!.data;
    hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex").slice(0, 16);
}

export const isThere = (...path: string[]): boolean => existsSync(join(...path));
