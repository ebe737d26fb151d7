/** The page of `argmin export --web`, opened in a real Chromium. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodePicture, openClassifier } from "argmin";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, serveFolder } from "../../bench/chromium.js";
import { argmin, csvRows, doneLine, isThere, temporaryFolder, writePhotos } from "./support.ts";

const cwd = temporaryFolder();
const run = join(cwd, "runs", "photos");
const classes = ["cats", "dogs", "eels & <b>", "fish"];
let web: string;
let browser: Browser;
let server: Awaited<ReturnType<typeof serveFolder>>;

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes, count: 20 });
  const small = ["--model", "cnn", "--filters", "4,8", "--epochs", "2", "--size", "16"];
  doneLine(await argmin(["train", "photos", ...small, "--name", "photos", "--json"], { cwd }));
  ({ web } = doneLine(await argmin(["export", run, "--web", "--pictures", "8", "--json"], { cwd })));
  browser = await launch();
  server = await serveFolder(web);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** The page, loaded, with what it asked for and what went wrong. */
async function open(): Promise<{ readonly page: Page; readonly wrong: string[]; readonly hosts: Set<string> }> {
  const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
  const wrong: string[] = [];
  const hosts = new Set<string>();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("request", (request) => hosts.add(new URL(request.url()).origin));
  await page.goto(server.url);
  await page.getByText("Ready.").waitFor();
  return { page, wrong, hosts };
}

/** What the page's own module says of RGB bytes, and of an encoded file; as text, so that no tool rewrites the import. */
const askInPage = (page: Page, rgb: string, file: string, { width, height }: { width: number; height: number }) =>
  page.evaluate<number[][]>(`(async () => {
    const { classify, decode } = await import(${JSON.stringify(`${server.url}classify.js`)});
    const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const decoded = await decode(new Blob([bytesOf("${file}")]));
    const given = { pixels: bytesOf("${rgb}"), width: ${width}, height: ${height} };
    return [[...(await classify(given))], [...(await classify(decoded))]];
  })()`);

describe("the page that classifies", () => {
  test("says of a chosen picture what predict says of it, and asks no other host", async () => {
    const { page, wrong, hosts } = await open();
    const picture = join(cwd, "photos", "dogs", "3.png");
    await page.setInputFiles("#file", picture);
    await page.locator("#result").waitFor();
    const { stdout } = await argmin(["predict", run, picture, "--json"], { cwd });
    const said = JSON.parse(stdout.split("\n")[0]!);
    expect(await page.locator("#answer").textContent()).toBe(said.label ?? said.predicted);
    const shown = await page.locator("#bars .percent").allTextContents();
    expect(shown).toHaveLength(4);
    expect(Number.parseFloat(shown[0]!)).toBeCloseTo(100 * said.probability, 0);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    expect(wrong).toEqual([]);
    expect([...hosts].filter((host) => host !== "null")).toEqual([new URL(server.url).origin]);
    await page.close();
  });

  test("gives the probabilities of native ONNX Runtime for the same RGB bytes, and for the same PNG", async () => {
    const { page } = await open();
    const native = await openClassifier(run, "cpu");
    const held = csvRows(join(run, "predictions.csv")).slice(0, 12);
    for (const { path } of held) {
      const file = join(cwd, "photos", path!);
      const picture = await decodePicture(file);
      const expected = [...(await native.classify(picture))];
      const { data, info } = await sharp(file)
        .removeAlpha()
        .toColourspace("srgb")
        .raw()
        .toBuffer({ resolveWithObject: true });
      const answers = await askInPage(page, data.toString("base64"), readFileSync(file).toString("base64"), info);
      for (const answer of answers) {
        for (const [c, probability] of answer.entries()) {
          expect(Math.abs(probability - expected[c]!)).toBeLessThanOrEqual(1e-5);
        }
      }
    }
    await native.close();
    await page.close();
  });

  test("says that a file is no picture, and takes the next one", async () => {
    const { page } = await open();
    await page.setInputFiles("#file", { name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") });
    await page.getByText("notes.jpg cannot be read").waitFor();
    expect(await page.locator("#result").isVisible()).toBe(false);
    await page.setInputFiles("#file", join(cwd, "photos", "fish", "1.png"));
    await page.locator("#result").waitFor();
    await page.close();
  });

  test("is a folder that needs nothing else", () => {
    for (const name of ["index.html", "page.js", "classify.js", "model.onnx"])
      expect(isThere(web, name), name).toBe(true);
    expect(readFileSync(join(web, "index.html"), "utf8")).not.toMatch(/https?:\/\//);
  });
});
