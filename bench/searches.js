/** Searches on problems whose every answer costs microseconds: what they find, how long they think, what they ask for twice. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Random } from "../dist/core/index.js";
import { Space } from "../dist/space/index.js";
import { pruners, samplers } from "../dist/tune/index.js";
import { digitsTable } from "./digits-table.js";
import { functions, problemOf } from "./functions.js";
import { hasShared, jsonLines, median, shared } from "./support.js";

/** The table's name among the functions. */
export const DIGITS = "digits";

/** Between two values in the proportion of their distances, as numpy does it. */
function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (place % 1) * (above - below);
}
export const quartiles = (values) => ({
  ...{ median: quantile(values, 0.5), q25: quantile(values, 0.25), q75: quantile(values, 0.75) },
});

/** CPU time of this process in milliseconds: what else runs on the machine does not count. */
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const problem = (name) => (name === DIGITS ? digitsTable() : problemOf(name));
const sampler = (name) => ({ ask: samplers[name].ask, options: samplers[name].defaults });

/**
 * One search after the other, a seed each.
 * @param pending how many trials run at the same time: the oldest one ends, then the next one is asked for
 * @param batch whether all of them end before the next ones are asked for
 * @returns for each of `checkpoints` the regrets after so many evaluations, one a seed; milliseconds an ask; how many of a hundred
 *   configurations had been asked for before
 */
export function searches(
  name,
  problemName,
  { seeds, evaluations, checkpoints = [evaluations], pending = 1, batch = false },
) {
  const { parameters, valueOf: judge, least } = problem(problemName);
  const space = new Space(parameters);
  const { ask, options } = sampler(name);
  const regrets = checkpoints.map(() => []);
  let [asking, asked, twice] = [0, 0, 0];
  for (let seed = 0; seed < seeds; seed++) {
    const trials = [];
    const keys = new Set();
    let best = Number.POSITIVE_INFINITY;
    for (let ended = 0; ended < evaluations; ended++) {
      const open = batch && ended % pending > 0 ? 0 : pending;
      while (trials.length < Math.min(ended + open, evaluations)) {
        const number = trials.length;
        const start = cpuMs();
        const configuration = ask({ space, seed, number, trials: [...trials], budget: evaluations }, options);
        asking += cpuMs() - start;
        asked++;
        const key = space.keyOf(configuration);
        if (keys.has(key)) twice++;
        keys.add(key);
        trials.push({ number, configuration, outcome: "running" });
      }
      const value = judge(trials[ended].configuration);
      trials[ended] = { ...trials[ended], outcome: "complete", value };
      best = Math.min(best, value);
      const at = checkpoints.indexOf(ended + 1);
      if (at >= 0) regrets[at].push(best - least);
    }
  }
  return { regrets, msPerAsk: asking / asked, twicePerHundred: (100 * twice) / asked };
}

/**
 * Milliseconds of CPU time an ask takes after so many trials on Hartmann's function of six axes: the median of some in a row, of
 * which the last one comes after so many. As in a search, others came before them, and the program is compiled.
 */
export function thinking(name, earlier, asks = 31, before = 40) {
  const { parameters, valueOf: judge } = problemOf("hartmann6");
  const space = new Space(parameters);
  const random = new Random(1, "earlier trials");
  const { ask, options } = sampler(name);
  const trials = Array.from({ length: earlier - asks - before + 1 }, (_, number) => {
    const configuration = Object.fromEntries(space.names.map((axis) => [axis, random.uniform()]));
    return { number, configuration, outcome: "complete", value: judge(configuration) };
  });
  const times = [];
  for (let number = trials.length; number <= earlier; number++) {
    const start = cpuMs();
    const configuration = ask({ space, seed: 1, number, trials: [...trials] }, options);
    times.push(cpuMs() - start);
    trials.push({ number, configuration, outcome: "complete", value: judge(configuration) });
  }
  const own = times.slice(before);
  return { median: median(own), longest: Math.max(...own) };
}

/**
 * The mean rank of each sampler over some problems, 1 for the least median regret on each.
 * @param medians by sampler, then by problem
 */
export function meanRanks(medians, problems) {
  const names = Object.keys(medians);
  const rankOn = (name, on) => {
    const own = medians[name][on];
    const others = names.filter((other) => other !== name).map((other) => medians[other][on]);
    // Equals share the mean of their ranks.
    return 1 + others.filter((value) => value < own).length + others.filter((value) => value === own).length / 2;
  };
  return Object.fromEntries(
    names.map((name) => [name, problems.reduce((sum, on) => sum + rankOn(name, on), 0) / problems.length]),
  );
}

/** One trial after the other on the curves of the table, until so many epochs are spent. @returns regrets of the best that ended, one a seed */
export function races(samplerName, prunerName, { seeds, epochs: budget }) {
  const { parameters, epochs: steps, curveOf, least } = digitsTable();
  const space = new Space(parameters);
  const { ask, options } = sampler(samplerName);
  const pruner = pruners[prunerName];
  const regrets = [];
  const counts = [];
  for (let seed = 0; seed < seeds; seed++) {
    const progress = [];
    let [spent, best] = [0, Number.POSITIVE_INFINITY];
    const race = () => ({ trials: progress, steps, more: true });
    const seen = () =>
      progress.map(({ number, configuration, state, values }) => {
        const outcome = state !== "ended" ? "running" : values.size === steps ? "complete" : "pruned";
        return { number, configuration, outcome, value: [...values.values()].at(-1) };
      });
    while (spent < budget) {
      const next = pruner.promote(race(), pruner.defaults);
      const number = next?.number ?? progress.length;
      if (next === undefined) {
        const configuration = ask({ space, seed, number, trials: seen() }, options);
        progress.push({ number, configuration, state: "running", values: new Map() });
      }
      const one = progress[number];
      const toStep = next?.toStep ?? pruner.stop(0, race(), pruner.defaults);
      one.state = "running";
      const curve = curveOf(one.configuration);
      while (one.state === "running" && one.values.size < toStep && spent < budget) {
        one.values.set(one.values.size + 1, curve[one.values.size]);
        spent++;
        if (pruner.prunes(one, race(), pruner.defaults)) one.state = "ended";
      }
      if (one.values.size === steps) best = Math.min(best, curve[steps - 1]);
      if (one.state === "running") one.state = one.values.size === steps ? "ended" : "paused";
    }
    regrets.push(best - least);
    counts.push(progress.length);
  }
  return { ...quartiles(regrets), trials: median(counts) };
}

/** Optuna's samplers as ../shared/peers/optuna_regret.py names them. */
export const OPTUNA = ["random", "sobol", "cmaes", "tpe", "tpe-mv"];

/** What one of Optuna's samplers reaches, one result a function: {function, median, q25, q75, ms_per_ask}. */
export const optuna = (name, { seeds, evaluations, names }) =>
  jsonLines("/usr/bin/python3", [
    ...[join(shared, "peers", "optuna_regret.py"), name, String(seeds), String(evaluations)],
    names.filter((one) => one in functions).join(),
  ]);

/** Those of Optuna's samplers that /usr/bin/python3 can run: some need packages of their own. */
export const optunaHere = () => {
  if (!hasShared || spawnSync("/usr/bin/python3", ["-c", "import optuna"]).status !== 0) return [];
  return OPTUNA.filter((name) => {
    try {
      return optuna(name, { seeds: 1, evaluations: 4, names: ["branin"] }).length === 1;
    } catch {
      return false;
    }
  });
};

/**
 * Median regrets of Optuna 3.1.0 after 60 evaluations, over 30 seeds (random, sobol, cmaes) and 15 (tpe, and tpe-mv, the multivariate one),
 * for machines without it; on the table of digits over 20 seeds.
 */
export const OPTUNA_MEDIANS = {
  random: {
    ...{ branin: 0.73, hartmann3: 0.45, hartmann6: 1.4, rosenbrock4: 1900, ackley5: 18, levy4: 3.4, styblinski4: 39 },
    ...{ ackley5shift: 18, digits: 0.0193 },
  },
  sobol: {
    ...{ branin: 0.61, hartmann3: 0.28, hartmann6: 1.5, rosenbrock4: 1400, ackley5: 18, levy4: 3.9, styblinski4: 37 },
    ackley5shift: 18,
  },
  cmaes: {
    ...{ branin: 0.24, hartmann3: 0.14, hartmann6: 0.56, rosenbrock4: 88, ackley5: 9, levy4: 0.37, styblinski4: 34 },
    ackley5shift: 11,
  },
  tpe: {
    ...{ branin: 0.1, hartmann3: 0.05, hartmann6: 0.54, rosenbrock4: 260, ackley5: 12, levy4: 0.89, styblinski4: 31 },
    ...{ ackley5shift: 12, digits: 0.0126 },
  },
  "tpe-mv": {
    ...{ branin: 0.15, hartmann3: 0.078, hartmann6: 0.26, rosenbrock4: 160, ackley5: 11, levy4: 0.57, styblinski4: 22 },
    ...{ ackley5shift: 11, digits: 0.0042 },
  },
};
