/** Many workers on one PostgreSQL, some of which are killed, while the database goes away and comes back. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStorage } from "../../src/store/node/index.ts";
import { Study, type StudyStorage } from "../../src/tune/index.ts";
import { type Postgres, startPostgres, whyNoPostgres } from "../postgres.ts";
import { argmin, clouds, doneLine, jsonLines, type Line, Running, temporaryFolder, write } from "./support.ts";

const missing = whyNoPostgres();
if (missing !== undefined) console.warn(`the workers are not tested: ${missing}`);

const TRIALS = Number(process.env.ARGMIN_WORKED_TRIALS ?? 4);

/** What every search here is asked for. */
const searchOf = (sampler: string) => [
  ...["--model", "mlp", "--epochs", "6", "--sampler", sampler, "--pruner", "none"],
  ...["--trials", String(TRIALS), "--threads", "1"],
];

describe.skipIf(missing !== undefined)("workers", () => {
  const cwd = temporaryFolder();
  let server: Postgres;
  let storage: StudyStorage;
  beforeAll(async () => {
    write(join(cwd, "clouds.csv"), clouds());
    server = await startPostgres();
    storage = await openStorage(server.url());
  });
  afterAll(async () => {
    await storage?.close();
    await server?.stop();
  });

  /** A search by two workers, one of which is killed again and again, on a database that is restarted once. */
  async function disturbed(name: string, sampler: string) {
    const url = server.url();
    const args = searchOf(sampler);
    const tune = new Running(
      ["tune", "clouds.csv", ...args, "--workers", "0", "--name", name, "--storage", url, "--json"],
      {
        cwd,
      },
    );
    const begin = () => new Running(["worker", "--storage", url, "--study", name, "--json"], { cwd });
    await tune.until('"event":"study"');
    let killed = 0;
    let over = false;
    let goOn = () => {};
    // On a fast machine two workers are done with all trials before the second of them is killed.
    const killedTwice = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    /** How often each trial has lost its worker: at the third time it would be given up, as one that kills whoever takes it. */
    const losses = new Map<number, number>();
    const mortal = (async () => {
      while (!over) {
        const worker = begin();
        await Promise.race([worker.until('"event":"report"'), tune.ended]).catch(() => {});
        // Every other one at once, since five of the six epochs of its trial are still to come; the rest wherever they are by then.
        if (killed % 2 === 1) await new Promise((resolve) => setTimeout(resolve, 150 + 370 * (killed % 5)));
        const trial: number =
          jsonLines(worker.stdout.slice(0, worker.stdout.lastIndexOf("\n") + 1)).findLast(
            ({ event }) => event === "report",
          )?.trial ?? -1;
        losses.set(trial, 1 + (losses.get(trial) ?? 0));
        if (losses.get(trial)! > 2) await Promise.race([worker.until(`"event":"left","trial":${trial}`), tune.ended]);
        worker.child.kill("SIGKILL");
        await worker.ended;
        killed++;
        if (killed === 2) goOn();
      }
    })();
    await Promise.race([killedTwice, tune.ended]);
    const steady = begin();
    await steady.until('"event":"left"');
    await server.restart("fast", 1000);
    const ended = await tune.ended;
    over = true;
    await mortal;
    steady.child.kill("SIGINT");
    const worked = await steady.ended;
    expect(worked.code, worked.stderr).toBe(130);
    doneLine(ended);
    return { lines: jsonLines(ended.stdout), killed };
  }

  test.each(["random", "gp"])("%s: every trial ends exactly once, whoever dies", async (sampler) => {
    const { lines, killed } = await disturbed(`disturbed-${sampler}`, sampler);
    expect(killed).toBeGreaterThan(1);
    const ends = lines.filter(({ event }) => event === "trial");
    expect(ends.map(({ trial }) => trial).sort((a, b) => a - b)).toEqual(Array.from({ length: TRIALS }, (_, i) => i));
    expect(ends.every(({ state }) => state === "complete")).toBe(true);
    const study = await Study.open(storage, `disturbed-${sampler}`);
    expect(study.trials.filter(({ state }) => state === "complete")).toHaveLength(TRIALS);
    expect(study.trials.some(({ lost }) => lost > 0)).toBe(true);
    // Each trial has each of its steps once.
    for (const { number } of study.trials) expect([...study.curves.get(number)!.keys()]).toEqual([1, 2, 3, 4, 5, 6]);
    // Whatever was known when a trial was asked for, the same is suggested again.
    for (const { number, seen, configuration, origin } of study.trials) {
      if (origin === "sampler") expect(study.suggest(number, seen!)).toEqual(configuration);
    }
    if (sampler !== "random") return;
    const args = searchOf(sampler);
    const undisturbed = await argmin(["tune", "clouds.csv", ...args, "--name", "quiet", "--json"], { cwd });
    const facts = (all: readonly Line[]) =>
      all
        .filter(({ event }) => event === "trial")
        .sort((a, b) => a.trial - b.trial)
        .map(({ trial, configuration, metrics }) => [trial, configuration, metrics.accuracy, metrics.loss]);
    expect(facts(lines)).toEqual(facts(jsonLines(undisturbed.stdout)));
  });

  test("a worker whose data are others does nothing", async () => {
    write(join(cwd, "others.csv"), clouds().replace("0.1", "0.2"));
    const args = ["worker", "--storage", server.url(), "--study", "disturbed-random", "--data", "others.csv", "--json"];
    const { code, stdout } = await argmin(args, { cwd });
    expect(code).toBe(1);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ event: "error", where: "others.csv" });
    const away = await argmin([...args.slice(0, 5), "--data", "nowhere", "--json"], { cwd });
    expect(away.code).toBe(2);
    expect(jsonLines(away.stdout).at(-1)).toMatchObject({ event: "error", where: "nowhere" });
  });
});
