/**
 * How fast is a storage?
 *
 *   trials   ask + tell + 10 reports a trial as a study does it: addTrial, claim, 10 report, end, and then what has changed:
 *            trials(from, numbers) and reports(numbers). Seconds in all, and CPU seconds of this process.
 *   loop     the same calls that keep nothing: what the measuring itself costs.
 *   open     a study of many trials: opening the storage, the study, all trials and all reports.
 *
 *   node bench/store.js [trials = 1000] [opened = 10000] [url = a SQLite file that is made and removed]
 *
 * One JSON object a line.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStorage } from "../dist/store/node/index.js";

const [trials = "1000", opened = "10000", given] = process.argv.slice(2);
const REPORTS = 10;

const folder = mkdtempSync(join(tmpdir(), "argmin-bench-store-"));
const url = given ?? `sqlite:${join(folder, "studies.db")}`;
const print = (record) => process.stdout.write(`${JSON.stringify({ ...record, url: url.split(":")[0] })}\n`);

const space = { parameters: { rate: { kind: "float", low: 1e-5, high: 1, log: true } }, fill: {} };
const specOf = (name) => ({
  name,
  seed: 1,
  sampler: { name: "gp", options: {} },
  pruner: { name: "none", options: {} },
  objectives: [{ metric: "valLoss", direction: "minimize" }],
  constraints: [],
  pruneBy: { metric: "valLoss", direction: "minimize" },
  steps: REPORTS,
  fingerprint: "",
  experiment: {},
});
/** About as much as a study of the default space keeps of a trial. */
const trialOf = (number) => ({
  number,
  configuration: {
    ...{ optimizer: "adam", learningRate: 1e-3 * (1 + number), schedule: "cosine", batchSize: 64, dropout: 0.25 },
    ...{ weightDecay: 1e-4, layers: 2, units: 128, augment: "standard", labelSmoothing: 0.1 },
  },
  space: 0,
  origin: "sampler",
  seen: { ended: [[0, Math.max(0, number - 1)]], open: [], paused: [], budget: 1000 },
  seed: number,
  toStep: REPORTS,
});
const metricsOf = (step) => ({ trainLoss: 2 / step, valLoss: 2.1 / step, valAccuracy: 1 - 0.9 / step, seconds: 1.25 });

async function run(storage, study, count, reading) {
  for (let number = 0; number < count; number++) {
    await storage.addTrial(study, trialOf(number));
    const { token } = await storage.claim(study, number, "worker", 60_000, `runs/study/${number}`);
    const lease = { study, trial: number, token };
    for (let step = 1; step <= REPORTS; step++) await storage.report(lease, step, metricsOf(step));
    await storage.end(lease, { state: "complete", metrics: metricsOf(REPORTS) });
    if (!reading) continue;
    await storage.trials(study, number, []);
    await storage.reports(study, [number]);
  }
}

async function timed(work) {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
}

const nothing = {
  addTrial: async () => {},
  claim: async () => ({ token: 1 }),
  report: async () => true,
  end: async () => true,
  trials: async () => [],
  reports: async () => [],
};

try {
  const storage = await openStorage(url);
  const { id } = await storage.createStudy(specOf(`bench ${Date.now()}`), space);
  print({ bench: "loop", trials: Number(trials), ...(await timed(() => run(nothing, id, Number(trials), true))) });
  const all = await timed(() => run(storage, id, Number(trials), true));
  print({ bench: "trials", trials: Number(trials), reports: REPORTS, ...all });

  const large = specOf(`bench of many ${Date.now()}`);
  const { id: many } = await storage.createStudy(large, space);
  await run(storage, many, Number(opened), false);
  await storage.close();
  for (let round = 0; round < 3; round++) {
    let counts;
    const open = await timed(async () => {
      const again = await openStorage(url);
      const study = await again.study(large.name);
      const [records, reports] = [await again.trials(study.id), await again.reports(study.id)];
      counts = { trials: records.length, reports: reports.length };
      await again.close();
    });
    print({ bench: "open", ...counts, ...open });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
