/** Runs every example as a reader would, and judges what it prints. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder, writePhotos } from "./support.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What a program printed; it has to end well. */
function printed(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  expect(status, stdout + stderr).toBe(0);
  return stdout;
}
const example = (name: string, ...args: string[]) => printed(["examples/run.js", name, ...args]);

/** The number behind some words. */
function numberAfter(words: string, text: string): number {
  const found = new RegExp(`${words} (-?[\\d.]+(?:e[-+]\\d+)?)`).exec(text);
  expect(found, `"${words} …" in:\n${text}`).not.toBeNull();
  return Number(found![1]);
}

/** The numbers in each line that begins with a label, after the label. */
function rows(label: string, text: string): number[][] {
  const lines = text.split("\n").map((line) => `${line.trim()} `);
  return lines.flatMap((line) => {
    if (!line.startsWith(`${label} `)) return [];
    const numbers = line.slice(label.length).match(/-?\d+(?:\.\d+)?(?:e[-+]\d+)?/g) ?? [];
    return numbers.length > 0 ? [numbers.map(Number)] : [];
  });
}

/** The same where only one line begins so. */
function row(label: string, text: string): number[] {
  const found = rows(label, text);
  expect(found, `one line that begins with "${label}" in:\n${text}`).toHaveLength(1);
  return found[0];
}

/** Each example with its gate. */
const gates: Readonly<Record<string, () => void | Promise<void>>> = {
  "train-shapes": () => {
    const file = join(temporaryFolder(), "model.onnx");
    expect(numberAfter("test accuracy", example("train-shapes", file))).toBeGreaterThan(0.75);
    expect(readFileSync(file).length).toBeGreaterThan(40_000);
  },
  "classify-a-folder": async () => {
    const photos = await writePhotos(join(temporaryFolder(), "photos"), {
      classes: ["red", "green", "blue"],
      count: 20,
    });
    const text = example("classify-a-folder", photos);
    expect(text).toContain("60 pictures of blue, green, red");
    expect(numberAfter("test accuracy", text)).toBeGreaterThan(0.9);
    expect(numberAfter("right", text)).toBeGreaterThan(54);
  },
  "compare-losses": () => {
    const text = example("compare-losses");
    const rows = text.trim().split("\n").slice(1);
    expect(rows.map((row) => row.split(" ")[0])).toEqual(["cross-entropy", "hinge", "squared-hinge", "mse"]);
    for (const row of rows) expect(Number(row.split(" ").at(-1)), row).toBeGreaterThan(0.3);
  },
  "own-step": () => {
    const text = example("own-step");
    expect(numberAfter("w =", text)).toBeCloseTo(3, 1);
    expect(numberAfter("b =", text)).toBeCloseTo(-1, 1);
  },
  newton: () => {
    const last = example("newton").trim().split("\n").at(-1)!;
    expect(numberAfter("x =", last)).toBeCloseTo(1.130901, 5);
    expect(numberAfter("f′ =", last)).toBeLessThan(1e-4);
  },
  "line-fit": () => {
    const text = example("line-fit");
    expect(text).toContain("L″ = 1.000, so dL/db = 0 at b = 1.000, with L = 0.0040");
    expect(row("0.1", text)).toEqual([0.9, -1, -0.8, -0.62, -0.458, -0.312, 0.97]);
    expect(row("1.0", text)).toEqual([0, -1, 1, 1, 1, 1, 1]);
    expect(row("1.5", text)).toEqual([-0.5, -1, 2, 0.5, 1.25, 0.875, 1]);
    expect(row("2.0", text)).toEqual([-1, -1, 3, -1, 3, -1, -1]);
    expect(row("2.1", text).slice(0, 6)).toEqual([-1.1, -1, 3.2, -1.42, 3.662, -1.928]);
    expect(row("2.1", text)[6]).toBeCloseTo(1 - 2 * 1.1 ** 40, 1);
  },
  "descent-in-two": () => {
    const text = example("descent-in-two");
    expect(text).toContain("λmax = 6.7016, λmin = 0.2984: condition 22.46");
    expect(text).toContain("below 0.2984; the best is 0.2857.");
    expect(row("normal equations", text)).toEqual([0.48, 1.04, 0.0036]);
    const [half, best, below] = ["0.1492", "0.2857", "0.2955"].map((rate) => row(`descent, rate ${rate}`, text));
    for (const [steps, w, b, loss] of [half, best, below]) {
      expect(steps).toBeLessThan(600);
      expect([w, b].map((v) => v.toFixed(3))).toEqual(["0.480", "1.040"]);
      expect(loss).toBe(0.0036);
    }
    expect(best[0]).toBeLessThan(half[0]);
    expect(best[0]).toBeLessThan(below[0]);
    const [steps, , , loss] = row("descent, rate 0.3014", text);
    expect(steps).toBe(600);
    expect(loss).toBeGreaterThan(1e9);
  },
  "conjugate-gradients": () => {
    const text = example("conjugate-gradients");
    expect(row("1", text).slice(0, 3)).toEqual(row("1", text).slice(3));
    expect(row("2", text).slice(3)).toEqual([0.48, 1.04, 0.0036]);
    expect(row("2", text)[2]).toBe(0.00741);
    expect(row("5", text)).toEqual([0.48045, 1.03874, 0.0036]);
  },
  backpropagation: () => {
    const text = example("backpropagation");
    expect(row("w", text)).toEqual([0.8, 0.9]);
    expect(row("x", text)).toEqual([1.5, 0.48]);
    expect(row("b", text)).toEqual([0.2, 0.6]);
    expect(row("wx", text)).toEqual([1.2, 0.6]);
    expect(row("y = wx + b", text)).toEqual([1.4, 0.6]);
    expect(row("e = y − 0.8", text)).toEqual([0.6, 0.6]);
    expect(row("L = ½e²", text)).toEqual([0.18, 1]);
    expect(row("0.1000", text)).toEqual([0.675, 0.71, 0.14, 0.082, 0.0374, 0.017]);
    expect(row("0.3077", text)).toEqual([0, 0.5231, 0.0154, 0, 0, 0]);
    expect(row("0.6154", text)).toEqual([-1, 0.2462, -0.1692, 0.18, 0.18, 0.18]);
    expect(row("0.7000", text)).toEqual([-1.275, 0.17, -0.22, 0.2926, 0.4757, 0.7733]);
  },
  adagrad: () => {
    const text = example("adagrad");
    expect(row("1", text)).toEqual([0.81, 0.36, 0.111, 0.167, 0.7, 0.1]);
    expect(row("2", text)).toEqual([1.086, 0.483, 0.096, 0.144, 0.65, 0.05]);
    expect(row("3", text)).toEqual([1.199, 0.533, 0.091, 0.137, 0.619, 0.019]);
    expect(row("4", text)).toEqual([1.247, 0.554, 0.09, 0.134, 0.599, -0.001]);
  },
  "multiclass-svm": () => {
    const text = example("multiclass-svm");
    expect(row("cat", text).slice(3)).toEqual([2.9, 8.41]);
    expect(row("car", text).slice(3)).toEqual([0, 0]);
    expect(row("frog", text).slice(3)).toEqual([12.9, 83.25]);
    expect(rows("loss", text)).toEqual([
      [0, 0, 0, 0.1, 1.5],
      [0, 0, 6.1, 25.4, 2005.4],
    ]);
    expect(text).toContain("3 classes: 2, 10 classes: 9");
    expect(row("sum over j ≠ y", text)).toEqual([5.27, 0.33, 0.33, -0.67]);
    expect(row("sum over all j", text)).toEqual([6.27, 0.33, 0.33, -0.67]);
    expect(row("mean over j ≠ y", text)).toEqual([2.63, 0.17, 0.17, -0.33]);
    expect(row("sum of squares", text)).toEqual([30.55, 4.2, 4.4, -8.6]);
  },
  "squared-hinge": () => {
    const text = example("squared-hinge");
    expect(row("3.00", text)).toEqual([0.857, 5.143, 8]);
    expect(row("4.75", text)).toEqual([1.214, 3.536, 4, 4, 8]);
    expect(text).toMatch(/^ +3\.00 .*← least hinge$/m);
    expect(text).toMatch(/^ +4\.75 .*← least squared hinge$/m);
  },
  "weights-doubled": () => {
    const text = example("weights-doubled");
    expect(row("cat", text)).toEqual([2.9, 4.8, 2.0404, 3.8221]);
    expect(row("car", text)).toEqual([0, 0, 0.0791, 0.0038]);
    expect(row("frog", text)).toEqual([12.9, 23.8, 6.1565, 11.6375]);
    expect(row("(1, 0, 0, 0)", text)).toEqual([1, 1, 1]);
    expect(row("(0.25, 0.25, 0.25, 0.25)", text)).toEqual([1, 0.25, 1]);
    expect(row("(2, 0, 0, 0)", text)).toEqual([2, 4, 2]);
  },
};

describe("the example", () => {
  test.each(Object.entries(gates))("%s", { timeout: 60_000 }, (_, gate) => gate());

  test("has a gate, each of them, is short and is listed", () => {
    const names = readdirSync(join(root, "examples")).flatMap((file) => /^(.*)\.ts$/.exec(file)?.[1] ?? []);
    expect(Object.keys(gates).sort()).toEqual(names.sort());
    const list = readFileSync(join(root, "examples", "README.md"), "utf8");
    for (const name of names) {
      expect(list).toContain(`[${name}](${name}.ts)`);
      expect(readFileSync(join(root, "examples", `${name}.ts`), "utf8").split("\n").length).toBeLessThan(60);
    }
  });
});
