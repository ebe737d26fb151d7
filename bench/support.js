/** What the benchmarks share: processes, the peers' folder, medians. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Data, oracles and peers that lie beside the project on its developers' machines; the project works without them. */
export const shared = join(dirname(root), "shared");
export const hasShared = existsSync(shared);

export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Runs a program and returns the JSON objects that it prints on stdout, one a line. */
export function jsonLines(program, args, options = {}) {
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 28, ...options });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${stderr}`);
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line));
}

/** Runs the command and returns its JSON lines. */
export const argmin = (args, options) =>
  jsonLines(process.execPath, [join(root, "bin", "argmin.js"), ...args, "--json"], options);

/** Whether /usr/bin/python3 has PyTorch. */
export function hasTorch() {
  return spawnSync("/usr/bin/python3", ["-c", "import torch"]).status === 0;
}

/**
 * PyTorch's program, at its best. Debian's PyTorch multiplies by the BLAS that the system has (`apt-get install libopenblas0-pthread`;
 * the reference BLAS is thirty times slower), and OpenBLAS takes some processors with AVX-512 for others, so that the mlp takes 6.3 ms
 * instead of 2.5: it is told which it is.
 */
export const torchLines = (args) =>
  jsonLines("/usr/bin/python3", args, {
    env: { ...process.env, ...(hasAvx512() ? { OPENBLAS_CORETYPE: "SkylakeX" } : {}) },
  });

const hasAvx512 = () =>
  process.arch === "x64" && existsSync("/proc/cpuinfo") && readFileSync("/proc/cpuinfo", "utf8").includes(" avx512f ");

/** Judges of a figure. */
export const atLeast = (target) => (value) => ({ target: `≥ ${target}`, ok: value >= target });
export const atMost = (target) => (value) => ({ target: `≤ ${target}`, ok: value <= target });

/** Runs a part of the test suite: files of one of its projects, or the tests there whose names hold some words. */
export function suite(files, { project = "fast", named, env = {} } = {}) {
  const which = named === undefined ? [] : ["-t", named];
  const args = ["vitest", "run", "--project", project, ...files, ...which, "--reporter=json"];
  const all = { encoding: "utf8", maxBuffer: 2 ** 28, env: { ...process.env, ...env } };
  const { stdout } = spawnSync("npx", args, { cwd: root, ...all });
  const result = JSON.parse(stdout.slice(stdout.indexOf('{"num')));
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = result;
  return { value: failed, target: "0 failed", ok: failed === 0 && passed > 0, passed, skipped };
}
