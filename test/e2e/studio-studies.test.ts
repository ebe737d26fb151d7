/** The pages of studies in a real Chromium: all views of a search, what one does with them, and a search that is started, paused and resumed. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { makeStudy } from "../../bench/made-study.js";
import { expectAccessible, look, startStudio } from "./studio-support.ts";
import { temporaryFolder } from "./support.ts";

const cwd = temporaryFolder();
await makeStudy(join(cwd, "runs"), { name: "photos-tune", trials: 30, front: true });
const { url } = await startStudio(cwd);

/** What stands behind a label. */
const field = (page: Page, name: string) =>
  page
    .locator("label")
    .filter({ hasText: new RegExp(`^\\s*${name}`) })
    .locator("input, select");
const heading = (page: Page, name: string) => page.getByRole("heading", { name }).waitFor();

test("a study of thirty trials shows in all views, and each leads to its trials", async () => {
  const { page, wrong } = await look(`${url}/#/studies`);
  await page.getByRole("link", { name: "photos-tune" }).click();
  for (const name of [
    "History",
    "accuracy against parameters",
    "All parameters",
    "What matters",
    "One parameter at a time",
  ]) {
    await heading(page, name);
  }
  await heading(page, "Uncertainty");
  await heading(page, "Trials by epoch");
  await page.getByText(/from \d+ trials/).waitFor();
  await expectAccessible(page);

  // By keys through the history: the first trial is chosen, and the address keeps it.
  const history = page.getByRole("application", { name: /^History/ });
  await history.press("ArrowRight");
  await page.getByRole("heading", { name: "trial 0" }).waitFor();
  expect(page.url()).toContain("trial=0");

  // A range on an axis, by keys: fewer trials are left, in the table too.
  await page.getByRole("button", { name: "accuracy, no range" }).press("ArrowUp");
  const told = await page.getByText(/of 30 trials are in the chosen ranges/).textContent();
  const left = Number(/\d+/.exec(told!)![0]);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(30);
  expect(
    await page
      .locator("tbody tr")
      .filter({ has: page.getByRole("button") })
      .count(),
  ).toBe(Math.min(25, left));
  await page.getByRole("button", { name: "Clear the ranges" }).click();

  // Another pair, and the mean and the uncertainty are of that.
  await field(page, "Across").selectOption("dropout");
  await field(page, "Up").selectOption("l2.strength");
  expect(page.url()).toContain("x=dropout&y=l2.strength");
  await field(page, "Drawn by").selectOption("parameters");
  await heading(page, "History: parameters");
  expect(wrong).toEqual([]);
  await page.context().close();

  const narrow = await look(`${url}/#/study/photos-tune?trial=3&by=parameters`, {
    ...{ width: 390, dark: true, language: "zh-CN" },
  });
  await heading(narrow.page, "试验 3");
  await heading(narrow.page, "不确定度");
  await expectAccessible(narrow.page);
  expect(await narrow.page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  expect(narrow.wrong).toEqual([]);
  await narrow.page.context().close();
});

test("a search is started, paused and resumed, and is seen as it goes", async () => {
  const { page, wrong } = await look(`${url}/#/studies`);
  await field(page, "Name").fill("short");
  await field(page, "Model").selectOption("linear");
  await field(page, "Trials in all").fill("200");
  await page.getByText("More choices").click();
  await field(page, "Epochs of a trial").fill("2");
  await field(page, "Sampler").selectOption("random");
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByRole("link", { name: "short" }).click({ timeout: 60_000 });
  // Trials come while the page is open.
  await page.getByText(/[2-9] complete/).waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("paused", { exact: true }).waitFor({ timeout: 60_000 });
  const trials = async () => {
    const { trials: of } = (await (await page.request.get(`${url}/api/studies/short`)).json()) as {
      trials: { state: string[] };
    };
    return of.state;
  };
  const before = await trials();
  expect(before.every((state) => state === "complete" || state === "pruned")).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await trials()).toEqual(before);
  // The process of before says its last words about the best first.
  await field(page, "Trials in all").fill(String(before.length + 2));
  await expect
    .poll(
      async () => {
        await page
          .getByRole("button", { name: "Go on" })
          .click({ timeout: 1000 })
          .catch(() => {});
        return (await trials()).length;
      },
      { timeout: 60_000, interval: 500 },
    )
    .toBeGreaterThan(before.length);
  await page.getByText("ended", { exact: true }).waitFor({ timeout: 60_000 });
  expect(await trials()).toHaveLength(before.length + 2);

  // Stopped, it ends at once: what ran is given up, and nothing new begins.
  await field(page, "Trials in all").fill("400");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("button", { name: "Stop" }).click({ timeout: 60_000 });
  await page.getByText("paused", { exact: true }).waitFor({ timeout: 60_000 });
  const stopped = await trials();
  expect(stopped.length).toBeLessThan(400);
  expect(stopped).not.toContain("running");

  // It says its last words about the best, in a folder that this test deletes in the end.
  const ended = async () => {
    const { studies } = (await (await page.request.get(`${url}/api/studies`)).json()) as {
      studies: { name: string; process: { exit: number | null } | null }[];
    };
    return studies.find(({ name }) => name === "short")?.process?.exit;
  };
  await expect.poll(ended, { timeout: 60_000 }).toBe(0);

  // A trial leads to its run, which lies in the study's folder; by an address that is typed, too.
  await page.getByRole("link", { name: "Open its run: 0" }).click();
  await page.getByRole("heading", { name: "short/trial-0000" }).waitFor();
  await page.getByRole("link", { name: "Confusion" }).waitFor();
  await page.goto(`${url}/#/run/short/trial-0001`);
  await page.getByRole("heading", { name: "short/trial-0001" }).waitFor();
  await page.getByRole("link", { name: "Confusion" }).waitFor();
  expect(wrong).toEqual([]);
  await page.context().close();
});
