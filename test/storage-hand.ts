/** What a process of its own does with a storage, for tests: it prints a line of JSON for each thing done. Run by `hand`. */
import { type ChildProcess, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const built = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist", "store", "node", "index.js");

/**
 * A program over `storage`, `study` (its id), `say(value)` and `name`, written in JavaScript since Node 20 runs no TypeScript.
 * @param url where the storage is
 */
export function hand(url: string, studyName: string, name: string, program: string) {
  const text = `
    import { openStorage } from ${JSON.stringify(pathToFileURL(built).href)};
    const name = ${JSON.stringify(name)};
    const say = (value) => process.stdout.write(JSON.stringify(value) + "\\n");
    const storage = await openStorage(${JSON.stringify(url)});
    const study = (await storage.study(${JSON.stringify(studyName)})).id;
    ${program}
    await storage.close();`;
  const child: ChildProcess = spawn(process.execPath, ["--input-type=module", "-e", text], { stdio: "pipe" });
  let [out, err] = ["", ""];
  child.stdout!.on("data", (data) => {
    out += data;
  });
  child.stderr!.on("data", (data) => {
    err += data;
  });
  /** What it has said; a line that a kill cut off is none. */
  const said = <T>() =>
    out
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as T);
  const ended = new Promise<{ code: number | null; err: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, err }));
  });
  return { said, ended, kill: () => child.kill("SIGKILL") };
}

/** Waits until so many are there, so that none has done everything before another has started. */
export const together = (count: number) => `
  await storage.beat(study, name, 1);
  while ((await storage.workers(study, 60_000)).length < ${count}) await new Promise((resolve) => setTimeout(resolve, 5));`;

/**
 * Adds, takes, reports on and ends the trials 0, 1, …: whoever is first gets one.
 * @param rest milliseconds after each that was ended: who waits for SQLite's lock sleeps meanwhile, and on a busy machine would find
 *   everything done
 */
export const runTrials = (trials: number, steps: number, rest = 0) => `
  for (let number = 0; number < ${trials}; number++) {
    const added = await storage.addTrial(study, {
      number, configuration: { rate: 0.1, width: 1 }, space: 0, origin: "sampler", seen: null, seed: number, toStep: ${steps},
    });
    if (added) say({ added: number });
    const taken = await storage.claim(study, number, name, 60_000, "runs/" + name);
    if (!taken) continue;
    say({ taken: number });
    const lease = { study, trial: number, token: taken.token };
    for (let step = 1; step <= ${steps}; step++) {
      if (await storage.report(lease, step, { error: 1 / step, by: number })) say({ reported: number, step });
    }
    if (await storage.end(lease, { state: "complete", metrics: { error: number } })) say({ ended: number });
    if (${rest} > 0) await new Promise((resolve) => setTimeout(resolve, ${rest}));
  }`;
