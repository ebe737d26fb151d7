/**
 * A study of 2,000 trials in the Studio: how long until it is seen, and until it answers. Prints one line of JSON with milliseconds:
 * `first`, until the history is drawn; `whole`, until the model's surface is there; and from each act to the frame after it.
 *
 * node bench/studio-study.js [trials]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "./chromium.js";
import { makeStudy } from "./made-study.js";

const ROUNDS = 3;
const trials = Number(process.argv[2] ?? 2000);
const runs = mkdtempSync(join(tmpdir(), "argmin-"));
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const found = {};
const report = (what, list) => {
  found[what] = Math.round(median(list));
};

await makeStudy(runs, { trials });
const program = fileURLToPath(new URL("../bin/argmin.js", import.meta.url));
const server = spawn(process.execPath, [program, "studio", "--port", "0", "--json", "--runs", runs]);
const url = await new Promise((found) => {
  server.stdout.on("data", (data) => {
    const [, address] = /"url":"([^"]+)"/.exec(data) ?? [];
    if (address) found(address);
  });
});
const browser = await launch();

/** Milliseconds from an event until the frame after it has been drawn. */
const answered = (page, event) =>
  page.evaluate(`(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    const find = (name) => document.querySelector('[aria-label^="' + name + '"]');
    const times = [];
    for (let i = 0; i < 12; i++) {
      await frame();
      const from = performance.now();
      ${event}
      await frame();
      times.push(performance.now() - from);
    }
    return times;
  })()`);

try {
  const first = [];
  const whole = [];
  let page;
  for (let round = 0; round < ROUNDS; round++) {
    await page?.context().close();
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    const from = performance.now();
    await page.goto(`${url}/#/study/photos-tune`);
    await page.getByRole("application", { name: /^History/ }).waitFor();
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))");
    first.push(performance.now() - from);
    await page.getByText(/from \d+ trials/).waitFor();
    whole.push(performance.now() - from);
  }
  report("first", first);
  report("whole", whole);
  const pointer = (figure) => `
    const place = find("${figure}");
    const { left, top, width, height } = place.getBoundingClientRect();
    place.dispatchEvent(new PointerEvent("pointermove", {
      bubbles: true, clientX: left + width * (0.2 + 0.05 * i), clientY: top + height / 3 }));`;
  report("pointHistory", await answered(page, pointer("History")));
  report("pointParallel", await answered(page, pointer("All parameters")));
  report("pointCurves", await answered(page, pointer("Trials by epoch")));
  const key = (axis, name) =>
    `find("${axis}").dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, key: "${name}" }));`;
  report("range", await answered(page, key("accuracy,", "ArrowDown")));
  report("nextTrial", await answered(page, key("History", "ArrowRight")));
  const { first: seen, whole: modelled, ...interaction } = found;
  const slowest = Math.max(...Object.values(interaction));
  console.log(JSON.stringify({ trials, first: seen, whole: modelled, interaction, slowest }));
} finally {
  await browser.close();
  server.kill("SIGINT");
  rmSync(runs, { recursive: true, force: true });
}
