/** A study of 2,000 trials in the Studio: how long until it is seen, and until it answers. Run with `node bench/studio-study.js`. */
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
const shown = (list) => `${Math.round(median(list))} ms (${list.map(Math.round).join(", ")})`;
const report = (what, list) => console.log(`${what.padEnd(44)}${shown(list)}`);

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
  report(`first page of ${trials} trials`, first);
  report("until the model's surface is there", whole);
  const pointer = (figure) => `
    const place = find("${figure}");
    const { left, top, width, height } = place.getBoundingClientRect();
    place.dispatchEvent(new PointerEvent("pointermove", {
      bubbles: true, clientX: left + width * (0.2 + 0.05 * i), clientY: top + height / 3 }));`;
  report("pointer over the history", await answered(page, pointer("History")));
  report("pointer over parallel coordinates", await answered(page, pointer("All parameters")));
  report("pointer over the curves", await answered(page, pointer("Trials by epoch")));
  const key = (axis, name) =>
    `find("${axis}").dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, key: "${name}" }));`;
  report("a range on an axis, by keys", await answered(page, key("accuracy,", "ArrowDown")));
  report("the next trial, by keys", await answered(page, key("History", "ArrowRight")));
} finally {
  await browser.close();
  server.kill("SIGINT");
  rmSync(runs, { recursive: true, force: true });
}
