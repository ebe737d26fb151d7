/** A study as a search leaves it, made without training: a cheap function of a space with conditions, curves, pruning and a limit. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../dist/core/index.js";
import { fromUnits, Space } from "../dist/space/index.js";
import { openStorage } from "../dist/store/node/index.js";
import { Study } from "../dist/tune/index.js";

const parameters = {
  model: { kind: "choice", choices: ["linear", "mlp", "cnn"] },
  optimizer: { kind: "choice", choices: ["momentum", "adam", "lion"] },
  "adam.learningRate": {
    kind: "float",
    low: 1e-5,
    high: 0.1,
    log: true,
    when: { parameter: "optimizer", is: ["adam"] },
  },
  "momentum.learningRate": {
    ...{ kind: "float", low: 1e-4, high: 1, log: true },
    when: { parameter: "optimizer", is: ["momentum", "lion"] },
  },
  "l2.strength": { kind: "float", low: 1e-7, high: 1e-2, log: true },
  batchSize: { kind: "int", low: 16, high: 512, log: true },
  "mlp.hidden": { kind: "int", low: 16, high: 512, log: true, when: { parameter: "model", is: ["mlp", "cnn"] } },
  dropout: { kind: "float", low: 0, high: 0.6 },
  labelSmoothing: { kind: "float", low: 0, high: 0.2 },
  "mixup.alpha": { kind: "float", low: 0, high: 0.5 },
  schedule: { kind: "choice", choices: ["constant", "cosine"] },
  momentumStart: { kind: "float", low: 0.5, high: 0.99 },
};

/** What a configuration would reach. */
function reached(configuration, random) {
  const rate = configuration["adam.learningRate"] ?? configuration["momentum.learningRate"] / 10;
  const off = (Math.log10(rate) + 2.7) ** 2 * 0.05 + (configuration.dropout - 0.2) ** 2 * 0.3;
  const size = configuration["mlp.hidden"] ?? 4;
  const kind = { linear: 0.12, mlp: 0.04, cnn: 0 }[configuration.model];
  const other = configuration.schedule === "constant" ? 0.02 : 0;
  const accuracy = 0.97 - off - kind - other - 0.12 / Math.sqrt(size) + 0.008 * random.normal();
  const counted = Math.round(size * 784 * (configuration.model === "cnn" ? 0.6 : 1)) + 10;
  return { accuracy: Math.min(0.995, Math.max(0.1, accuracy)), parameters: counted };
}

/**
 * @param {string} runs the folder of runs, which gets studies.db
 * @param {{ name?: string, trials: number, steps?: number, front?: boolean, limit?: boolean }} options
 */
export async function makeStudy(runs, { name = "photos-tune", trials, steps = 10, front = false, limit = true }) {
  mkdirSync(runs, { recursive: true });
  const storage = await openStorage(`sqlite:${join(runs, "studies.db")}`);
  const accuracy = { metric: "accuracy", direction: "maximize" };
  const objectives = front ? [accuracy, { metric: "parameters", direction: "minimize" }] : [accuracy];
  const spec = {
    ...{ name, seed: 1, steps, fingerprint: "made", objectives, pruneBy: accuracy },
    constraints: limit ? [{ metric: "parameters", atMost: 250_000 }] : [],
    ...{ sampler: { name: "random", options: {} }, pruner: { name: "median", options: {} } },
    experiment: { options: { data: "photos" }, folder: join(runs, name) },
  };
  const study = await Study.create(storage, spec, { parameters, fill: {} });
  const space = new Space(parameters);
  const { id } = study.record;
  const random = new Random(7, "made study", trials);
  for (let number = 0; number < trials; number++) {
    const configuration = fromUnits(
      space,
      space.names.map(() => random.uniform()),
    );
    const seen = { ended: number === 0 ? [] : [[0, number - 1]], open: [], paused: [], budget: trials };
    await storage.addTrial(id, { number, configuration, space: 0, origin: "sampler", seen, seed: 1, toStep: steps });
    const folder = join(runs, name, `trial-${String(number).padStart(4, "0")}`);
    const { token } = await storage.claim(id, number, "maker:1:a", 60_000, folder);
    const lease = { study: id, trial: number, token };
    const end = reached(configuration, random);
    const cut = end.accuracy < 0.8 && number > 5 ? 1 + Math.floor(random.uniform() * (steps / 2)) : steps;
    const failed = random.uniform() < 0.015;
    for (let step = 1; step <= (failed ? 1 : cut); step++) {
      const at = end.accuracy * (1 - 0.6 * Math.exp((-3 * step) / steps)) + 0.004 * random.normal();
      await storage.report(lease, step, { accuracy: Math.max(0.1, at), loss: 2.5 * (1 - at) });
    }
    if (failed) await storage.end(lease, { state: "failed", error: "the loss is no number" });
    else if (cut < steps) await storage.end(lease, { state: "pruned" });
    else {
      const metrics = { ...end, loss: 2.5 * (1 - end.accuracy), seconds: 1 + 4 * random.uniform() };
      await storage.end(lease, { state: "complete", metrics });
    }
  }
  await storage.close();
}
