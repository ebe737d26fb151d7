/**
 * How quick is the Studio with 200 runs of 100 epochs and a study of 2,000 trials? A server in a process of its own, a Chromium
 * with a new profile. Prints one line of JSON with milliseconds: `list`, the first answer of a server that has read nothing yet;
 * `first`, from the request of the page until every row and the first curves are drawn; and until the next picture after each of
 * what people do, as the page itself sees it (the time from the event to the frame after the change).
 *
 * node bench/studio.js [runs] [epochs] [trials]
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "./chromium.js";
import { writeRun } from "./studio-folder.js";
import { median, root } from "./support.js";

const [count = 200, epochs = 100, trials = 2000] = process.argv.slice(2).map(Number);
const home = mkdtempSync(join(tmpdir(), "argmin-studio-"));
const runs = join(home, "runs");
for (let n = 0; n < count; n++) writeRun(runs, n, epochs);
// The folders of a study's trials lie in one folder beside the runs.
const study = join(runs, "photos-tune");
mkdirSync(study, { recursive: true });
for (let n = 0; n < trials; n++) mkdirSync(join(study, `trial-${String(n).padStart(4, "0")}`));

const server = spawn(process.execPath, [
  join(root, "bin", "argmin.js"),
  "studio",
  "--port",
  "0",
  "--json",
  "--runs",
  runs,
]);
const url = await new Promise((resolve, reject) => {
  let text = "";
  server.stdout.on("data", (part) => {
    text += part;
    const line = text.split("\n").find((one) => one.includes('"listening"'));
    if (line) resolve(JSON.parse(line).url);
  });
  server.on("exit", () => reject(new Error("the Studio has ended")));
});

/** From an act in the page to the picture that shows it: a task after the next frame. */
const timed = (page, act) =>
  page.evaluate(
    `new Promise((done) => {
      const start = performance.now();
      (${act})();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
    })`,
  );

/** The first frame at which something is so; as an expression of the page, whose policy forbids to make code of text. */
const until = (condition) => `new Promise((done) => {
  const look = () => (${condition}) ? done() : requestAnimationFrame(look);
  look();
})`;

const click = (selector) => `() => document.querySelector(${JSON.stringify(selector)}).click()`;
const type = (text) => `() => {
  const field = document.querySelector('input[type="search"]');
  field.value = ${JSON.stringify(text)};
  field.dispatchEvent(new Event("input", { bubbles: true }));
}`;
const acts = {
  sort: [click("th.testAccuracy button"), click("th.name button")],
  filter: [type("model=cnn"), type("")],
  pick: [click("tbody tr:nth-child(70)"), click("tbody tr:nth-child(7)")],
  draw: [click("tbody tr:nth-child(9) input"), click("tbody tr:nth-child(9) input")],
  metric: ["trainLoss", "validationAccuracy"].map(
    (name) => `() => {
      const choice = document.querySelector("section select");
      choice.value = ${JSON.stringify(name)};
      choice.dispatchEvent(new Event("change", { bubbles: true }));
    }`,
  ),
};

try {
  const asked = performance.now();
  const { runs: listed } = await (await fetch(`${url}/api/runs`)).json();
  const list = performance.now() - asked;
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const started = performance.now();
  await page.goto(url);
  await page.evaluate(
    until(
      `document.querySelectorAll("tbody tr th a").length >= ${Math.min(count, 80)} && document.querySelector('g[data-mark="line"]')`,
    ),
  );
  const first = performance.now() - started;
  const interaction = {};
  for (const [name, pair] of Object.entries(acts)) {
    const times = [];
    for (let i = 0; i < 10; i++) {
      times.push(await timed(page, pair[i % 2]));
      await page.waitForTimeout(50);
    }
    interaction[name] = Math.round(median(times));
  }
  // All that are listed at once, which is asked for rarely.
  await page.evaluate(`(${click("thead input")})()`);
  await page.evaluate(until(`document.querySelectorAll('g[data-mark="line"]').length >= ${Math.min(count, 80)}`));
  interaction.pickAmongAll = Math.round(await timed(page, click("tbody tr:nth-child(70)")));
  await browser.close();
  const facts = { runs: listed.length, epochs, trials, list: Math.round(list), first: Math.round(first) };
  console.log(JSON.stringify({ ...facts, interaction, slowest: Math.max(...Object.values(interaction)) }));
} finally {
  server.kill("SIGINT");
  rmSync(home, { recursive: true, force: true });
}
