/** Searches over hyperparameters, by the command, on rows of numbers that a trial learns in well under a second. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { launch } from "../../bench/chromium.js";
import { type Case, cases, errorOf } from "./cases.ts";
import {
  argmin,
  clouds,
  csvRows,
  doneLine,
  jsonLines,
  type Line,
  type Options,
  Running,
  temporaryFolder,
  tooWide,
  write,
} from "./support.ts";

const cwd = temporaryFolder();

beforeAll(() => {
  write(join(cwd, "clouds.csv"), clouds());
});

const base = ["clouds.csv", "--model", "mlp", "--epochs", "4", "--json", "--threads", "1"];
const tune = (args: readonly string[], options: Partial<Options> = {}) =>
  argmin(["tune", ...base, ...args], { cwd, ...options });

const trialsOf = (lines: readonly Line[]) => lines.filter(({ event }) => event === "trial");

describe("argmin tune", () => {
  test("tries the defaults first, keeps every trial, makes a run of the best, and repeats itself", async () => {
    const result = await tune(["--trials", "5", "--sampler", "sobol", "--pruner", "none", "--name", "first"]);
    const done = doneLine(result);
    expect(tooWide(result.stderr)).toEqual([]);
    const trials = trialsOf(jsonLines(result.stdout));
    expect(trials.map(({ trial, state, step }) => [trial, state, step])).toEqual(
      [0, 1, 2, 3, 4].map((number) => [number, "complete", 4]),
    );
    const best = trials.reduce((a, b) => (b.metrics.accuracy > a.metrics.accuracy ? b : a));
    expect(done.best).toMatchObject({ trial: best.trial, configuration: best.configuration });
    // The first is what a training without a search would be, to the last bit.
    const plain = doneLine(await argmin(["train", ...base, "--name", "plain"], { cwd }));
    const first = readdirSync(join(cwd, "runs/first"))
      .filter((name) => name.startsWith("trial-"))
      .sort();
    expect(first).toHaveLength(5);
    const trained = JSON.parse(readFileSync(join(cwd, plain.run, "metrics.json"), "utf8"));
    expect(trials[0].metrics).toMatchObject({ accuracy: trained.validation.accuracy, loss: trained.validation.loss });
    // The best has become a run with everything, and the others keep their curves alone.
    const folder = join(cwd, "runs/first", `trial-${String(best.trial).padStart(4, "0")}`);
    expect(done.run).toBe(`runs/first/trial-${String(best.trial).padStart(4, "0")}`);
    expect(existsSync(join(folder, "model.onnx"))).toBe(true);
    const metrics = JSON.parse(readFileSync(join(folder, "metrics.json"), "utf8"));
    expect(metrics.test.images).toBeGreaterThan(20);
    for (const { trial } of trials.filter((one) => one.trial !== best.trial)) {
      const other = join(cwd, "runs/first", `trial-${String(trial).padStart(4, "0")}`);
      expect(readdirSync(other).sort()).toEqual(["config.yaml", "events.ndjson", "metrics.csv", "split.json"]);
    }
    // The command that is printed trains the same weights again.
    const words = (done.command as string).split(" ").slice(1);
    const again = doneLine(await argmin([...words, "--json", "--name", "again"], { cwd }));
    expect(again.weightsHash).toBe(metrics.weightsHash);
  });

  test("can be opened afterwards, and goes on", async () => {
    const shown = await argmin(["study", "first", "--json"], { cwd });
    expect(jsonLines(shown.stdout).at(-1)).toMatchObject({ event: "study", study: "first", trials: 5 });
    const more = await argmin(["tune", "--resume", "first", "--trials", "7", "--json"], { cwd });
    expect(trialsOf(jsonLines(more.stdout)).map(({ trial }) => trial)).toEqual([5, 6]);
    await argmin(["study", "first", "--export", "trials.csv"], { cwd });
    const rows = csvRows(join(cwd, "trials.csv"));
    expect(rows.map(({ trial, number = trial, state }) => [number, state])).toEqual(
      Array.from({ length: 7 }, (_, i) => [String(i), "complete"]),
    );
    await argmin(["study", "first", "--export", "study.json"], { cwd });
    const whole = JSON.parse(readFileSync(join(cwd, "study.json"), "utf8"));
    expect(whole.trials.map(({ reports }: { reports: object[] }) => reports.length)).toEqual(new Array(7).fill(4));
    const listed = await argmin(["study", "--json"], { cwd });
    expect(jsonLines(listed.stdout)).toMatchObject([{ study: "first", trials: 7 }]);
    expect(doneLine(more).page).toBe("runs/first/study.html");
  });

  test.each([
    ["light", 1000],
    ["dark", 390],
  ] as const)("its page in the %s at %i pixels asks for nothing, fits, and sorts", async (colorScheme, width) => {
    const address = pathToFileURL(join(cwd, "runs/first/study.html")).href;
    const browser = await launch();
    try {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      const wrong: string[] = [];
      const asked: string[] = [];
      page.on("console", (message) => wrong.push(message.text()));
      page.on("pageerror", (error) => wrong.push(error.message));
      page.on("request", (request) => asked.push(request.url()));
      await page.goto(address);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      expect(await page.locator("figure svg:visible").count()).toBeGreaterThan(8);
      const numbers = async () => await page.locator("#trials tbody td:first-child").allTextContents();
      const ranked = await numbers();
      await page.locator("#trials th").first().getByRole("button").click();
      expect(await numbers()).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
      expect([...ranked].sort()).toEqual(await numbers());
      await page.locator("#trials th").nth(1).getByRole("button").click();
      await page.locator("#trials th").nth(1).getByRole("button").click();
      expect((await numbers())[0]).toBe(ranked[0]);
      expect(wrong).toEqual([]);
      expect(asked.filter((url) => !url.startsWith("data:"))).toEqual([address]);
    } finally {
      await browser.close();
    }
  });

  test("killed in the middle, nothing is lost: it ends with the trials of an undisturbed search", async () => {
    const args = ["--sampler", "random", "--trials", "4", "--seed", "3"];
    const undisturbed = trialsOf(jsonLines((await tune([...args, "--name", "whole"])).stdout));
    const running = new Running(["tune", ...base, ...args, "--name", "killed"], { cwd });
    await running.until('"event":"report","trial":2,"step":2');
    running.child.kill("SIGKILL");
    await running.ended;
    const rest = await argmin(["tune", "--resume", "killed", "--trials", "4", "--json"], { cwd });
    const lines = jsonLines(rest.stdout);
    doneLine(rest);
    // It goes on from its checkpoint: what was reported is not reported again.
    const reports = lines.filter(({ event, trial }) => event === "report" && trial === 2);
    expect(reports[0].step).toBeGreaterThan(1);
    const trials = [...trialsOf(jsonLines(running.stdout)), ...trialsOf(lines)];
    const facts = (all: readonly Line[]) =>
      all.map(({ trial, state, configuration, metrics }) => [
        trial,
        state,
        configuration,
        metrics.accuracy,
        metrics.loss,
      ]);
    expect(facts(trials)).toEqual(facts(undisturbed));
  });

  test("Ctrl-C gives what runs back, and says how to go on", async () => {
    const running = new Running(["tune", ...base, "--trials", "30", "--name", "stopped"], { cwd });
    await running.until('"event":"report","trial":1,"step":1');
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ event: "done", reason: "stopped" });
    expect(stderr).toContain("argmin tune --resume stopped");
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test("asha lets few trials see all epochs, and two trials run side by side", async () => {
    const args = ["--sampler", "random", "--pruner", "asha", "--epochs", "9", "--trials", "7", "--workers", "2"];
    const result = await tune([...args, "--name", "asha"]);
    doneLine(result);
    const lines = jsonLines(result.stdout);
    const trials = trialsOf(lines);
    expect(trials).toHaveLength(7);
    const complete = trials.filter(({ state }) => state === "complete");
    expect(complete.length).toBeGreaterThan(0);
    expect(complete.length).toBeLessThan(5);
    for (const { state, step } of trials) if (state === "pruned") expect([1, 3]).toContain(step);
    // No epoch of any trial was trained twice.
    const reports = lines.filter(({ event }) => event === "report").map(({ trial, step }) => `${trial} ${step}`);
    expect(new Set(reports).size).toBe(reports.length);
  });

  test("nothing above a limit is ever trained, and a front has two objectives", async () => {
    const constraint = ["--constraint", "parameters<=2000"];
    const result = await tune([
      ...constraint,
      "--objective",
      "accuracy,parameters",
      "--trials",
      "5",
      "--name",
      "small",
    ]);
    const trials = trialsOf(jsonLines(result.stdout));
    // What train would do without a search has more: it is left out.
    expect(trials).toHaveLength(5);
    for (const { metrics } of trials) expect(metrics.parameters).toBeLessThanOrEqual(2000);
    const shown = jsonLines((await argmin(["study", "small", "--json"], { cwd })).stdout).at(-1)!;
    const front = shown.best as { metrics: Record<string, number> }[];
    for (let i = 1; i < front.length; i++) {
      expect(front[i].metrics.parameters).toBeLessThan(front[i - 1].metrics.parameters);
      expect(front[i].metrics.accuracy).toBeLessThanOrEqual(front[i - 1].metrics.accuracy);
    }
  });

  test("takes over what an earlier study and a run have found, and trains the best on all", async () => {
    const args = ["--from", "first", "--from", "runs/plain", "--trials", "1", "--retrain", "--name", "warm"];
    const result = await tune(args);
    const done = doneLine(result);
    expect(result.stderr).toContain("from first: 7 trials count here");
    expect(result.stderr).toContain("from runs/plain: 1 trials count here");
    expect(done.run).toBe("runs/warm/retrained");
    const { counts } = JSON.parse(
      readFileSync(join(cwd, "runs/warm/retrained/events.ndjson"), "utf8")
        .split("\n")
        .find((line) => line.includes('"event":"data"'))!,
    );
    expect(counts.validation).toBe(0);
  });

  test("is a function of the library, too", async () => {
    const { tune: search } = await import("argmin");
    const runs = join(cwd, "library");
    const data = join(cwd, "clouds.csv");
    const steps: number[] = [];
    const options = { data, runs, name: "clouds", epochs: 2, threads: 1, sampler: "random", trials: 2 };
    const { best, trials, run, reason } = await search({
      ...options,
      onEvent: (event) => {
        if (event.type === "report") steps.push(event.step);
      },
    });
    expect(reason).toBe("budget");
    expect(trials.map(({ state }) => state)).toEqual(["complete", "complete"]);
    expect(steps).toEqual([1, 2, 1, 2]);
    expect(run?.folder).toBe(best[0].folder);
    expect(run?.validation?.accuracy).toBe(best[0].metrics.accuracy);
    await expect(search(options)).rejects.toThrow("there is such a folder already");
    // Whoever goes on with a study that was paused wants it to run.
    expect((await argmin(["study", "clouds", "--pause", "--runs", runs], { cwd })).code).toBe(0);
    expect((await search({ ...options, resume: true, trials: 3 })).trials).toHaveLength(3);
  });

  test("a space that is exhausted is a result", async () => {
    write(
      join(cwd, "two.yaml"),
      "hinge.margin: 1\noptimizer: [adam, nesterov]\nadam.learningRate: 0.01\nnesterov.learningRate: 0.1\n",
    );
    const shape = ["--hidden", "8", "--activation", "relu", "--dropout", "0"];
    const fixed = [...shape, "--batch-size", "16", "--schedule", "cosine", "--l2", "1e-4"];
    const result = await tune(["--space", "two.yaml", "--loss", "hinge", ...fixed, "--trials", "9", "--name", "few"]);
    const done = doneLine(result);
    expect(done).toMatchObject({ reason: "exhausted", trials: 2 });
    expect(result.stderr).toContain("The space is exhausted");
  });
});

describe("what is wrong is said before anything is made", () => {
  const away = temporaryFolder();
  beforeAll(() => {
    write(join(away, "clouds.csv"), clouds());
    write(join(away, "upside-down.yaml"), "adam.learningRate: {low: 1, high: 0.1, log: true}\n");
    write(join(away, "zero.yaml"), "adam.learningRate: {low: 0, high: 0.1, log: true}\n");
    write(join(away, "unknown.yaml"), "adam.learningRat: 0.1\n");
    write(join(away, "nothing.yaml"), "batchSize: {low: 8, high: 16, when: {optimizerr: adam}}\n");
    write(join(away, "no.db"), "this is no database, whatever its name says\n");
  });
  const wrong = (...args: string[]) => ["tune", "clouds.csv", "--model", "mlp", ...args];
  const table: Record<string, Case> = {
    "a range upside down": {
      args: wrong("--space", "upside-down.yaml"),
      where: "upside-down.yaml, line 1, adam.learningRate",
      what: /1 .*0\.1/,
      fix: /./,
    },
    "the logarithm of zero": {
      args: wrong("--space", "zero.yaml"),
      where: "zero.yaml, line 1, adam.learningRate",
      what: /0/,
      fix: /./,
    },
    "an unknown parameter": {
      args: wrong("--space", "unknown.yaml"),
      where: "unknown.yaml, line 1, adam.learningRat",
      what: /./,
      fix: /adam\.learningRate/,
    },
    "a condition on nothing": {
      args: wrong("--space", "nothing.yaml"),
      where: "nothing.yaml, line 1, batchSize",
      what: /optimizerr/,
      fix: /optimizer/,
    },
    "no such sampler": { args: wrong("--sampler", "gpp"), where: "--sampler", what: /gpp/, fix: /./ },
    "no such metric": { args: wrong("--objective", "acuracy"), where: "--objective", what: /acuracy/, fix: /accuracy/ },
    "a limit that nothing keeps": {
      args: wrong("--constraint", "parameters<=3"),
      where: "constraint parameters<=3",
      what: /the smallest has/,
      fix: /./,
    },
    "no workers": { args: wrong("--workers", "0"), where: "--workers", what: /is 0/, fix: /--workers 1/ },
    "no such data": { args: ["tune", "nowhere"], where: "nowhere", what: /./, fix: /./ },
  };
  cases(away, table);

  test("a storage that is not there, or is none", async () => {
    const at = (...args: string[]) => argmin(["study", "--json", ...args], { cwd: away });
    expect(errorOf(await at(), 1).what).toMatch(/there is no/);
    expect(errorOf(await at("--storage", "sqlite:no.db"), 1).what).toMatch(/no SQLite database/);
    expect(errorOf(await at("--storage", "mysql://db"), 2).what).toMatch(/not in "mysql"/);
    expect(existsSync(join(away, "runs"))).toBe(false);
  });
});
