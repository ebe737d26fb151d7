/** `report.html` of a training, opened in a real Chromium. */
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch } from "../../bench/chromium.js";
import { argmin, csvRows, doneLine, isThere, jsonLines, temporaryFolder, writePhotos } from "./support.ts";

const cwd = temporaryFolder();
/** The other tests do without. */
const env = { ARGMIN_REPORT: "" };
const classes = ["cats", "dogs", "eels & <b>", "fish"];
const call = ["train", "photos", "--model", "cnn", "--filters", "4,4", "--size", "40", "--epochs", "2", "--json"];
const report = join(cwd, "runs", "photos-cnn", "report.html");
let browser: Browser;

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes, count: 25 });
  doneLine(await argmin(call, { cwd, env }));
  browser = await launch();
});
afterAll(async () => await browser?.close());

/** The page, with what it asked for and what went wrong. */
async function open(colorScheme: "light" | "dark", width: number) {
  const page: Page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  const wrong: string[] = [];
  const asked: string[] = [];
  page.on("console", (message) => wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(report).href);
  return { page, wrong, asked };
}

describe("the report", () => {
  test.each([
    ["light", 1000],
    ["dark", 390],
  ] as const)("in the %s at %i pixels asks for nothing, fits, and shows a cell's pictures", async (scheme, width) => {
    const { page, wrong, asked } = await open(scheme, width);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(background).toBe(scheme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 23, 26)");

    const [, ...rows] = readFileSync(join(cwd, "runs", "photos-cnn", "confusion.csv"), "utf8")
      .trim()
      .split("\n");
    const counts = rows.map((row) => row.split(",").slice(1).map(Number));
    const truth = counts.findIndex((row) => row.some((count) => count > 0));
    const predicted = counts[truth]!.findIndex((count) => count > 0);
    const cell = page.locator(`#cell-${truth}-${predicted}`);
    expect(await cell.isVisible()).toBe(false);
    const link = page.locator(`svg a[href="#cell-${truth}-${predicted}"]:visible`);
    await link.click();
    expect(await cell.isVisible()).toBe(true);
    expect(await cell.locator("li").count()).toBe(Math.min(12, counts[truth]![predicted]!));
    expect(await link.getAttribute("aria-current")).toBe("true");
    const paths = csvRows(join(cwd, "runs", "photos-cnn", "predictions.csv")).map(({ path }) => path);
    for (const path of await cell.locator("small").allTextContents()) expect(paths).toContain(path);
    // There is a picture, and no blank in its place.
    const tile = await page.evaluate(`getComputedStyle(document.querySelector(".cell:target .tile")).backgroundImage`);
    expect(tile).toMatch(/^url\("data:image\/jpeg;base64,/);
    await cell.getByText("close").click();
    expect(await cell.isVisible()).toBe(false);

    // By keyboard: from a cell to its neighbour, and in.
    const links = page.locator("#confusion svg a:visible");
    await links.first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await page.locator(".cell:visible").count()).toBe(1);

    expect(wrong).toEqual([]);
    expect(asked.filter((url) => !url.startsWith("data:"))).toEqual([pathToFileURL(report).href]);
    await page.close();
  });

  test("tells the command, and has every section", async () => {
    const { page } = await open("light", 1000);
    expect(await page.locator("#making pre").first().textContent()).toBe(`argmin ${call.join(" ")}`);
    const sections = await page.evaluate(`[...document.querySelectorAll("section")].map(({ id }) => id)`);
    expect(sections).toEqual([
      "result",
      "training",
      "confusion",
      "mistakes",
      "typical",
      "calibration",
      "weights",
      "data",
      "making",
    ]);
    expect(await page.locator("#weights .tile").count()).toBe(4);
    expect(await page.locator("#mistakes .pair").count()).toBe(await page.locator("#mistakes li").count());
    expect(statSync(report).size).toBeLessThan(500_000);
    await page.close();
  });
});

test("--no-report writes none, and a run is whole where its report cannot be written", async () => {
  const run = join("runs", "blocked");
  const small = ["--model", "linear", "--size", "8", "--epochs", "1", "--json"];
  const first = await argmin(["train", "photos", ...small, "--name", "blocked", "--no-report"], { cwd, env });
  doneLine(first);
  expect(isThere(cwd, run, "report.html")).toBe(false);
  mkdirSync(join(cwd, run, "report.html", "in the way"), { recursive: true });
  const second = await argmin(["resume", run, "--epochs", "2", "--json"], { cwd, env });
  expect(doneLine(second).weightsHash).not.toBe(doneLine(first).weightsHash);
  const warnings = jsonLines(second.stdout).filter(({ event }) => event === "warning");
  expect(warnings).toHaveLength(1);
  expect(warnings[0]!.text).toMatch(/^report\.html could not be written: /);
  expect(second.stderr).toContain("report.html could not be written");
  // Each call is kept, those before a report was asked for too.
  const typed = readFileSync(join(cwd, run, "commands.txt"), "utf8")
    .trim()
    .split("\n");
  expect(typed).toEqual([expect.stringMatching(/^argmin train photos /), expect.stringMatching(/^argmin resume /)]);
  const events = readFileSync(join(cwd, run, "events.ndjson"), "utf8")
    .trim()
    .split("\n");
  expect(events.slice(-2).map((line) => JSON.parse(line).event)).toEqual(["warning", "done"]);
  expect(csvRows(join(cwd, run, "metrics.csv"))).toHaveLength(2);
});
