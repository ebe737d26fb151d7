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
