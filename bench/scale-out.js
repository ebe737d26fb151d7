/**
 * The ceiling of a search on many machines: how many trials a minute one coordinator hands out and takes back through PostgreSQL when the
 * trials themselves take no time, and what a worker asks of the database, idle and at work.
 *
 * Usage: node bench/scale-out.js postgres://USER:PASSWORD@HOST:PORT/DATABASE [TRIALS] [SLOTS]
 * Makes a study of its own there. Prints JSON lines.
 */

import pg from "pg";
import { openQueue, openStorage } from "../dist/store/node/index.js";
import { coordinate, Study, work } from "../dist/tune/index.js";

const [url, trials = "300", slots = "16"] = process.argv.slice(2);
if (url === undefined) {
  process.stderr.write("usage: node bench/scale-out.js postgres://… [TRIALS] [SLOTS]\n");
  process.exit(2);
}
const pool = new pg.Pool({ connectionString: url, max: 1 });
const commits = async () => {
  // The statistics of a moment ago: PostgreSQL writes them down every second at most.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { rows } = await pool.query(
    "select xact_commit::int as n from pg_stat_database where datname = current_database()",
  );
  return rows[0].n;
};
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const spec = (name, sampler) => ({
  ...{ name, seed: 1, steps: 5, fingerprint: "", experiment: null, constraints: [] },
  ...{ sampler: { name: sampler, options: {} }, pruner: { name: "none", options: {} } },
  objectives: [{ metric: "loss", direction: "minimize" }],
  pruneBy: { metric: "loss", direction: "minimize" },
});
const parameters = Object.fromEntries(
  Array.from({ length: 6 }, (_, k) => [`x${k}`, { kind: "float", low: 0, high: 1 }]),
);
const lossOf = ({ configuration }) => Object.values(configuration).reduce((sum, x) => sum + (x - 0.3) ** 2, 0);

/** As many worker loops as there are slots, in processes' stead: what they do between two calls to the database is nothing. */
async function ceiling(sampler) {
  const name = `ceiling-${sampler}-${Date.now()}`;
  const [storage, queue] = [await openStorage(url), await openQueue(url)];
  const study = await Study.create(storage, spec(name, sampler), { parameters, fill: {} });
  const over = new AbortController();
  const { id } = study.record;
  const before = await commits();
  const started = performance.now();
  const cpu = process.cpuUsage();
  const worker = async (slot) => {
    const own = await Study.open(storage, name);
    while (!over.signal.aborted) {
      const job = await queue.fetch(id, 1000);
      if (job === undefined) continue;
      await queue.done(job);
      await work(own, job.trial, {
        ...{ worker: `w${slot}`, folderOf: String },
        perform: async ({ trial, report }) => {
          for (let step = 1; step <= 5; step++) report(step, { loss: lossOf(trial) });
          return { loss: lossOf(trial) };
        },
      });
    }
  };
  const workers = Array.from({ length: Number(slots) }, (_, slot) => worker(slot));
  await coordinate(study, {
    slots: () => Number(slots),
    send: (trial) => queue.send(id, trial),
    ...{ budget: Number(trials), signal: new AbortController().signal, pollMs: 50 },
  });
  const seconds = (performance.now() - started) / 1000;
  over.abort();
  await Promise.all(workers);
  const { user, system } = process.cpuUsage(cpu);
  const used = (await commits()) - before;
  print({
    bench: `scale-out, trials a minute, ${sampler}`,
    trialsPerMinute: Math.round((60 * Number(trials)) / seconds),
    ...{ trials: Number(trials), slots: Number(slots), seconds: Number(seconds.toFixed(1)) },
    cpuMsPerTrial: Number(((user + system) / 1000 / Number(trials)).toFixed(1)),
    transactionsPerTrial: Number((used / Number(trials)).toFixed(1)),
  });
  await queue.close();
  await storage.close();
}

/** What a worker that waits for work asks of the database. */
async function idle() {
  const [storage, queue] = [await openStorage(url), await openQueue(url)];
  const study = await Study.create(storage, spec(`idle-${Date.now()}`, "random"), { parameters, fill: {} });
  const { id } = study.record;
  const until = performance.now() + 20_000;
  const before = await commits();
  const started = performance.now();
  const beat = setInterval(() => storage.beat(id, "w", 1), 4000);
  while (performance.now() < until) await queue.fetch(id, 1000);
  const used = (await commits()) - before;
  clearInterval(beat);
  print({
    bench: "scale-out, transactions a second of an idle worker",
    transactionsPerSecond: Number((used / ((performance.now() - started) / 1000)).toFixed(1)),
  });
  await queue.close();
  await storage.close();
}

await ceiling("random");
await idle();
await pool.end();
