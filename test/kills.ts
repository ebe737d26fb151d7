/**
 * Does a run survive whatever happens to it? Runs that are killed with SIGKILL at random moments, some of them several times,
 * and resumed each time: each must end with the weights of the run that nobody disturbed, to the last bit.
 *
 *   node test/kills.ts [runs = 50] [seed = 1]     (Node that strips types, or through a loader; the tests call `kills`)
 *
 * Dropout, augmentation, a schedule that looks at the losses, averages of the weights and patience are on; every fifth run takes
 * steps instead of epochs.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Random } from "../src/core/index.ts";

const command = join(dirname(dirname(fileURLToPath(import.meta.url))), "bin", "argmin.js");
const settings = [
  ...["--model", "cnn", "--filters", "4,4", "--size", "16", "--batch-size", "8", "--dropout", "0.2"],
  ...["--augment", "standard", "--schedule", "plateau:patience=0", "--average-weights", "0.9"],
  ...["--patience", "50", "--checkpoint-every", "0.05s", "--json"],
];

export interface Kills {
  readonly runs: number;
  readonly kills: number;
  /** Runs whose weights differ from the undisturbed run's, or that did not end. */
  readonly wrong: readonly string[];
  /** Kills before there was anything to go on with. */
  readonly early: number;
}

/**
 * @param photos a folder of small pictures
 * @param runs how many are disturbed
 */
export async function kills(photos: string, runs: number, seed = 1): Promise<Kills> {
  const folder = mkdtempSync(join(tmpdir(), "argmin-kills-"));
  const random = new Random(seed, "kills");
  const env = { ...process.env, ARGMIN_CACHE: join(folder, "cache") };
  /** The run to its end, or until it is killed; undefined when it was killed. */
  const run = (args: readonly string[], killAfterMs?: number) =>
    new Promise<{ hash: string; seconds: number } | undefined>((resolve, reject) => {
      const started = performance.now();
      const child = spawn(process.execPath, [command, ...args], { cwd: folder, env });
      let [out, err] = ["", ""];
      child.stdout.on("data", (text) => (out += text));
      child.stderr.on("data", (text) => (err += text));
      const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
      child.on("close", (code, signal) => {
        clearTimeout(timer);
        if (signal === "SIGKILL") resolve(undefined);
        else if (code !== 0)
          reject(new Error(`${args.join(" ")} ended with ${code}:\n${out.slice(-500)}\n${err.slice(-500)}`));
        else {
          const done = JSON.parse(out.trimEnd().split("\n").at(-1)!) as { weightsHash: string };
          resolve({ hash: done.weightsHash, seconds: (performance.now() - started) / 1000 });
        }
      });
    });
  try {
    const lengths = [
      ["--epochs", "5"],
      ["--steps", "41"],
    ] as const;
    const whole = [];
    for (const [i, length] of lengths.entries()) {
      // The first one fills the cache, from which the disturbed runs read as well.
      if (i === 0) await run(["train", photos, ...settings, ...length, "--name", "first"]);
      whole.push((await run(["train", photos, ...settings, ...length, "--name", `whole${i}`]))!);
    }
    const wrong: string[] = [];
    let [killed, early] = [0, 0];
    for (let n = 0; n < runs; n++) {
      const kind = n % 5 === 2 ? 1 : 0;
      const { hash, seconds } = whole[kind]!;
      const name = `run${n}`;
      const train = ["train", photos, ...settings, ...lengths[kind]!, "--name", name];
      const resume = ["resume", join("runs", name), "--json"];
      let [left, args] = [1 + random.below(3), train];
      for (;;) {
        const ended = await run(args, left-- > 0 ? 1000 * seconds * random.uniform() : undefined);
        if (ended !== undefined) {
          if (ended.hash !== hash) wrong.push(`${name}: ${ended.hash} instead of ${hash}`);
          break;
        }
        killed++;
        const begun = existsSync(join(folder, "runs", name, "config.yaml"));
        if (!begun) {
          early++;
          rmSync(join(folder, "runs", name), { recursive: true, force: true });
        }
        args = begun ? resume : train;
      }
      rmSync(join(folder, "runs", name), { recursive: true, force: true });
    }
    return { runs, kills: killed, wrong, early };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether this machine lets a process be killed so; always on POSIX. */
export const canKill = () =>
  spawnSync(process.execPath, ["-e", "process.kill(process.pid, 'SIGKILL')"]).signal === "SIGKILL";
