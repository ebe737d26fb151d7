/** The Lab as it lies on a static host: its numbers, its addresses, its weight. */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, type Look, look } from "./studio-support.ts";
import { argmin, temporaryFolder, writePhotos } from "./support.ts";

const cwd = temporaryFolder();
const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".css": "text/css",
  ".woff2": "font/woff2",
};
/** What was asked for, with its size as it crosses the wire: text compressed, fonts as they are. */
let sent: Map<string, number>;
const server = createServer((request, response) => {
  // Below a folder, as on a host that serves many things.
  const name = decodeURIComponent(request.url!.replace(/^\/some\/folder\//, "").split("?")[0]) || "index.html";
  const path = join(cwd, "lab", name);
  if (!existsSync(path)) {
    response.writeHead(404).end();
    return;
  }
  const bytes = readFileSync(path);
  const type = extname(name);
  sent.set(name, type === ".woff2" ? bytes.length : gzipSync(bytes).length);
  response.writeHead(200, { "content-type": types[type] ?? "application/octet-stream" }).end(bytes);
});
let address: string;

beforeAll(async () => {
  const { code } = await argmin(["studio", "--export-lab", "lab"], { cwd });
  expect(code).toBe(0);
  sent = new Map();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as { port: number }).port}/some/folder/`;
});
afterAll(() => {
  server.close();
});

const plain = (text: string) => text.replaceAll("−", "-").replaceAll(/\s+/g, " ");
/** The rows of the lesson's table, the first or the one of that caption. */
const rows = async (page: Page) =>
  (
    await page
      .locator("article table tbody tr")
      .evaluateAll((all) => all.map((row) => (row as unknown as { innerText: string }).innerText))
  ).map(plain);

const goTo = (page: Page, hash: string) => page.goto(`${address}#/${hash}`);
/** What the rows show in the end: a page goes to another address of its own after the browser says that it is there. */
const shows = (page: Page, read: (rows: string[]) => unknown) => expect.poll(async () => read(await rows(page)));
/** The last word of each row. */
const last = (all: string[]) => all.map((row) => row.split(" ").at(-1));

test("the first load is light, and holds no engine of WebAssembly", async () => {
  sent.clear();
  const { page, wrong, hosts } = await look(`${address}#/line-fit?b=0.4`);
  await page.locator(".katex").first().waitFor();
  await page.evaluate("document.fonts.ready.then(() => undefined)");
  expect([...sent.keys()].some((name) => name.endsWith(".woff2"))).toBe(true);
  expect([...sent.keys()].filter((name) => /wasm|onnx/i.test(name))).toEqual([]);
  expect([...sent.values()].reduce((total, size) => total + size, 0)).toBeLessThan(400_000);
  expect([...hosts]).toEqual([new URL(address).origin]);
  expect(wrong).toEqual([]);
  await page.context().close();
});

test("the numbers of the lessons are those of the course", async () => {
  const { page, wrong } = await look(`${address}#/learning-rate?rate=0.1&step=2`);
  const positions = (all: string[]) => all.map((row) => row.split(" ")[1]);
  await shows(page, (all) => positions(all).slice(0, 3)).toEqual(["-1.0000", "-0.8000", "-0.6200"]);
  await goTo(page, "learning-rate?rate=2&step=3");
  await shows(page, (all) => positions(all).slice(0, 4)).toEqual(["-1.0000", "3.0000", "-1.0000", "3.0000"]);
  await goTo(page, "valley?method=conjugate&step=2");
  await shows(page, last).toEqual(["5.312", "0.002867", "0"]);
  await goTo(page, "adagrad?step=3");
  await shows(page, (all) => all.slice(0, 4).map((row) => row.split(" ").slice(5, 7).join(" "))).toEqual([
    "0.810 0.360",
    "1.086 0.483",
    "1.199 0.533",
    "1.247 0.554",
  ]);
  await goTo(page, "backprop?step=11");
  for (const row of ["w 0.8 0.9 0.71", "b 0.2 0.6 0.14", "x 1.5 0.48 1.5", "L 0.1800 1 0.0820"])
    await shows(page, (all) => all.join("\n")).toContain(row);
  await goTo(page, "gradient-check?power=-9");
  await shows(page, (all) => all[1]).toContain("5.1·10⁻⁹");
  expect(wrong).toEqual([]);
  await page.context().close();
});

test("and so are those of the lessons on losses", async () => {
  const { page, wrong } = await look(`${address}#/svm?guess=0`);
  await shows(page, last).toEqual(["2.9", "0", "12.9", "5.27"]);
  await goTo(page, "svm?guess=0&loss=squared-hinge");
  await shows(page, last).toEqual(["8.41", "0", "83.25", "30.55"]);
  await goTo(page, "scale?guess=0&factor=2");
  await shows(page, (all) => all[1]).toContain("0 0 0.0791 0.0038");
  await goTo(page, "search?guess=1&trials=60");
  await page.getByText("95.4 % after 60 trials").waitFor();
  await shows(page, (all) => all[0]).toMatch(/ 3 9$/);
  expect(wrong).toEqual([]);
  await page.context().close();
});

test("lessons train on the ONNX Runtime beside the page, on a folder of one's own as well", async () => {
  const { page, wrong, hosts } = await look(`${address}#/graph?run=1&epochs=1&card=4`);
  await page.getByText(/One path: the product/).waitFor();
  expect((await rows(page)).at(-1)).toContain("matmul");
  const photos = await writePhotos(join(cwd, "photos"), { classes: ["leaf", "shell"], count: 10 });
  await page.goto(`${address}#/templates?guess=1`);
  await page.locator("input[type=file]").setInputFiles(photos);
  await page.getByText("20 pictures of 2 classes").waitFor();
  expect(await page.getByText("builtin:shapes, in an easier form").count()).toBe(0);
  await page.getByRole("button", { name: /^Train/ }).click();
  await page.getByText("The templates after epoch 12").waitFor();
  expect(await page.locator(".template").allInnerTexts()).toEqual(["leaf", "shell"]);
  expect(wrong).toEqual([]);
  expect([...hosts]).toEqual([new URL(address).origin]);
  await page.context().close();
});

test("a guess opens the lesson, keys step it, and the address brings all of it back", async () => {
  const { page, wrong } = await look(`${address}#/learning-rate`);
  await page.getByRole("button", { name: "It runs away to infinity" }).click();
  await page.locator("article table").waitFor();
  await page.keyboard.press("Tab");
  await page.locator("h1").click();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.getByRole("button", { name: "1.5" }).click();
  await page.waitForURL(/guess=2/);
  await page.waitForURL(/rate=1.5/);
  await page.waitForURL(/step=2/);
  const before = await rows(page);
  const other = await look(page.url());
  await other.page.locator("article table").waitFor();
  expect(await rows(other.page)).toEqual(before);
  expect(await other.page.locator("output").first().innerText()).toContain("2");
  await other.page.getByText("Show the TypeScript").click();
  expect(await other.page.locator("pre").innerText()).toContain("sgd({ learningRate: 1.5 })");
  expect([...wrong, ...other.wrong]).toEqual([]);
  await page.context().close();
  await other.page.context().close();
});

test("every lesson in both themes, languages and widths, without a serious fault", async () => {
  const looks = [{}, { dark: true, width: 390, language: "zh-CN" }] as const;
  const each = looks.map(async (options: Look, turn) => {
    const { page, wrong } = await look(address, options);
    await page.locator("ol li a").first().waitFor();
    await expectAccessible(page);
    const links = await page.locator("ol li a").evaluateAll((all) => all.map((one) => one.getAttribute("href")!));
    const titles = await page.locator("ol li a .name").allInnerTexts();
    expect(links).toHaveLength(18);
    // Half of the lessons are examined in each look, which takes longer than the lesson; all have to fit into the narrow one.
    for (const [i, link] of links.entries()) {
      if (i % 2 !== turn && !("width" in options)) continue;
      await page.goto(`${address}${link}?guess=skip`);
      await page.getByRole("heading", { name: titles[i], exact: true }).waitFor();
      await page.locator(".katex").first().waitFor();
      if (i % 2 === turn) await expectAccessible(page);
      expect(await page.evaluate<number>("document.documentElement.scrollWidth"), link).toBeLessThanOrEqual(
        options.width ?? 1280,
      );
    }
    expect(wrong).toEqual([]);
    await page.context().close();
  });
  await Promise.all(each);
});
