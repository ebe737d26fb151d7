/** "Train here": a page that trains in its worker, and whose model file answers alike in the command line. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chromium, expectAccessible, look, startStudio } from "./studio-support.ts";
import { argmin, csvRows, doneLine, jsonLines, temporaryFolder, writePhotos } from "./support.ts";

const cwd = temporaryFolder();
const server = startStudio(cwd);

test("the cnn learns the built-in shapes on WebAssembly to 95 %, and its model says the same in the command line", async () => {
  const { url } = await server;
  const { page, wrong, hosts } = await look(`${url}/train.html#/?epochs=3&device=wasm`);
  await page.getByRole("button", { name: "Train", exact: true }).click();
  const result = page.getByRole("region", { name: "3. The model" });
  await result.waitFor({ timeout: 240_000 });
  const shown = Number.parseFloat((await result.locator(".figure").textContent())!) / 100;
  expect(shown).toBeGreaterThanOrEqual(0.95);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    result.getByRole("link", { name: /model.onnx/ }).click(),
  ]);
  const model = join(cwd, "model.onnx");
  await download.saveAs(model);
  const { test: judged } = doneLine(await argmin(["evaluate", model, "builtin:shapes", "--json"], { cwd })) as {
    test?: { accuracy: number };
  } & Record<string, unknown>;
  const accuracy = judged?.accuracy ?? (doneLine(await argmin(["evaluate", model, "builtin:shapes", "--json"], { cwd })).accuracy as number);
  expect(Math.round(1000 * accuracy) / 1000).toBeCloseTo(shown, 3);
  await expectAccessible(page);
  expect(wrong).toEqual([]);
  expect([...hosts]).toEqual([url]);
});
