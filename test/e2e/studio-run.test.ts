/** The page of one run in a real Chromium, on a run that the command has trained on real files. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { expectAccessible, look, type StudioServer, startStudio } from "./studio-support.ts";
import { argmin, csvRows, doneLine, temporaryFolder } from "./support.ts";

const cwd = temporaryFolder();
let studio: StudioServer;
const address = (query: string) => `${studio.url}/#/run/first?${query}`;

/** Stripes and spots; one picture of the stripes shows spots. */
async function writePictures(): Promise<void> {
  for (const kind of ["spots", "stripes"]) {
    mkdirSync(join(cwd, "photos", kind), { recursive: true });
    for (let i = 0; i < 24; i++) {
      const spots = (kind === "spots") !== (kind === "stripes" && i === 23);
      const [x, y] = [3 + (i % 5), 3 + (i % 7)];
      const mark = spots
        ? `<circle cx="${x}" cy="${y}" r="3" fill="#fff"/>`
        : `<path d="M0 ${y}H16M0 ${y + 4}H16" stroke="#fff"/>`;
      const svg = `<svg width="16" height="16"><rect width="16" height="16" fill="#123"/>${mark}</svg>`;
      writeFileSync(join(cwd, "photos", kind, `${i}.png`), await sharp(Buffer.from(svg)).png().toBuffer());
    }
  }
}

beforeAll(async () => {
  await writePictures();
  const run = ["train", "photos", "--model", "cnn", "--filters", "4", "--size", "16", "--epochs", "3", "--json"];
  doneLine(await argmin([...run, "--name", "first", "--no-report"], { cwd }));
  studio = await startStudio(cwd);
}, 60_000);

test("a cell of the confusion matrix opens its pictures, at any epoch, also by the keyboard", async () => {
  const { page, wrong } = await look(address("tab=confusion"));
  const predictions = csvRows(join(cwd, "runs/first/predictions.csv")).filter(({ split }) => split === "test");
  const counted = predictions.filter((row) => row.true === "stripes" && row.predicted === "stripes");
  const cell = page.getByRole("button", { name: /of stripes taken for stripes$/ });
  expect(await cell.innerText()).toBe(counted.length === 0 ? "·" : String(counted.length));
  await cell.click();
  const links = page.locator(".opened li a");
  await expect.poll(() => links.count()).toBe(counted.length);
  const shown = await links.evaluateAll((all) => all.map((one) => one.getAttribute("title")));
  expect(shown.sort()).toEqual(counted.map(({ path }) => path!).sort());
  await page.getByLabel("Of which pictures").selectOption("epochs");
  const slider = page.getByRole("slider");
  expect(await slider.getAttribute("max")).toBe("2");
  await slider.fill("0");
  expect(page.url()).toContain("epoch=1");
  const cells = page.locator("button.cell");
  const counts = (await cells.allInnerTexts()).map((text) => Number(text.replace("·", "0")));
  const [, , , , accuracy] = readFileSync(join(cwd, "runs/first/metrics.csv"), "utf8").split("\n")[1]!.split(",");
  const all = counts.reduce((sum, count) => sum + count, 0);
  expect((counts[0]! + counts[3]!) / all).toBeCloseTo(Number(accuracy), 9);
  await cells.nth(3).focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  expect(page.url()).toContain("truth=0&predicted=1");
  await expect.poll(() => links.count()).toBe(counts[1]);
  await expectAccessible(page);
  expect(wrong).toEqual([]);
  await page.context().close();
});

test("a picture is explained, walked through backward, and marked; the next training takes the corrected list", async () => {
  const { page, wrong } = await look(address("tab=pictures&show=allPictures"), { dark: true });
  await page.locator("li a").first().click();
  await page.getByAltText(/^What speaks for/).waitFor();
  await page.getByText("Here it begins").waitFor();
  await page.getByRole("button", { name: "Back to the input" }).click();
  await page.locator(".unit .katex").first().waitFor();
  expect(page.url()).toContain("unit=");
  await page.locator(".step", { hasText: "relu" }).click();
  await page.getByText("A gate: open where x was above 0").waitFor();
  await expectAccessible(page);
  const path = await page.locator("h2").first().innerText();
  const was = path.split("/")[0]!;
  const label = was === "spots" ? "stripes" : "spots";
  await page.locator("#mark").selectOption(label);
  const shown = await page.locator("pre", { hasText: "npx argmin train" }).innerText();
  expect(readFileSync(join(cwd, "photos", path)).length).toBeGreaterThan(0);
  const manifest = shown.trim().split(" ").at(-1)!;
  const row = csvRows(manifest).find((one) => one.path!.endsWith(path))!;
  expect(row.label).toBe(label);
  const quick = ["--model", "linear", "--size", "16", "--epochs", "1", "--no-report", "--json"];
  doneLine(await argmin(["train", manifest, ...quick, "--name", "second"], { cwd }));
  const before = JSON.parse(readFileSync(join(cwd, "runs/first/split.json"), "utf8"));
  const after = JSON.parse(readFileSync(join(cwd, "runs/second/split.json"), "utf8"));
  for (const split of ["train", "validation", "test"]) {
    expect(after[split].map((one: string) => one.replace("../../photos/", "")).sort()).toEqual(before[split].sort());
  }
  expect(after.counts.test.all + after.counts.validation.all + after.counts.train.all).toBe(48);
  expect(wrong).toEqual([]);
  await page.context().close();
});

test("the overview and the weights stand on a telephone, in Chinese, without a complaint", async () => {
  for (const [tab, dark] of [
    ["overview", false],
    ["weights", true],
  ] as const) {
    const { page, wrong } = await look(address(`tab=${tab}`), { width: 390, dark, language: "zh-CN" });
    await page
      .locator(tab === "overview" ? "figure svg" : "canvas")
      .first()
      .waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await expectAccessible(page);
    expect(wrong).toEqual([]);
    await page.context().close();
  }
});

test("what is not the run's is not served", async () => {
  const get = async (what: string) => (await fetch(`${studio.url}/api/runs/${what}`)).status;
  expect(await get("first/overview")).toBe(200);
  expect(await get("..%2Fphotos/overview")).toBe(404);
  expect(await get("none/overview")).toBe(404);
  expect(await get("first/picture?path=../../etc/passwd")).toBe(409);
  expect(await get("first/picture?path=/etc/passwd")).toBe(409);
  expect(await get("first/picture")).toBe(400);
  const post = await fetch(`${studio.url}/api/runs/first/marks`, { method: "POST", body: "{}" });
  expect(post.status).toBe(403);
});
