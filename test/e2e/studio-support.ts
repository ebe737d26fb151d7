/** A Studio of a folder of runs and a Chromium that looks at it, for the tests of its pages. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, expect } from "vitest";
import { launch } from "../../bench/chromium.js";
import { jsonLines, Running } from "./support.ts";

const endings: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of endings.toReversed()) await end();
});

export interface StudioServer {
  /** Such as http://127.0.0.1:41234, without a slash at the end. */
  readonly url: string;
  readonly process: Running;
}

/** `argmin studio` on a free port, until the end of the test file. */
export async function startStudio(cwd: string, ...args: readonly string[]): Promise<StudioServer> {
  const process = new Running(["studio", "--port", "0", "--json", ...args], { cwd });
  endings.push(async () => {
    process.child.kill("SIGINT");
    await process.ended;
  });
  await process.until("listening");
  const { url } = jsonLines(process.stdout).find(({ event }) => event === "listening")!;
  return { url, process };
}

let browser: Promise<Browser> | undefined;

/** One Chromium for a test file. */
export function chromium(): Promise<Browser> {
  if (browser === undefined) {
    browser = launch();
    endings.push(async () => (await browser)!.close());
  }
  return browser;
}

export interface Looked {
  readonly page: Page;
  /** What the console and the page itself complained about; a test expects it to stay empty. */
  readonly wrong: string[];
  /** Whom it asked. */
  readonly hosts: Set<string>;
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly language?: "en-US" | "zh-CN";
  /** The reader wants no movement; so it is unless said, since tests do not wait for it. */
  readonly still?: boolean;
}

/** A new page in a profile of its own, which has chosen neither theme nor language. */
export async function look(url: string, options: Look = {}): Promise<Looked> {
  const { width = 1280, height = 800, dark = false, language = "en-US", still = true } = options;
  const context: BrowserContext = await (await chromium()).newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: still ? "reduce" : "no-preference",
    locale: language,
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const wrong: string[] = [];
  const hosts = new Set<string>();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http")) hosts.add(origin);
  });
  await page.goto(url);
  return { page, wrong, hosts };
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe-core finds wrong with the page as it stands, of what is serious or worse: none, for a test to go on. */
export async function expectAccessible(page: Page): Promise<void> {
  // Through the debugger, since the page lets no script in that is not its own.
  const axe = (await import("axe-core")).default.source;
  if (await page.evaluate<boolean>("!('axe' in window)")) await page.evaluate(axe);
  const asked = 'axe.run(document, { resultTypes: ["violations"] })';
  const found = await page.evaluate<Violation[]>(`${asked}.then(({ violations }) => violations)`);
  const serious = found.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = serious.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
  expect(told).toEqual([]);
}
