/** The Studio as users meet it: the command, its page of runs in a real Chromium, and who is let in. */
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { writeRun } from "../../bench/studio-folder.js";
import { expectAccessible, look, type StudioServer, startStudio } from "./studio-support.ts";
import { argmin, isThere, Running, temporaryFolder, tooWide } from "./support.ts";

const cwd = temporaryFolder();
const runs = join(cwd, "runs");
let studio: StudioServer;

beforeAll(async () => {
  for (let n = 0; n < 12; n++) writeRun(runs, n, 20);
  studio = await startStudio(cwd);
});

/** What is needed of a path: the compiler is not told of browsers here. */
interface DrawnPath {
  readonly ownerSVGElement: { getBoundingClientRect(): { readonly left: number; readonly top: number } };
  getPointAtLength(length: number): { readonly x: number; readonly y: number };
  getTotalLength(): number;
}

const rowOf = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
const curves = (page: Page) => page.locator('g[data-mark="line"]');

test("a run that is started elsewhere appears, draws its curve as it trains, and ends", async () => {
  const { page, wrong, hosts } = await look(studio.url);
  await rowOf(page, "photos-linear-000").waitFor();
  const args = ["train", "builtin:shapes", "--model", "linear", "--epochs", "4000", "--name", "live", "--no-report"];
  const training = new Running(args, { cwd });
  const row = rowOf(page, "live");
  await row.getByRole("progressbar").waitFor();
  const epochs = async () => Number((await row.textContent())!.match(/([\d,]+) \/ 4,000/)?.[1]?.replace(",", ""));
  await expect.poll(epochs, { timeout: 20_000 }).toBeGreaterThan(1);
  const before = await epochs();
  await expect.poll(epochs, { timeout: 20_000 }).toBeGreaterThan(before);
  await expect.poll(() => curves(page).count()).toBe(9);
  training.child.kill("SIGINT");
  expect((await training.ended).code).toBe(130);
  await row.getByText("interrupted").waitFor();
  expect(isThere(runs, "live", "running.json")).toBe(false);
  expect(wrong).toEqual([]);
  expect([...hosts]).toEqual([studio.url]);
  await page.context().close();
});

test("sorts, filters, picks by a click on a curve, and the address brings all of it back", async () => {
  const { page, wrong } = await look(studio.url);
  const names = () => page.locator("tbody th[scope=row] a").allTextContents();
  await page.getByRole("columnheader", { name: "Test" }).getByRole("button").click();
  await expect.poll(async () => (await names())[0]).toBe("photos-fastnet-011");
  await page.getByRole("searchbox").fill("model=mlp lr<0.02");
  await expect.poll(names).toEqual(["photos-mlp-009", "photos-mlp-005"]);
  await page.getByRole("searchbox").fill("");
  await curves(page).first().waitFor();
  // In the middle of the last curve's own line.
  const at = await curves(page)
    .last()
    .locator("path")
    .evaluate((path: DrawnPath) => {
      const { x, y } = path.getPointAtLength(path.getTotalLength() / 2);
      const { left, top } = path.ownerSVGElement!.getBoundingClientRect();
      return { x: left + x, y: top + y };
    });
  await page.mouse.click(at.x, at.y);
  await expect.poll(() => page.locator("tr.picked").count()).toBe(1);
  const picked = await page.locator("tr.picked a").textContent();
  await expect.poll(() => page.getByRole("link", { name: `${picked}: open it` }).count()).toBe(1);
  const again = await look(page.url());
  await expect.poll(() => again.page.locator("tr.picked a").textContent()).toBe(picked);
  expect(await again.page.locator("tbody th[scope=row] a").first().textContent()).toBe("photos-fastnet-011");
  await again.page.context().close();
  await page.getByText("What differs").waitFor();
  const settings = await page.getByRole("region", { name: "What differs" }).locator("code").allTextContents();
  expect(settings).toContain("optimizer.learningRate");
  expect(settings).not.toContain("batchSize");
  expect(wrong).toEqual([]);
  await page.context().close();
});

test("keys alone pin, rename, throw away and bring back", async () => {
  const { page, wrong } = await look(studio.url);
  await rowOf(page, "photos-cnn-002").getByRole("link").focus();
  await page.keyboard.press("p");
  await expect.poll(() => page.locator("tbody th a").first().textContent()).toBe("photos-cnn-002");
  await page.keyboard.press("r");
  await page.getByRole("textbox").fill("photos-mlp-001");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("already").waitFor();
  await page.getByRole("textbox").fill("the best of all");
  await page.keyboard.press("Enter");
  await rowOf(page, "the best of all").getByRole("link").focus();
  expect(isThere(runs, "the best of all", "metrics.csv")).toBe(true);
  await page.keyboard.press("Delete");
  await page.getByText("was moved to the trash").waitFor();
  expect(isThere(runs, "the best of all")).toBe(false);
  await page.getByRole("button", { name: "Undo" }).click();
  await rowOf(page, "the best of all").waitFor();
  expect(isThere(runs, "the best of all", "metrics.csv")).toBe(true);
  // The browser itself tells of the one that was refused, as it should be.
  expect(wrong.filter((text) => !text.includes("409"))).toEqual([]);
  await page.context().close();
});

test("hands out the table, the curves and the figure as files", async () => {
  const { page } = await look(studio.url);
  await curves(page).first().waitFor();
  const save = async (name: string) => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    return readFileSync(await file.path(), "utf8");
  };
  const table = (await save("Table as CSV")).trim().split("\n");
  expect(table[0]).toContain("validationAccuracy");
  expect(table[0]).toContain("settings.optimizer.learningRate");
  expect(table.length).toBeGreaterThan(12);
  const all = (await save("Curves as CSV")).trim().split("\n");
  expect(all.length).toBeGreaterThan(7 * 20);
  const figure = await save("Figure as SVG");
  expect(figure).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(figure).not.toContain("var(");
  await page.context().close();
});

test.each([
  [false, 1280, "en-US"],
  [true, 1280, "zh-CN"],
  [false, 390, "zh-CN"],
  [true, 390, "en-US"],
] as const)("is open to all: dark %s, %i pixels wide, %s", async (dark, width, language) => {
  const { page, wrong } = await look(studio.url, { dark, width, language });
  await curves(page).first().waitFor();
  await expectAccessible(page);
  expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  if (dark) {
    await page.getByRole("button", { name: language === "zh-CN" ? "快捷键" : "Keys" }).click();
    await page.getByRole("dialog").waitFor();
    await expectAccessible(page);
  }
  expect(wrong).toEqual([]);
  await page.context().close();
});

test("answers under its own name alone, and gives no file beside its own", async () => {
  const { port } = new URL(studio.url);
  // As bytes on the wire: a client of the web's kind would tidy the path up first.
  const status = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    new Promise<number>((resolve, reject) => {
      const asking = request({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode!);
      });
      asking.on("error", reject).end();
    });
  expect(await status("/api/runs")).toBe(200);
  expect(await status("/api/runs", { host: `evil.example:${port}` })).toBe(403);
  expect(await status("/api/trash", { origin: "http://evil.example", "x-argmin-studio": "1" }, "DELETE")).toBe(403);
  for (const path of ["/../package.json", "/..%2fpackage.json", "/%2e%2e/package.json", "/assets/../../package.json"]) {
    expect([path, await status(path)]).toEqual([path, 404]);
  }
  for (const path of ["/assets/", "/.stamp", "//etc/passwd", "/assets%00.js"])
    expect([path, await status(path)]).toEqual([path, 404]);
});

test("a port that is taken is told", async () => {
  const { code, stderr } = await argmin(["studio", "--port", new URL(studio.url).port], { cwd });
  expect(code).toBe(1);
  expect(stderr).toContain("is taken");
  expect(tooWide(stderr)).toEqual([]);
});
